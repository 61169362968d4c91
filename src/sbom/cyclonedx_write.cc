// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/). Components, dependencies and
// vulnerabilities in the standard's own fields; what has none goes into properties "bulkhead:*"
// (sbom/facts.h). docs/formats/sbom.md describes the result.
#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/json_format.h"
#include "base/json_stream.h"
#include "base/text.h"
#include "model/feed_age.h"
#include "sbom/facts.h"
#include "sbom/identity.h"
#include "sbom/licence.h"
#include "sbom/sbom.h"
#include "sbom/vex.h"

namespace bulkhead::sbom {

namespace json = base::json;
using base::Status;
using model::Finding;
using model::Package;
using model::ScanReport;

namespace {

constexpr size_t kMaxVersion = 1024;  // of component.version, by the schema
constexpr std::string_view kArtifactRef = "artifact";
constexpr std::string_view kDistroRef = "operating-system";

std::string_view severity_word(model::Severity severity) {
  return severity == model::Severity::kNegligible ? "info" : severity_name(severity);
}

std::string_view score_method(std::string_view vector) {
  if (vector.starts_with("CVSS:4")) return "CVSSv4";
  if (vector.starts_with("CVSS:3.1")) return "CVSSv31";
  if (vector.starts_with("CVSS:3.0")) return "CVSSv3";
  if (vector.starts_with("AV:") || vector.starts_with("(AV:")) return "CVSSv2";
  return "other";
}

// A finding that stands, or one that is known not to matter: a VEX statement or a waiver says why.
struct Listed {
  const Finding* finding;
  const model::Ignored* ignored;  // null: it stands
};

// "ACME says affected: Update.", one for each statement.
std::string statements_about(const Finding& finding) {
  std::string out = finding.vex_conflict ? "Statements conflict." : "";
  for (const model::VexNote& note : finding.vex) {
    out += (out.empty() ? "" : " ") + note.author + " says " +
           std::string(vex_status_name(note.status)) + ".";
  }
  return out;
}

// Findings that read alike but for the package they concern are one vulnerability there.
std::string group_key(const Listed& listed) {
  const Finding& finding = *listed.finding;
  std::string key = finding.id;
  key += '\n';
  key += severity_name(finding.severity);
  key += '\n' + finding.severity_source;
  if (finding.cvss) key += '\n' + finding.cvss->vector;
  key += '\n' + statements_about(finding);
  if (listed.ignored != nullptr) key += '\n' + listed.ignored->file;
  return key;
}

class CycloneDxWriter {
 public:
  CycloneDxWriter(const ScanReport& report, bool files, const Out& out)
      : report_(report),
        files_(files),
        stream_(out, 2),
        w_(stream_.writer()),
        refs_(package_refs(report)),
        dependencies_(report, refs_) {}

  Status run() {
    w_.begin_object();
    w_.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    w_.member("bomFormat", "CycloneDX").member("specVersion", "1.6");
    w_.member("serialNumber",
              "urn:uuid:" + content_uuid(report_, files_ ? "cyclonedx-files" : "cyclonedx"));
    w_.member("version", 1);
    write_metadata();
    w_.key("components").begin_array();
    if (report_.artifact.distro.known()) write_distro();
    for (size_t i = 0; i < report_.packages.size() && !stream_.failed(); ++i) write_package(i);
    w_.end_array();
    write_dependencies();
    if (report_.vulnerabilities_scanned) write_vulnerabilities();
    w_.end_object();
    return stream_.finish();
  }

 private:
  void property(std::string_view name, std::string_view value) {
    w_.begin_object().member("name", std::string(kFactPrefix) + std::string(name));
    w_.member("value", value).end_object();
  }

  void facts(const Facts& facts) {
    if (facts.empty()) return;
    w_.key("properties").begin_array();
    for (const Fact& fact : facts) property(fact.key, fact.value);
    w_.end_array();
  }

  void time_member(std::string_view name, std::string_view text) {
    auto time = base::parse_time(text);
    if (time) w_.member(name, base::format_time(*time));
  }

