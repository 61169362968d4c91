// SPDX-License-Identifier: Apache-2.0
// Makes a report of the policy's document again, as far as VEX statements look at it, and applies
// them. What the document does not keep (who depends on whom) makes a statement close less, never
// more.
#include "decide/vex/closed.h"

#include <unordered_map>

#include "decide/vex/vex.h"
#include "model/policy_error.h"
#include "model/purl.h"
#include "model/vex.h"
#include "sbom/foreign.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;

std::string text(const Value& value) { return std::string(value.string_or("")); }

model::Artifact artifact_of(const Value& input) {
  model::Artifact out;
  Value image = input["image"];
  if (image.is_object()) {
    out.kind = model::ArtifactKind::kImage;
    out.name = text(image["reference"]);
    out.digest = text(image["digest"]);
    out.index_digest = text(image["index_digest"]);
    image["tags"].each([&](const Value& tag) { out.tags.push_back(text(tag)); });
  } else {
    out.kind = model::ArtifactKind::kDirectory;
    out.name = text(input["target"]["name"]);
  }
  Value distro = input["distro"];
  out.distro.id = text(distro["id"]);
  out.distro.version = text(distro["version"]);
  return out;
}

// The packages that can be read, and by purl, as the document writes it, where they are: one purl
// can lie in several places, and what closes a finding in one leaves it open in another.
using Places = std::unordered_map<std::string, std::vector<size_t>>;

Places take_packages(const Value& input, model::ScanReport& out) {
  Places by_purl;
  input["packages"].each([&](const Value& value) {
    model::Package package;
    std::string purl = text(value["purl"]);
    auto parsed = model::Purl::parse_lenient(purl);
    if (!parsed) return;
    sbom::take_purl(*parsed, package);
    package.source_name = text(value["source"]);
    package.owner = text(value["owner"]);
    by_purl[std::move(purl)].push_back(out.packages.size());
    out.packages.push_back(std::move(package));
  });
  return by_purl;
}

model::Finding finding_of(const Value& value, size_t package) {
  model::Finding out;
  out.package = package;
  out.id = text(value["id"]);
  out.class_id = text(value["class_id"]);
  value["aliases"].each([&](const Value& alias) { out.aliases.push_back(text(alias)); });
  return out;
}

model::UsedWaiver used_vex(const model::Ignored& ignored) {
  model::UsedWaiver out;
  out.id = "vex " + ignored.finding.id;
  out.owner = ignored.owner;
  out.reason = ignored.reason;
  out.where = ignored.file;
  return out;
}

model::Reason conflict_of(const model::Finding& finding, const std::string& purl) {
  model::Reason out;
  out.rule = model::kVexConflict;
  out.pack = "policy";  // of none in particular
  out.title = "VEX statements of the policy disagree";
  out.message = "statements about " + finding.id + " disagree, so the finding stays:";
  for (size_t i = 0; i < finding.vex.size(); ++i) {
    const model::VexNote& note = finding.vex[i];
    out.message += (i == 0 ? " " : "; ") + note.author + " says " +
                   std::string(model::vex_status_name(note.status)) + " (" + note.where + ")";
  }
  out.subject = purl;
  out.finding = finding.class_id;
  out.why = "A statement that another one contradicts closes nothing.";
  out.fix = "Take the wrong statement out, or name the author to believe first under vex_trust.";
  out.severity = model::Severity::kMedium;
  out.level = model::Decision::kWarn;
  out.mode = model::PolicyMode::kObserve;
  out.effect = model::Decision::kAllow;
  return out;
}

}  // namespace

ClosedByVex::ClosedByVex(const PolicySet& policy, const base::json::Value& input) {
  if (policy.vex().empty()) return;
  model::ScanReport report;
  report.artifact = artifact_of(input);
  const Places by_purl = take_packages(input, report);
  std::vector<std::string_view> purls(report.packages.size());
  for (const auto& [purl, indices] : by_purl) {
    for (size_t index : indices) purls[index] = purl;
  }
  input["findings"].each([&](const Value& value) {
    auto package = by_purl.find(text(value["package"]));
    if (package == by_purl.end()) {
      open_.emplace(text(value["class_id"]), text(value["package"]));
    } else {
      for (size_t index : package->second) report.findings.push_back(finding_of(value, index));
    }
  });
  apply_vex(policy.vex(), policy.file().vex_trust, report);
  auto place = [&](const model::Finding& finding) {
    return Place{finding.class_id, purls[finding.package]};
  };
  std::set<Place> told;
  for (const model::Finding& finding : report.findings) {
    open_.insert(place(finding));
    if (!finding.vex_conflict || !told.insert(place(finding)).second) continue;
    conflicts_.push_back(conflict_of(finding, std::string(purls[finding.package])));
  }
  for (const model::Ignored& ignored : report.ignored) {
    closed_.emplace(place(ignored.finding), used_vex(ignored));
  }
}

std::optional<model::UsedWaiver> ClosedByVex::find(const model::Reason& reason) const {
  if (reason.finding.empty() || closed_.empty()) return std::nullopt;
  bool one_package = reason.subject.starts_with("pkg:");
  auto concerns = [&](const Place& place) {
    return place.first == reason.finding && (!one_package || place.second == reason.subject);
  };
  for (auto at = open_.lower_bound({reason.finding, ""}); at != open_.end(); ++at) {
    if (at->first != reason.finding) break;
    if (concerns(*at)) return std::nullopt;
  }
  for (auto at = closed_.lower_bound({reason.finding, ""}); at != closed_.end(); ++at) {
    if (at->first.first != reason.finding) break;
    if (concerns(at->first)) return at->second;
  }
  return std::nullopt;
}

}  // namespace bulkhead::decide
