// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 (OASIS), with what GitHub code scanning reads: a rule for each vulnerability with
// "security-severity", a result for each finding, fingerprints that survive rebuilds.
//
// GitHub shows a result only at a file of the repository; the path of the package's record is the
// best there is for an image, with the layer in the message.
#include <fmt/format.h>

#include <map>

#include "base/json_stream.h"
#include "base/text.h"
#include "model/feed_age.h"
#include "model/ids.h"
#include "report/actions.h"
#include "report/age_text.h"
#include "report/format.h"
#include "report/policy_parts.h"
#include "report/vex_text.h"

namespace bulkhead::report::formats::sarif {
namespace {

using model::Finding;
using model::Package;
using model::ScanReport;
using model::Severity;

std::string_view level_of(Severity severity) {
  if (severity >= Severity::kHigh) return "error";
  return severity == Severity::kMedium ? "warning" : "note";
}

// GitHub sorts by a number from 0 to 10; without a score the middle of the severity's range stands.
double score_of(const Finding& finding) {
  if (finding.cvss && finding.cvss->score > 0) return finding.cvss->score;
  switch (finding.severity) {
    case Severity::kCritical: return 9.5;
    case Severity::kHigh: return 8.0;
    case Severity::kMedium: return 5.5;
    case Severity::kLow: return 2.0;
    case Severity::kNegligible: return 0.5;
    case Severity::kUnknown: return 0.0;
  }
  return 0.0;
}

std::string fix_text(const Finding& finding) {
  if (!finding.fix_versions.empty()) return "fixed in " + finding.fix_versions.front();
  return finding.fix_state == model::FixState::kWillNotFix ? "will not be fixed"
                                                           : "no fixed version is known";
}

class Sarif {
 public:
  Sarif(const ScanReport& report, const Out& out)
      : report_(report), stream_(out, 2), w_(stream_.writer()) {
    for (const Finding& finding : report.findings) add_rule(finding);
    for (const model::Ignored& ignored : report.ignored) {
      if (is_shown(ignored)) add_rule(ignored.finding);
    }
    size_t index = 0;
    for (const auto& [id, finding] : rules_) index_[id] = index++;
  }

  base::Status run() {
    w_.begin_object();
    w_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    w_.member("version", "2.1.0");
    w_.key("runs").begin_array().begin_object();
    w_.key("tool").begin_object().key("driver").begin_object().member("name", "Bulkhead");
    w_.member_if("version", report_.tool_version);
    w_.key("rules").begin_array();
    for (const auto& [id, finding] : rules_) write_rule(*finding);
    if (report_.verdict) write_policy_sarif_rules(w_, *report_.verdict);
    w_.end_array().end_object().end_object();
    w_.member("columnKind", "utf16CodeUnits");
    w_.key("automationDetails").begin_object();
    w_.member("id", "bulkhead/" + report_.artifact.name + "/").end_object();
    write_invocation();
    write_feeds();
    w_.key("results").begin_array();
    for (const Finding& finding : report_.findings) {
      if (stream_.failed()) break;
      write_result(finding, nullptr);
    }
    for (const model::Ignored& ignored : report_.ignored) {
      if (is_shown(ignored) && !stream_.failed()) write_result(ignored.finding, &ignored);
    }
    if (report_.verdict) write_policy_sarif_results(w_, *report_.verdict, rules_.size());
    w_.end_array().end_object().end_array().end_object();
    return stream_.finish();
  }

 private:
  void add_rule(const Finding& finding) {
    const Finding*& worst = rules_[finding.id];
    if (worst == nullptr || score_of(finding) > score_of(*worst)) worst = &finding;
  }

  void text(std::string_view key, std::string_view value) {
    w_.key(key).begin_object().member("text", value).end_object();
  }

  void write_rule(const Finding& finding) {
    std::string title = finding.title.empty() ? finding.id : finding.title;
    w_.begin_object().member("id", finding.id);
    text("shortDescription", finding.id + ": " + title);
    text("fullDescription", finding.description.empty() ? title : finding.description);
    std::string help = title;
    for (const std::string& reference : finding.references) help += "\n" + reference;
    text("help", help);
    if (!finding.references.empty()) w_.member("helpUri", finding.references.front());
    w_.key("defaultConfiguration").begin_object();
    w_.member("level", level_of(finding.severity)).end_object();
    w_.key("properties").begin_object();
    w_.member("security-severity", fmt::format("{:.1f}", score_of(finding)));
    w_.key("tags").begin_array().value("security").value("vulnerability");
    w_.value(severity_name(finding.severity));
    if (finding.kev) w_.value("known-exploited");
    for (const std::string& cwe : finding.cwes) w_.value("external/cwe/" + base::lower(cwe));
    w_.end_array().end_object().end_object();
  }