  void write_metadata() {
    w_.key("metadata").begin_object();
    time_member("timestamp", report_.created);
    w_.key("tools").begin_object().key("components").begin_array().begin_object();
    w_.member("type", "application").member("name", "bulkhead");
    w_.member_if("version", report_.tool_version);
    w_.end_object().end_array().end_object();
    const model::Artifact& artifact = report_.artifact;
    bool image = artifact.kind == model::ArtifactKind::kImage;
    w_.key("component").begin_object();
    w_.member("type", image ? "container" : "application").member("bom-ref", kArtifactRef);
    w_.member("name", artifact.name.empty() ? std::string("unnamed") : artifact.name);
    w_.member_if("version", artifact.digest);
    w_.member_if("purl", artifact_purl(artifact));
    facts(artifact_facts(artifact));
    w_.end_object();
    facts(advisory_facts());
    w_.end_object();
  }

  // What the vulnerabilities stand on, and how old it is.
  Facts advisory_facts() const {
    Facts out;
    if (!report_.vulnerabilities_scanned) return out;
    for (const model::FeedInfo& feed : report_.feeds) {
      json::Writer text(0);
      text.begin_object().member("name", feed.name).member("records", feed.records);
      text.member_if("newest", feed.newest).end_object();
      out.push_back({"advisory-feed", text.take()});
    }
    // Without this, what nobody could judge looks as if it had no vulnerabilities.
    for (const model::NotJudged& what : report_.not_judged) {
      json::Writer text(0);
      text.begin_object().member("what", what.what).member("reason", what.reason);
      text.member("packages", what.packages).end_object();
      out.push_back({"not-judged", text.take()});
    }
    auto age = model::advisory_age(report_);
    if (!age) return out;
    out.push_back({"advisories-judged-at", report_.judged_at});
    out.push_back({"advisories-stale", age->stale ? "true" : "false"});
    for (const auto* feed : age->quiet) out.push_back({"advisory-feed-stale", feed->name});
    return out;
  }

  void write_distro() {
    const model::Distro& distro = report_.artifact.distro;
    w_.begin_object().member("type", "operating-system").member("bom-ref", kDistroRef);
    w_.member("name", distro.id).member_if("version", distro.version);
    w_.member_if("description", distro.name);
    facts(distro_facts(distro));
    w_.end_object();
  }

  void write_package(size_t index) {
    const Package& package = report_.packages[index];
    w_.begin_object().member("type", "library").member("bom-ref", refs_[index]);
    if (!package.supplier.empty()) {
      w_.key("supplier").begin_object().member("name", package.supplier).end_object();
    }
    // A distribution is no vendor of the name; its packages are known without it.
    bool grouped = package.type != "deb" && package.type != "rpm" && package.type != "apk";
    if (grouped) w_.member_if("group", package.name_space);
    w_.member("name", package.name);
    if (package.version.size() <= kMaxVersion) w_.member_if("version", package.version);
    if (package.optional) w_.member("scope", "optional");
    write_hash(package.digest);
    write_licences(package);
    std::string purl = package.purl();
    w_.member("purl", purl);
    Facts all = package_facts(package, purl);
    bool graph = dependencies_.is_exact(index);
    // What the standard's own fields say is not said again.
    std::erase_if(all, [&](const Fact& fact) {
      return fact.key == "licence" || fact.key == "location" || fact.key == "optional" ||
             (graph && fact.key == "depends-on");
    });
    facts(all);
    if (files_) write_files(package);
    write_evidence(package);
    w_.end_object();
  }

  // evidence.occurrences says where the package was found, which is not what it owns.
  void write_files(const Package& package) {
    if (package.files.empty()) return;
    w_.key("components").begin_array();
    package.files.each([&](std::string_view path) {
      w_.begin_object().member("type", "file").member("name", path).end_object();
      return !stream_.failed();
    });
    w_.end_array();
  }

  void write_hash(std::string_view digest) {
    auto parts = base::cut(digest, ":");
    if (!parts || digest_of(parts->first, parts->second).empty()) return;
    w_.key("hashes").begin_array().begin_object();
    w_.member("alg", parts->first == "sha256" ? "SHA-256" : "SHA-512");
    w_.member("content", parts->second).end_object().end_array();
  }

  // A single expression, or a list of licences: the standard does not mix the two.
  void write_licences(const Package& package) {
    if (package.licences.empty()) return;
    w_.key("licenses").begin_array();
    bool single = package.licences.size() == 1;
    for (const std::string& text : package.licences) {
      bool listed = listed_licence(text) == text;
      w_.begin_object();
      if (single && !listed && canonical_licence(text)) {
        w_.member("expression", text);
      } else {
        w_.key("license").begin_object().member(listed ? "id" : "name", text).end_object();
      }
      w_.end_object();
    }
    w_.end_array();
  }

