// SPDX-License-Identifier: Apache-2.0
// The report as one JSON document: everything that a scan learned, nothing computed that cannot be
// read elsewhere in it but summary and actions. Described in docs/formats/report.md, checked by
// data/schemas/report-1.schema.json. Members are only ever added within version 1.
#include <algorithm>
#include <optional>

#include "base/json_stream.h"
#include "model/feed_age.h"
#include "model/verdict_json.h"
#include "report/actions.h"
#include "report/format.h"

namespace bulkhead::report::formats::json {
namespace {

using model::Finding;
using model::Package;
using model::ScanReport;

class JsonReport {
 public:
  JsonReport(const ScanReport& report, bool files, const Out& out)
      : report_(report), files_(files), stream_(out, 2), w_(stream_.writer()) {}

  base::Status run() {
    w_.begin_object().member("schemaVersion", 1);
    w_.key("tool").begin_object().member("name", "bulkhead");
    w_.member_if("version", report_.tool_version).end_object();
    w_.member_if("created", report_.created);
    write_artifact();
    write_advisories();
    if (report_.verdict) model::write_verdict(w_.key("policy"), *report_.verdict);
    write_summary();
    list("packages", report_.packages, [&](const Package& p) { write_package(p); });
    list("findings", report_.findings, [&](const Finding& f) { write_finding(f); });
    list("actions", make_actions(report_), [&](const Action& a) { write_action(a); });
    list("ignored", report_.ignored, [&](const model::Ignored& i) { write_ignored(i); });
    if (!report_.vex.empty()) {
      list("vex", report_.vex, [&](const model::VexUse& use) { write_vex_use(use); });
    }
    list("notJudged", report_.not_judged, [&](const model::NotJudged& n) {
      w_.begin_object().member("what", n.what).member("reason", n.reason);
      w_.member("packages", n.packages).end_object();
    });
    write_diagnostics();
    w_.end_object();
    return stream_.finish();
  }

 private:
  template <typename List, typename F>
  void list(std::string_view name, const List& items, F&& f) {
    w_.key(name).begin_array();
    for (const auto& item : items) {
      if (stream_.failed()) break;
      f(item);
    }
    w_.end_array();
  }

  void strings(std::string_view name, const std::vector<std::string>& items) {
    if (items.empty()) return;
    list(name, items, [&](const std::string& item) { w_.value(item); });
  }

  void write_artifact() {
    const model::Artifact& artifact = report_.artifact;
    w_.key("artifact").begin_object().member("kind", artifact_kind_name(artifact.kind));
    w_.member("name", artifact.name).member_if("digest", artifact.digest);
    w_.member_if("indexDigest", artifact.index_digest);
    w_.member_if("configDigest", artifact.config_digest);
    w_.member_if("platform", artifact.platform).member_if("created", artifact.created);
    strings("tags", artifact.tags);
    if (!artifact.labels.empty()) {
      w_.key("labels").begin_object();
      for (const auto& [key, value] : artifact.labels) w_.member(key, value);
      w_.end_object();
    }
    if (!artifact.layers.empty()) {
      list("layers", artifact.layers, [&](const model::Layer& layer) {
        w_.begin_object().member("diffId", layer.diff_id).member_if("digest", layer.digest);
        w_.member_if("mediaType", layer.media_type).member("size", layer.size_bytes);
        w_.member_if("createdBy", layer.created_by).end_object();
      });
    }
    if (artifact.distro.known()) write_distro(artifact.distro);
    w_.end_object();
  }

  void write_distro(const model::Distro& distro) {
    w_.key("distro").begin_object().member("id", distro.id).member_if("version", distro.version);
    w_.member_if("codename", distro.codename).member_if("name", distro.name);
    strings("like", distro.like);
    w_.member_if("variant", distro.variant).member_if("endOfLife", distro.end_of_life);
    w_.member_if("endOfExtendedLife", distro.end_of_extended_life);
    w_.member_if("path", distro.path).end_object();
  }

  void write_advisories() {
    w_.key("advisories").begin_object().member("scanned", report_.vulnerabilities_scanned);
    w_.member_if("databaseDigest", report_.database_digest);
    w_.member_if("databaseKind", report_.database_kind);
    w_.member_if("judgedAt", report_.judged_at);
    auto age = model::advisory_age(report_);
    if (age) w_.member("stale", age->stale);
    if (age && !age->newest.empty()) w_.member("ageDays", age->days);
    list("feeds", report_.feeds, [&](const model::FeedInfo& feed) { write_feed(feed, age); });
    w_.end_object();
  }