  // What went wrong while scanning; a report that is not complete says so here, and so does one
  // without results because nobody could judge the packages.
  void write_invocation() {
    w_.key("invocations").begin_array().begin_object();
    w_.member("executionSuccessful", !report_.diagnostics.any_incomplete());
    w_.key("toolExecutionNotifications").begin_array();
    write_age();
    for (const auto& what : report_.not_judged) {
      notify("warning", "not-judged", what.what + ": " + what.reason);
    }
    for (const auto& diagnostic : report_.diagnostics.all()) {
      bool note = diagnostic.impact == base::Impact::kNote;
      notify(note ? "note" : "warning", diagnostic.kind,
             diagnostic.where + ": " + diagnostic.message);
    }
    w_.end_array().end_object().end_array();
  }

  void notify(std::string_view level, std::string_view kind, std::string_view message) {
    w_.begin_object().member("level", level);
    w_.key("descriptor").begin_object().member("id", kind).end_object();
    text("message", message);
    w_.end_object();
  }

  void write_age() {
    auto age = model::advisory_age(report_);
    if (age && age->stale) notify("warning", "advisories-stale", stale_text(report_, *age));
    if (age && !age->quiet.empty()) notify("note", "feeds-stale", quiet_text(*age));
  }

  // What the findings stand on, with its dates.
  void write_feeds() {
    if (report_.feeds.empty()) return;
    w_.key("properties").begin_object().key("advisoryFeeds").begin_array();
    for (const model::FeedInfo& feed : report_.feeds) {
      w_.begin_object().member("name", feed.name).member_if("newest", feed.newest).end_object();
    }
    w_.end_array().end_object();
  }

  std::string message_of(const Finding& finding, const Package& package) const {
    std::string out = display_name(package) + " " + package.version + " has " + finding.id + " (" +
                      std::string(severity_name(finding.severity)) + "), " + fix_text(finding);
    if (finding.kev) out += ", known to be exploited";
    if (!finding.vex.empty()) out += ", VEX: " + said_about(finding);
    if (package.locations.empty()) return out;
    int32_t layer = package.locations.front().layer;
    bool known = layer >= 0 && static_cast<size_t>(layer) < report_.artifact.layers.size();
    if (known) {
      const model::Layer& from = report_.artifact.layers[static_cast<size_t>(layer)];
      out += ", layer " + std::to_string(layer);
      if (!from.created_by.empty()) out += " (" + base::printable(from.created_by, 120) + ")";
    }
    return out;
  }

  void write_suppression(const model::Ignored& ignored) {
    w_.key("suppressions").begin_array().begin_object().member("kind", "external");
    w_.member("status", "accepted").member_if("justification", why_ignored(ignored));
    w_.end_object().end_array();
  }

  void write_result(const Finding& finding, const model::Ignored* ignored) {
    const Package& package = report_.packages[finding.package];
    w_.begin_object().member("ruleId", finding.id);
    w_.member("ruleIndex", uint64_t{index_[finding.id]});
    w_.member("level", level_of(finding.severity));
    text("message", message_of(finding, package));
    model::Location where;
    if (!package.locations.empty()) where = package.locations.front();
    w_.key("locations").begin_array().begin_object();
    w_.key("physicalLocation").begin_object();
    w_.key("artifactLocation").begin_object().member("uri", sarif_uri(where.path)).end_object();
    w_.key("region").begin_object().member("startLine", std::max(where.line, 1u)).end_object();
    w_.end_object().end_object().end_array();
    w_.key("partialFingerprints").begin_object();
    w_.member("bulkheadClass/v1", finding.class_id);
    w_.member("primaryLocationLineHash",
              model::finding_instance_id(finding.class_id, report_.artifact.name, where.path));
    w_.end_object();
    if (ignored != nullptr) write_suppression(*ignored);
    w_.key("properties").begin_object().member("purl", package.purl());
    w_.member_if("vex", said_about(finding));
    w_.member("fixState", fix_state_name(finding.fix_state));
    if (!finding.fix_versions.empty()) w_.member("fixVersion", finding.fix_versions.front());
    w_.end_object().end_object();
  }

  const ScanReport& report_;
  base::json::Stream stream_;
  base::json::Writer& w_;
  std::map<std::string_view, const Finding*> rules_;  // the finding that scores highest
  std::map<std::string_view, size_t> index_;
};

base::Status write(const ScanReport& report, const Style&, const Out& out) {
  return Sarif(report, out).run();
}

}  // namespace

extern constinit const Format descriptor = {.name = "sarif",
                                            .summary = "SARIF 2.1.0, for code scanning",
                                            .write = write,
                                            .lists_packages = false};

}  // namespace bulkhead::report::formats::sarif