  void write_evidence(const Package& package) {
    if (package.locations.empty()) return;
    w_.key("evidence").begin_object().key("occurrences").begin_array();
    for (const auto& location : package.locations) {
      w_.begin_object().member("location", location.path);
      if (location.line != 0) w_.member("line", location.line);
      if (location.layer >= 0) {
        w_.member("additionalContext", "layer " + std::to_string(location.layer));
      }
      w_.end_object();
    }
    w_.end_array().end_object();
  }

  void write_dependencies() {
    w_.key("dependencies").begin_array();
    w_.begin_object().member("ref", kArtifactRef).key("dependsOn").begin_array();
    if (report_.artifact.distro.known()) w_.value(kDistroRef);
    for (const std::string& ref : refs_) w_.value(ref);
    w_.end_array().end_object();
    for (size_t i = 0; i < report_.packages.size() && !stream_.failed(); ++i) {
      std::vector<size_t> targets = dependencies_.of(i);
      if (targets.empty()) continue;
      w_.begin_object().member("ref", refs_[i]).key("dependsOn").begin_array();
      for (size_t target : targets) w_.value(refs_[target]);
      w_.end_array().end_object();
    }
    w_.end_array();
  }

  void write_vulnerabilities() {
    std::map<std::string, std::vector<const Finding*>> groups;
    std::map<std::string, const model::Ignored*> closed;
    auto add = [&](const Listed& listed) {
      std::string key = group_key(listed);
      groups[key].push_back(listed.finding);
      if (listed.ignored != nullptr) closed[key] = listed.ignored;
    };
    for (const Finding& finding : report_.findings) add({&finding, nullptr});
    for (const model::Ignored& ignored : report_.ignored) {
      bool reason = ignored.vex || ignored.justification != model::VexJustification::kNone;
      if (reason) add({&ignored.finding, &ignored});
    }
    w_.key("vulnerabilities").begin_array();
    std::string_view last_id;
    size_t number = 0;
    for (const auto& [key, findings] : groups) {
      if (stream_.failed()) break;
      const Finding& first = *findings.front();
      number = first.id == last_id ? number + 1 : 1;
      last_id = first.id;
      std::string ref = "vulnerability:" + first.id;
      if (number > 1) ref += "#" + std::to_string(number);
      auto found = closed.find(key);
      write_vulnerability(ref, findings, found == closed.end() ? nullptr : found->second);
    }
    w_.end_array();
  }

  void write_vulnerability(const std::string& ref, const std::vector<const Finding*>& findings,
                           const model::Ignored* ignored) {
    const Finding& first = *findings.front();
    w_.begin_object().member("bom-ref", ref).member("id", first.id);
    write_source(first);
    if (!first.aliases.empty()) {
      w_.key("references").begin_array();
      for (const std::string& alias : first.aliases) {
        w_.begin_object().member("id", alias).key("source").begin_object();
        w_.member("url", "https://osv.dev/vulnerability/" + alias).end_object().end_object();
      }
      w_.end_array();
    }
    write_ratings(first);
    write_cwes(first);
    w_.member_if("description", first.title.empty() ? first.description : first.title);
    if (!first.title.empty()) w_.member_if("detail", first.description);
    w_.member_if("recommendation", recommendation(findings));
    write_advisories(first);
    time_member("published", first.published);
    time_member("updated", first.modified);
    write_analysis(first, ignored);
    write_affects(findings, ignored != nullptr);
    write_properties(first);
    w_.end_object();
  }

  // What people say about it; without them there is no analysis.
  void write_analysis(const Finding& finding, const model::Ignored* ignored) {
    if (ignored == nullptr && finding.vex.empty()) return;
    w_.key("analysis").begin_object();
    if (ignored == nullptr) {
      bool affected = std::any_of(
          finding.vex.begin(), finding.vex.end(),
          [](const model::VexNote& note) { return note.status == model::VexStatus::kAffected; });
      w_.member("state", affected ? "exploitable" : "in_triage");
      w_.member("detail", statements_about(finding)).end_object();
      return;
    }
    bool fixed = ignored->vex && ignored->vex->status == model::VexStatus::kFixed;
    model::VexJustification why =
        ignored->vex ? ignored->vex->justification : ignored->justification;
    w_.member("state", fixed ? "resolved" : "not_affected");
    if (!fixed) w_.member_if("justification", cyclonedx_justification(why));
    std::string detail = ignored->reason;
    if (!ignored->owner.empty()) detail += (detail.empty() ? "" : ", ") + ("by " + ignored->owner);
    w_.member_if("detail", detail).end_object();
  }

