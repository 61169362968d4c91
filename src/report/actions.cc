// SPDX-License-Identifier: Apache-2.0
// Grouping of findings. Everything is sorted by content, never by hash, so that equal reports read
// equal.
#include "report/actions.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "version/scheme.h"

namespace bulkhead::report {

using model::Finding;
using model::FixState;
using model::Package;
using model::ScanReport;
using model::Severity;

namespace {

Remedy remedy_of(const Finding& finding) {
  if (finding.fix_state == FixState::kWillNotFix) return Remedy::kWillNotFix;
  if (!finding.fix_versions.empty()) return Remedy::kUpgrade;
  if (finding.fix_state == FixState::kInvestigating) return Remedy::kInvestigating;
  return Remedy::kNoFix;
}

// The order in which the vulnerabilities of one action are named.
bool more_urgent(const Finding& a, const Finding& b) {
  auto key = [](const Finding& f) {
    return std::tuple(!f.kev, -static_cast<int>(f.severity), -f.epss.value_or(0));
  };
  return std::tuple(key(a), std::string_view(a.id)) < std::tuple(key(b), std::string_view(b.id));
}

void finish(const ScanReport& report, Action& action) {
  auto& packages = action.packages;
  std::sort(packages.begin(), packages.end());
  packages.erase(std::unique(packages.begin(), packages.end()), packages.end());
  auto& findings = action.findings;
  auto at = [&](size_t i) -> const Finding& { return report.findings[i]; };
  for (size_t i : findings) {
    if (action.remedy == Remedy::kUpgrade) raise_target(at(i), action.type, action.target);
  }
  // The same vulnerability in two binaries of one source package is one.
  std::sort(findings.begin(), findings.end(), [&](size_t a, size_t b) {
    return std::tuple(std::string_view(at(a).id), -static_cast<int>(at(a).severity), a) <
           std::tuple(std::string_view(at(b).id), -static_cast<int>(at(b).severity), b);
  });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [&](size_t a, size_t b) { return at(a).id == at(b).id; }),
                 findings.end());
  std::sort(findings.begin(), findings.end(),
            [&](size_t a, size_t b) { return more_urgent(at(a), at(b)); });
  for (size_t i : findings) {
    action.removes.add(at(i).severity);
    action.kev |= at(i).kev;
    action.epss = std::max(action.epss, at(i).epss.value_or(-1));
  }
}

// "" for packages that no distribution brings up to date.
std::string_view upgrade_command(std::string_view type, std::string_view distro) {
  if (type == "deb") return "apt-get update && apt-get upgrade";
  if (type == "apk") return "apk upgrade";
  if (type == "alpm") return "pacman -Syu";
  if (type != "rpm") return "";
  bool suse = distro.starts_with("opensuse") || distro.starts_with("sle");
  return suse ? "zypper update" : "dnf upgrade";
}

bool comes_first(const Action& a, const Action& b) {
  if (a.remedy != b.remedy) return a.remedy < b.remedy;
  if (a.kev != b.kev) return a.kev;
  if (a.removes.worse_than(b.removes)) return true;
  if (b.removes.worse_than(a.removes)) return false;
  return std::tie(a.name, a.type, a.installed) < std::tie(b.name, b.type, b.installed);
}

}  // namespace

uint64_t Tally::total() const {
  uint64_t sum = 0;
  for (uint64_t count : counts) sum += count;
  return sum;
}

bool Tally::worse_than(const Tally& other) const {
  return std::lexicographical_compare(other.counts.rbegin(), other.counts.rend(), counts.rbegin(),
                                      counts.rend());
}

std::string tally_text(const Tally& tally) {
  std::string out;
  for (size_t i = tally.counts.size(); i-- > 0;) {
    if (tally.counts[i] == 0) continue;
    if (!out.empty()) out += ", ";
    out += std::to_string(tally.counts[i]) + " ";
    out += severity_name(static_cast<Severity>(i));
  }
  return out;
}

std::string_view remedy_name(Remedy remedy) {
  switch (remedy) {
    case Remedy::kUpgrade: return "upgrade";
    case Remedy::kNoFix: return "no-fix";
    case Remedy::kWillNotFix: return "will-not-fix";
    case Remedy::kInvestigating: return "under-investigation";
  }
  return "unknown";
}

std::string display_name(const Package& package) {
  if (package.name_space.empty() || is_system_package(package)) return package.name.str();
  return package.name_space + (package.type == "maven" ? ":" : "/") + package.name;
}

bool is_system_package(const Package& package) {
  return package.type == "deb" || package.type == "rpm" || package.type == "apk" ||
         package.type == "alpm";
}

ActionKey action_key(const ScanReport& report, const Finding& finding) {
  const Package& package = report.packages[finding.package];
  ActionKey key{remedy_of(finding), package.type.str(), {}, {}, is_system_package(package)};
  key.name = key.system ? std::string(package.source_name_or_name()) : display_name(package);
  key.installed =
      key.system ? std::string(package.source_version_or_version()) : package.version.str();
  return key;
}

void raise_target(const Finding& finding, std::string_view type, std::string& target) {
  const std::string& needed = finding.fix_versions.front();
  const version::Scheme* scheme = version::scheme_for_purl_type(type);
  bool higher =
      target.empty() || (scheme != nullptr ? scheme->compare(target, needed) < 0 : target < needed);
  if (higher) target = needed;
}

std::vector<Action> make_actions(const ScanReport& report) {
  std::map<ActionKey, Action> groups;
  for (size_t i = 0; i < report.findings.size(); ++i) {
    const Finding& finding = report.findings[i];
    ActionKey key = action_key(report, finding);
    Action& action = groups[key];
    if (action.findings.empty()) {
      action.remedy = key.remedy;
      action.system = key.system;
      action.type = std::move(key.type);
      action.name = std::move(key.name);
      action.installed = std::move(key.installed);
    }
    action.packages.push_back(finding.package);
    action.findings.push_back(i);
  }
  std::vector<Action> out;
  out.reserve(groups.size());
  for (auto& [key, action] : groups) {
    finish(report, action);
    out.push_back(std::move(action));
  }
  std::sort(out.begin(), out.end(), comes_first);
  return out;
}

std::string system_upgrade_advice(const ScanReport& report) {
  std::string_view command;
  for (const auto& [type, count] : make_overview(report).package_types) {
    if (command.empty()) command = upgrade_command(type, report.artifact.distro.id);
  }
  if (command.empty()) command = "the package manager";
  bool image = report.artifact.kind == model::ArtifactKind::kImage;
  return (image ? "Rebuild on a current base image, or run " : "Run ") + std::string(command);
}

Overview make_overview(const ScanReport& report) {
  struct Seen {
    Severity severity = Severity::kUnknown;
    bool fixable = false;
    bool exploited = false;
  };
  std::map<std::string_view, Seen> ids;
  for (const Finding& finding : report.findings) {
    Seen& seen = ids[finding.id];
    seen.severity = std::max(seen.severity, finding.severity);
    seen.fixable |= remedy_of(finding) == Remedy::kUpgrade;
    seen.exploited |= finding.kev;
  }
  Overview out;
  for (const auto& [id, seen] : ids) {
    out.vulnerabilities.add(seen.severity);
    out.fixable += seen.fixable;
    out.exploited += seen.exploited;
  }
  std::map<std::string_view, uint64_t> types;
  for (const Package& package : report.packages) ++types[package.type];
  for (const auto& [type, count] : types) out.package_types.emplace_back(type, count);
  std::stable_sort(out.package_types.begin(), out.package_types.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

}  // namespace bulkhead::report