  void write_feed(const model::FeedInfo& feed, const std::optional<model::AdvisoryAge>& age) {
    w_.begin_object().member("name", feed.name).member("records", feed.records);
    w_.member_if("newest", feed.newest);
    if (age && std::count(age->quiet.begin(), age->quiet.end(), &feed) != 0) {
      w_.member("stale", true);
    }
    w_.end_object();
  }

  void write_tally(std::string_view name, const Tally& tally) {
    w_.key(name).begin_object();
    for (size_t i = tally.counts.size(); i-- > 0;) {
      w_.member(severity_name(static_cast<model::Severity>(i)), tally.counts[i]);
    }
    w_.end_object();
  }

  void write_summary() {
    Overview overview = make_overview(report_);
    w_.key("summary").begin_object();
    w_.member("packages", uint64_t{report_.packages.size()});
    w_.member("findings", uint64_t{report_.findings.size()});
    w_.member("vulnerabilities", overview.vulnerabilities.total());
    write_tally("severities", overview.vulnerabilities);
    w_.member("fixable", overview.fixable).member("knownExploited", overview.exploited);
    w_.end_object();
  }

  void write_package(const Package& package) {
    w_.begin_object().member("purl", package.purl()).member("type", package.type);
    w_.member_if("namespace", package.name_space).member("name", package.name);
    w_.member_if("version", package.version).member_if("arch", package.arch);
    w_.member_if("sourceName", package.source_name);
    w_.member_if("sourceVersion", package.source_version);
    strings("licences", package.licences);
    w_.member_if("supplier", package.supplier).member_if("cataloger", package.cataloger);
    w_.member("origin", origin_name(package.origin));
    if (package.relation != model::Relation::kUnknown) {
      w_.member("relation", relation_name(package.relation));
    }
    w_.member_if("requirement", package.requirement);
    if (package.dev) w_.member("dev", true);
    if (package.optional) w_.member("optional", true);
    list("locations", package.locations, [&](const model::Location& location) {
      w_.begin_object().member("path", location.path);
      if (location.line != 0) w_.member("line", location.line);
      if (location.layer >= 0) w_.member("layer", location.layer);
      w_.end_object();
    });
    strings("dependsOn", package.depends_on);
    if (files_ && !package.files.empty()) {
      w_.key("files").begin_array();
      package.files.each([&](std::string_view path) {
        w_.value(path);
        return !stream_.failed();
      });
      w_.end_array();
    }
    if (!package.fix_claims.empty()) {
      list("fixClaims", package.fix_claims, [&](const model::FixClaim& c) { write_claim(c); });
    }
    w_.member_if("digest", package.digest).member_if("owner", package.owner).end_object();
  }

  void write_claim(const model::FixClaim& claim) {
    w_.begin_object().member("id", claim.id).member("version", claim.version);
    w_.member("path", claim.path).end_object();
  }

  void write_finding(const Finding& finding) {
    const Package& package = report_.packages[finding.package];
    w_.begin_object().member("id", finding.id).member("kind", finding.kind);
    w_.member("classId", finding.class_id);
    strings("aliases", finding.aliases);
    w_.key("package").begin_object().member("index", uint64_t{finding.package});
    w_.member("purl", package.purl()).member("name", display_name(package));
    w_.member_if("version", package.version);
    if (!package.locations.empty()) w_.member("path", package.locations.front().path);
    w_.end_object();
    w_.member_if("title", finding.title).member_if("description", finding.description);
    w_.member("severity", severity_name(finding.severity));
    w_.member_if("severitySource", finding.severity_source);
    write_scores(finding);
    w_.member("fixState", fix_state_name(finding.fix_state));
    strings("fixVersions", finding.fix_versions);
    w_.member_if("published", finding.published).member_if("modified", finding.modified);
    strings("references", finding.references);
    strings("cwes", finding.cwes);
    strings("sources", finding.sources);
    list("proofs", finding.proofs, [&](const model::Proof& proof) { write_proof(proof); });
    if (!finding.vex.empty()) {
      list("vex", finding.vex, [&](const model::VexNote& note) { write_vex_note(note); });
    }
    if (finding.vex_conflict) w_.member("vexConflict", true);
    w_.end_object();
  }

  void write_package_of(size_t index) {
    const Package& package = report_.packages[index];
    w_.key("package").begin_object().member("index", uint64_t{index});
    w_.member("purl", package.purl()).member("name", display_name(package));
    w_.member_if("version", package.version);
    if (!package.locations.empty()) w_.member("path", package.locations.front().path);
    w_.end_object();
  }