  void write_source(const Finding& finding) {
    std::string_view name = finding.sources.empty() ? std::string_view() : finding.sources.front();
    if (name.empty()) return;
    w_.key("source").begin_object().member("name", name).end_object();
  }

  void write_ratings(const Finding& finding) {
    w_.key("ratings").begin_array().begin_object();
    if (!finding.severity_source.empty()) {
      w_.key("source").begin_object().member("name", finding.severity_source).end_object();
    }
    bool scored = finding.cvss.has_value();
    if (scored) w_.member("score", finding.cvss->score);
    w_.member("severity", severity_word(finding.severity));
    w_.member("method", scored ? score_method(finding.cvss->vector) : std::string_view("other"));
    if (scored) w_.member_if("vector", finding.cvss->vector);
    w_.end_object();
    if (finding.epss) {
      w_.begin_object().key("source").begin_object().member("name", "EPSS").end_object();
      w_.member("score", *finding.epss).member("method", "other").end_object();
    }
    w_.end_array();
  }

  void write_cwes(const Finding& finding) {
    std::vector<int64_t> numbers;
    for (std::string_view cwe : finding.cwes) {
      if (cwe.starts_with("CWE-")) cwe.remove_prefix(4);
      auto number = base::to_number<int64_t>(cwe);
      if (number && *number >= 1) numbers.push_back(*number);
    }
    if (numbers.empty()) return;
    w_.key("cwes").begin_array();
    for (int64_t number : numbers) w_.value(number);
    w_.end_array();
  }

  std::string recommendation(const std::vector<const Finding*>& findings) const {
    std::vector<std::string> parts;
    for (const Finding* finding : findings) {
      if (finding->fix_versions.empty()) continue;
      const Package& package = report_.packages[finding->package];
      parts.push_back("Upgrade " + package.name + " to " + finding->fix_versions.front());
    }
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return base::join(parts, "; ");
  }

  void write_advisories(const Finding& finding) {
    std::vector<std::string> urls = finding.references;
    std::erase_if(urls, [](const std::string& url) {
      return url.empty() || !json::matches_format("iri-reference", url);
    });
    if (urls.empty()) return;
    w_.key("advisories").begin_array();
    for (const std::string& url : urls) w_.begin_object().member("url", url).end_object();
    w_.end_array();
  }

  void write_affects(const std::vector<const Finding*>& findings, bool closed) {
    w_.key("affects").begin_array();
    size_t last = SIZE_MAX;
    for (const Finding* finding : findings) {
      if (finding->package == last) continue;  // the list allows no repetition
      last = finding->package;
      const Package& package = report_.packages[finding->package];
      w_.begin_object().member("ref", refs_[finding->package]).key("versions").begin_array();
      write_version(package.version, closed ? "unaffected" : "affected");
      for (const std::string& fixed : finding->fix_versions) write_version(fixed, "unaffected");
      w_.end_array().end_object();
    }
    w_.end_array();
  }

  void write_version(std::string_view version, std::string_view status) {
    if (version.empty() || version.size() > kMaxVersion) return;
    w_.begin_object().member("version", version).member("status", status).end_object();
  }

  void write_properties(const Finding& finding) {
    w_.key("properties").begin_array();
    property("severity", severity_name(finding.severity));
    property("fix-state", fix_state_name(finding.fix_state));
    if (finding.kev) property("kev", finding.kev_date.empty() ? "true" : finding.kev_date);
    if (finding.kev_ransomware) property("kev-ransomware", "true");
    w_.end_array();
  }

  const ScanReport& report_;
  bool files_;
  json::Stream stream_;
  json::Writer& w_;
  std::vector<std::string> refs_;
  Dependencies dependencies_;
};

}  // namespace

Status write_cyclonedx(const ScanReport& report, const Out& out) {
  return CycloneDxWriter(report, false, out).run();
}

Status write_cyclonedx_with_files(const ScanReport& report, const Out& out) {
  return CycloneDxWriter(report, true, out).run();
}

}  // namespace bulkhead::sbom
