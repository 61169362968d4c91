// SPDX-License-Identifier: Apache-2.0
// Findings as VEX statements. Only evidence makes a status better than "affected": a fix that the
// package's changelog claims, somebody's VEX statement, a waiver that says why the vulnerability
// does not matter here. A waiver without such a reason accepts a risk, which is then still there.
#include "report/vex_statements.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/clock.h"
#include "base/text.h"
#include "model/purl.h"
#include "report/actions.h"
#include "sbom/identity.h"

namespace bulkhead::report {

using model::Finding;
using model::FixState;
using model::Ignored;
using model::IgnoredBy;
using model::ScanReport;
using model::VexStatement;
using model::VexStatus;

namespace {

// The image's purl where it has a name in a registry, else one that its digest makes unmistakable.
std::string image_purl(const model::Artifact& artifact) {
  std::string known = sbom::artifact_purl(artifact);
  if (!known.empty() || artifact.digest.empty()) return known;
  std::string_view name = base::basename(artifact.name);
  name = name.substr(0, name.find_first_of("@:"));
  model::Purl purl;
  purl.type = "oci";
  purl.name = name.empty() ? "image" : base::lower(name);
  purl.version = artifact.digest;
  auto arch = base::split(artifact.platform, '/');
  if (arch.size() > 1) purl.qualifiers["arch"] = arch[1];
  auto built = model::Purl::build(std::move(purl));
  return built ? built->to_string() : "";
}

model::VexComponent subject_of(const model::Artifact& artifact) {
  model::VexComponent out;
  std::string purl = image_purl(artifact);
  out.name = artifact.name.empty() ? "unnamed" : artifact.name;
  if (!purl.empty()) out.purls = {purl};
  out.id = purl.empty() ? sbom::artifact_urn(artifact) : purl;
  if (artifact.digest.starts_with("sha256:")) out.hashes = {artifact.digest};
  return out;
}

std::string time_of(const ScanReport& report) {
  auto created = base::parse_time(report.created);
  base::UnixTime time = created.value_or(0);
  for (const model::FeedInfo& feed : report.feeds) {
    auto newest = base::parse_time(feed.newest);
    if (!created && newest) time = std::max(time, *newest);
  }
  return base::format_time(time);
}

int badness(VexStatus status) {
  switch (status) {
    case VexStatus::kNotAffected: return 0;
    case VexStatus::kFixed: return 1;
    case VexStatus::kUnderInvestigation: return 2;
    case VexStatus::kAffected: return 3;
  }
  return 3;
}

void open_finding(const Finding& finding, const model::Package& package, VexStatement& out) {
  out.status = VexStatus::kAffected;
  // What gets fixed in a distribution is the source package.
  std::string name = is_system_package(package) ? std::string(package.source_name_or_name())
                                                : display_name(package);
  if (finding.kind == "malicious") {
    out.action_statement = "Remove " + name + ": it was published to do harm.";
  } else if (!finding.fix_versions.empty()) {
    out.action_statement = "Upgrade " + name + " to " + finding.fix_versions.front() + ".";
    out.responses = {"update"};
  } else if (finding.fix_state == FixState::kWillNotFix) {
    out.action_statement = "The source will not fix this.";
    out.responses = {"will_not_fix"};
  } else if (finding.fix_state == FixState::kAffected) {
    out.action_statement = "No fixed version is known.";
  } else {
    out.status = VexStatus::kUnderInvestigation;
  }
  for (const model::VexNote& note : finding.vex) {
    bool worse = note.status == VexStatus::kAffected && out.status != VexStatus::kAffected;
    if (worse) {
      out.status = VexStatus::kAffected;
      out.action_statement = note.action_statement;
    }
    out.notes += (out.notes.empty() ? "" : "; ") + note.author + " states " +
                 std::string(vex_status_name(note.status));
  }
}

std::string waiver_text(const Ignored& ignored) {
  std::string out = "Accepted";
  if (!ignored.owner.empty()) out += " by " + ignored.owner;
  if (!ignored.expires.empty()) out += " until " + ignored.expires;
  if (!ignored.waiver.empty()) out += " (" + ignored.waiver + ")";
  return ignored.reason.empty() ? out + "." : out + ": " + ignored.reason;
}

void closed_finding(const Ignored& ignored, VexStatement& out) {
  switch (ignored.by) {
    case IgnoredBy::kVex:
      out.status = ignored.vex->status;
      out.justification = ignored.vex->justification;
      out.justification_word = ignored.vex->justification_word;
      out.impact_statement = ignored.vex->impact_statement;
      out.action_statement = ignored.vex->action_statement;
      out.notes = "As stated by " + ignored.vex->author + ".";
      if (base::parse_time(ignored.vex->timestamp)) out.timestamp = ignored.vex->timestamp;
      return;
    case IgnoredBy::kChangelog:
      out.status = VexStatus::kFixed;
      out.notes = ignored.reason;
      return;
    case IgnoredBy::kWaiver: break;
  }
  bool reason = ignored.justification != model::VexJustification::kNone;
  out.status = reason ? VexStatus::kNotAffected : VexStatus::kAffected;
  out.justification = ignored.justification;
  if (reason) out.impact_statement = ignored.reason;
  if (!reason) out.action_statement = waiver_text(ignored);
}

// Statements that differ only in the package are one.
class Collector {
 public:
  explicit Collector(const ScanReport& report)
      : report_(report), subject_(subject_of(report.artifact)) {
    out_.timestamp = time_of(report);
  }