  void write_scores(const Finding& finding) {
    if (finding.cvss) {
      w_.key("cvss").begin_object().member("vector", finding.cvss->vector);
      w_.member("score", finding.cvss->score).member_if("source", finding.cvss->source);
      w_.end_object();
    }
    if (finding.epss) {
      w_.key("epss").begin_object().member("probability", *finding.epss);
      if (finding.epss_percentile) w_.member("percentile", *finding.epss_percentile);
      w_.end_object();
    }
    if (finding.kev) {
      w_.key("kev").begin_object().member_if("added", finding.kev_date);
      w_.member("ransomware", finding.kev_ransomware).end_object();
    }
  }

  void write_proof(const model::Proof& proof) {
    w_.begin_object().member("advisory", proof.advisory).member("source", proof.source);
    w_.member_if("ecosystem", proof.ecosystem).member_if("package", proof.package);
    w_.member_if("packageKind", proof.package_kind).member_if("range", proof.range);
    w_.member_if("compared", proof.compared).member_if("scheme", proof.scheme);
    w_.member_if("rule", proof.rule).member_if("path", proof.path).end_object();
  }

  void indices(std::string_view name, const std::vector<size_t>& items) {
    list(name, items, [&](size_t item) { w_.value(uint64_t{item}); });
  }

  void write_action(const Action& action) {
    w_.begin_object().member("remedy", remedy_name(action.remedy));
    w_.member("type", action.type).member("name", action.name);
    w_.member_if("installed", action.installed).member_if("target", action.target);
    write_tally("removes", action.removes);
    w_.member("knownExploited", action.kev);
    if (action.epss >= 0) w_.member("epss", action.epss);
    indices("packages", action.packages);
    list("vulnerabilities", action.findings, [&](size_t i) { w_.value(report_.findings[i].id); });
    w_.end_object();
  }

  void write_vex_note(const model::VexNote& note) {
    w_.begin_object().member("status", vex_status_name(note.status));
    w_.member_if("justification", vex_justification_name(note.justification));
    w_.member_if("justificationWord", note.justification_word);
    w_.member_if("impactStatement", note.impact_statement);
    w_.member_if("actionStatement", note.action_statement).member_if("notes", note.notes);
    w_.member("author", note.author).member_if("timestamp", note.timestamp);
    w_.member("scope", note.scope).member("where", note.where).end_object();
  }

  void write_ignored(const model::Ignored& ignored) {
    const Finding& finding = ignored.finding;
    w_.begin_object().member("id", finding.id);
    w_.member("package", report_.packages[finding.package].purl());
    w_.member("by", ignored_by_name(ignored.by)).member("classId", finding.class_id);
    w_.member("severity", severity_name(finding.severity));
    w_.member_if("reason", ignored.reason).member_if("expires", ignored.expires);
    w_.member_if("file", ignored.file).member_if("owner", ignored.owner);
    w_.member_if("waiver", ignored.waiver);
    w_.member_if("justification", vex_justification_name(ignored.justification));
    if (ignored.vex) {
      w_.key("vex");
      write_vex_note(*ignored.vex);
    }
    if (ignored.claim) {
      w_.key("claim");
      write_claim(*ignored.claim);
    }
    w_.end_object();
  }

  void write_vex_use(const model::VexUse& use) {
    w_.begin_object().member("source", use.source).member("format", use.format);
    w_.member_if("id", use.id).member_if("author", use.author);
    w_.member_if("timestamp", use.timestamp).member("statements", use.statements);
    w_.member("used", use.used);
    list("unused", use.unused, [&](const model::VexUse::Unused& unused) {
      w_.begin_object().member("vulnerability", unused.vulnerability);
      w_.member("place", unused.place).member("reason", unused.reason).end_object();
    });
    w_.end_object();
  }

  void write_diagnostics() {
    list("diagnostics", report_.diagnostics.all(), [&](const base::Diagnostic& d) {
      w_.begin_object().member("impact", impact_name(d.impact)).member("kind", d.kind);
      w_.member("where", d.where).member("message", d.message).end_object();
    });
    if (report_.diagnostics.dropped().empty()) return;
    w_.key("diagnosticsDropped").begin_object();
    for (const auto& [kind, count] : report_.diagnostics.dropped()) w_.member(kind, count);
    w_.end_object();
  }

  const ScanReport& report_;
  bool files_;
  base::json::Stream stream_;
  base::json::Writer& w_;
};

base::Status write(const ScanReport& report, const Style& style, const Out& out) {
  return JsonReport(report, style.files, out).run();
}

}  // namespace

extern constinit const Format descriptor = {"json", "JSON (docs/formats/report.md)", write, true};

}  // namespace bulkhead::report::formats::json
