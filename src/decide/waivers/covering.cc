// SPDX-License-Identifier: Apache-2.0
// Finds the waiver for a reason.
#include "decide/waivers/covering.h"

#include <algorithm>

#include "base/text.h"
#include "decide/judge.h"

namespace bulkhead::decide {
namespace {

model::UsedWaiver used_waiver(const Waiver& waiver, bool expired) {
  model::UsedWaiver out;
  out.id = waiver.waiver.empty() ? waiver.id : waiver.waiver;
  out.owner = waiver.owner;
  out.reason = waiver.reason;
  out.expires = waiver.expires;
  out.where = waiver.where;
  out.expired = expired;
  return out;
}

// "app/Dockerfile" of "app/Dockerfile:3": a waiver for a file need not know lines.
std::string_view without_line(std::string_view path) {
  auto parts = base::cut_last(path, ":");
  bool line = parts && !parts->second.empty() &&
              std::all_of(parts->second.begin(), parts->second.end(), base::is_digit);
  return line ? parts->first : path;
}

}  // namespace

Covering::Covering(const PolicySet& policy, const Subject& subject, const base::json::Value& input)
    : now_(subject.at) {
  for (const Waiver& waiver : policy.waivers()) waivers_.push_back(&waiver);
  if (policy.file().local_waivers) {
    for (const Waiver& waiver : subject.local_waivers) waivers_.push_back(&waiver);
  }
  if (waivers_.empty()) return;
  input["findings"].each([&](base::json::Value finding) {
    WaivableFinding facts;
    facts.id = finding["id"].string_or("");
    facts.class_id = finding["class_id"].string_or("");
    facts.purl = finding["package"].string_or("");
    finding["aliases"].each(
        [&](base::json::Value alias) { facts.aliases.push_back(alias.string_or("")); });
    facts.paths.push_back(finding["location"].string_or(""));
    findings_.emplace(facts.class_id, std::move(facts));
  });
}

bool Covering::covers_findings(const Waiver& waiver, const model::Reason& reason) const {
  auto [first, last] = findings_.equal_range(reason.finding);
  bool any = false;
  for (auto at = first; at != last; ++at) {
    const WaivableFinding& finding = at->second;
    if (reason.subject.starts_with("pkg:") && reason.subject != finding.purl) continue;
    if (!covers(waiver, finding)) return false;
    any = true;
  }
  return any;
}

bool Covering::covers_reason(const Waiver& waiver, const model::Reason& reason) const {
  if (!reason.finding.empty() && covers_findings(waiver, reason)) return true;
  if (waiver.id != reason.rule) return false;
  auto fits = [](const std::vector<std::string>& list, auto&& one) {
    return list.empty() || std::any_of(list.begin(), list.end(), one);
  };
  std::string_view file = without_line(reason.path);
  return fits(waiver.purls,
              [&](const std::string& purl) { return same_package(purl, reason.subject); }) &&
         fits(waiver.paths, [&](const std::string& glob) {
           return base::glob_match(glob, reason.path) || base::glob_match(glob, file);
         });
}

std::optional<model::UsedWaiver> Covering::find(const model::Reason& reason) const {
  std::optional<model::UsedWaiver> over;
  for (const Waiver* waiver : waivers_) {
    if (!covers_reason(*waiver, reason)) continue;
    if (!expired(*waiver, now_)) return used_waiver(*waiver, false);
    over = used_waiver(*waiver, true);
  }
  return over;
}

}  // namespace bulkhead::decide