  void add(const Finding& finding, const Ignored* ignored) {
    const model::Package& package = report_.packages[finding.package];
    VexStatement statement;
    statement.vulnerability = finding.id;
    statement.aliases = finding.aliases;
    statement.timestamp = out_.timestamp;
    if (ignored != nullptr) {
      closed_finding(*ignored, statement);
    } else {
      open_finding(finding, package, statement);
    }
    Key key{statement.vulnerability, statement.status,           statement.justification_word,
            statement.justification, statement.impact_statement, statement.action_statement,
            statement.notes,         statement.timestamp};
    VexStatement& grouped = groups_.try_emplace(std::move(key), std::move(statement)).first->second;
    if (grouped.products.empty()) grouped.products.push_back({subject_, {}});
    model::VexComponent part;
    part.purls = {package.purl()};
    part.id = part.purls.front();
    part.name = display_name(package);
    if (!package.version.empty()) part.name += " " + package.version;
    auto& parts = grouped.products.front().subcomponents;
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
      parts.push_back(std::move(part));
    }
  }

  model::VexDocument finish(std::string_view author) {
    drop_contradictions();
    for (auto& [key, statement] : groups_) {
      if (statement.products.front().subcomponents.empty()) continue;
      out_.statements.push_back(std::move(statement));
    }
    auto parts = base::cut(author, "<");
    out_.author = base::trim(parts ? parts->first : author);
    if (parts) out_.author_url = base::trim(parts->second.substr(0, parts->second.find('>')));
    if (out_.author.empty()) out_.author = "bulkhead";
    out_.title = "Vulnerabilities in " + subject_.name;
    out_.tool = report_.tool_version.empty() ? "bulkhead" : "bulkhead " + report_.tool_version;
    out_.version = "1";
    out_.id = "urn:uuid:" + sbom::text_uuid(text());
    return std::move(out_);
  }

 private:
  using Key = std::tuple<std::string, VexStatus, std::string, model::VexJustification, std::string,
                         std::string, std::string, std::string>;

  // A package that lies in two places, of which one is waived, has one name: the worse status is
  // the one to state.
  void drop_contradictions() {
    std::map<std::pair<std::string, std::string>, int> worst;
    for (const auto& [key, statement] : groups_) {
      for (const auto& part : statement.products.front().subcomponents) {
        int& rank = worst[{statement.vulnerability, part.id}];
        rank = std::max(rank, badness(statement.status));
      }
    }
    for (auto& [key, statement] : groups_) {
      std::erase_if(statement.products.front().subcomponents, [&](const auto& part) {
        return badness(statement.status) < worst[{statement.vulnerability, part.id}];
      });
    }
  }

  // Everything that makes the document what it is.
  std::string text() const {
    std::string out = out_.author + '\n' + out_.timestamp + '\n' + subject_.id;
    for (const VexStatement& s : out_.statements) {
      out += '\n' + s.vulnerability + '\t' + std::string(vex_status_name(s.status)) + '\t' +
             std::string(vex_justification_name(s.justification)) + '\t' + s.impact_statement +
             '\t' + s.action_statement + '\t' + s.notes + '\t' + s.timestamp;
      for (const auto& part : s.products.front().subcomponents) out += '\t' + part.id;
    }
    return out;
  }

  const ScanReport& report_;
  model::VexComponent subject_;
  model::VexDocument out_;
  std::map<Key, VexStatement> groups_;
};

}  // namespace

model::VexDocument make_vex(const ScanReport& report, std::string_view author) {
  Collector collector(report);
  for (const Finding& finding : report.findings) collector.add(finding, nullptr);
  for (const Ignored& ignored : report.ignored) collector.add(ignored.finding, &ignored);
  return collector.finish(author);
}

}  // namespace bulkhead::report
