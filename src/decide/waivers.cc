// SPDX-License-Identifier: Apache-2.0
// Reading and applying ignore files.
#include "decide/waivers.h"

#include <algorithm>
#include <set>

#include "base/node.h"
#include "base/text.h"

namespace bulkhead::decide {
namespace {

constexpr base::UnixTime kDaySeconds = 86400;

base::Error invalid(std::string_view where, std::string_view what) {
  return base::Error(base::Code::kInvalid, std::string(where) + ": " + std::string(what));
}

base::Status check(const Waiver& rule) {
  if (rule.id.empty()) return invalid(rule.where, "a rule needs an id");
  if (!rule.expires.empty() && !base::parse_time(rule.expires)) {
    return invalid(rule.where, "\"" + rule.expires + "\" is not a date (YYYY-MM-DD)");
  }
  return {};
}

base::Result<std::vector<Waiver>> parse_plain(std::string_view name, std::string_view text) {
  std::vector<Waiver> rules;
  size_t number = 0;
  for (std::string_view line; base::next_line(text, line);) {
    ++number;
    std::string_view comment;
    if (auto parts = base::cut(line, "#")) {
      line = parts->first;
      comment = base::trim(parts->second);
    }
    Waiver rule;
    rule.where = std::string(name) + ":" + std::to_string(number);
    for (std::string_view word : base::split(line, ' ')) {
      word = base::trim(word);
      if (word.empty()) continue;
      if (word.starts_with("exp:")) {
        rule.expires = word.substr(4);
      } else if (rule.id.empty()) {
        rule.id = word;
      } else {
        return invalid(rule.where, "one id a line, then at most exp:YYYY-MM-DD");
      }
    }
    if (rule.id.empty() && rule.expires.empty()) continue;
    rule.reason = comment;
    TRY(check(rule));
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<std::string> string_list(const base::Node& node) {
  std::vector<std::string> out;
  if (node.is_scalar()) out.push_back(node.text);
  for (const base::Node& item : node.items) out.emplace_back(item.string_or(""));
  return out;
}

// The first of the keys that is present: ours, then Trivy's.
std::string either(const base::Node& node, std::string_view ours, std::string_view theirs) {
  const base::Node& mine = node[ours];
  return std::string(mine.missing() ? node[theirs].string_or("") : mine.string_or(""));
}

base::Result<std::vector<Waiver>> parse_yaml_waivers(std::string_view name, std::string_view text) {
  base::Limits limits;
  limits.max_entries = 100'000;
  base::Node root = TRY_AT(name, base::parse_yaml(text, limits));
  const base::Node& list = root["ignore"].missing() ? root["vulnerabilities"] : root["ignore"];
  if (!list.is_sequence()) {
    return invalid(name, "expected a list under \"ignore\" (or \"vulnerabilities\")");
  }
  std::vector<Waiver> rules;
  for (const base::Node& node : list.items) {
    Waiver rule;
    rule.where = std::string(name) + ":" + std::to_string(node.line);
    rule.id = node["id"].string_or("");
    rule.purls = string_list(node["purls"].missing() ? node["package"] : node["purls"]);
    rule.paths = string_list(node["paths"]);
    rule.reason = either(node, "reason", "statement");
    rule.expires = either(node, "expires", "expired_at");
    rule.waiver = node["waiver"].string_or("");
    rule.owner = node["owner"].string_or("");
    std::string_view why = node["justification"].string_or("");
    auto known = model::parse_vex_justification(why);
    if (!known && !why.empty()) {
      return invalid(rule.where, "\"" + std::string(why) +
                                     "\" is no justification; known are those of OpenVEX, such as "
                                     "vulnerable_code_not_in_execute_path");
    }
    if (known) rule.justification = *known;
    TRY(check(rule));
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

bool same_package(std::string_view waived, std::string_view purl) {
  if (waived == purl) return true;
  std::string_view plain = purl.substr(0, purl.find('?'));
  return waived == plain || waived == plain.substr(0, plain.rfind('@'));
}

bool covers(const Waiver& waiver, const WaivableFinding& finding) {
  bool named =
      waiver.id == finding.id || waiver.id == finding.class_id ||
      std::find(finding.aliases.begin(), finding.aliases.end(), waiver.id) != finding.aliases.end();
  if (!named) return false;
  bool package = waiver.purls.empty() ||
                 std::any_of(waiver.purls.begin(), waiver.purls.end(),
                             [&](const auto& purl) { return same_package(purl, finding.purl); });
  if (!package || waiver.paths.empty()) return package;
  return std::any_of(waiver.paths.begin(), waiver.paths.end(), [&](const std::string& glob) {
    return std::any_of(finding.paths.begin(), finding.paths.end(),
                       [&](std::string_view path) { return base::glob_match(glob, path); });
  });
}

bool expired(const Waiver& waiver, base::UnixTime now) {
  return !waiver.expires.empty() && now >= *base::parse_time(waiver.expires) + kDaySeconds;
}

base::Result<std::vector<Waiver>> parse_waivers(std::string_view name, std::string_view text) {
  bool yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  return yaml ? parse_yaml_waivers(name, text) : parse_plain(name, text);
}

void apply_waivers(const std::vector<Waiver>& rules, base::UnixTime now,
                   model::ScanReport& report) {
  std::vector<model::Finding> kept;
  std::set<std::string> told;
  for (model::Finding& finding : report.findings) {
    const model::Package& package = report.packages[finding.package];
    std::string purl = rules.empty() ? std::string() : package.purl();
    WaivableFinding facts{finding.id, finding.class_id, purl, {}, {}};
    facts.aliases.assign(finding.aliases.begin(), finding.aliases.end());
    for (const model::Location& location : package.locations) facts.paths.push_back(location.path);
    const Waiver* found = nullptr;
    for (const Waiver& rule : rules) {
      if (!covers(rule, facts)) continue;
      if (!expired(rule, now)) {
        found = &rule;
        break;
      }
      if (told.insert(rule.where).second) {
        report.diagnostics.note("waiver-expired", rule.where,
                                rule.id + " is reported again: the rule" +
                                    (rule.owner.empty() ? "" : " of " + rule.owner) +
                                    " expired on " + rule.expires);
      }
    }
    if (found == nullptr) {
      kept.push_back(std::move(finding));
      continue;
    }
    model::Ignored ignored;
    ignored.finding = std::move(finding);
    ignored.reason = found->reason;
    ignored.expires = found->expires;
    ignored.file = found->where;
    ignored.owner = found->owner;
    ignored.waiver = found->waiver;
    ignored.justification = found->justification;
    report.ignored.push_back(std::move(ignored));
  }
  report.findings = std::move(kept);
}

}  // namespace bulkhead::decide
