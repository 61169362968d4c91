// SPDX-License-Identifier: Apache-2.0
// Reading and applying ignore files.
#include "decide/waivers/waivers.h"

#include <algorithm>
#include <set>

#include "base/node.h"
#include "base/text.h"
#include "decide/bundle/yaml_members.h"
#include "model/purl.h"

namespace bulkhead::decide {
namespace {

constexpr base::UnixTime kDaySeconds = 86400;

base::Error invalid_waiver(std::string_view where, std::string_view what) {
  return base::Error(base::Code::kInvalid, std::string(where) + ": " + std::string(what));
}

base::Status check(const Waiver& rule) {
  if (rule.id.empty()) return invalid_waiver(rule.where, "a rule needs an id");
  if (!rule.expires.empty() && !base::parse_time(rule.expires)) {
    return invalid_waiver(rule.where, "\"" + rule.expires + "\" is not a date (YYYY-MM-DD)");
  }
  return {};
}

// Nothing for a line without a rule.
base::Result<std::optional<Waiver>> plain_rule(std::string where, std::string_view line) {
  Waiver rule;
  rule.where = std::move(where);
  if (auto parts = base::cut(line, "#")) {
    line = parts->first;
    rule.reason = base::trim(parts->second);
  }
  for (std::string_view word : base::split(line, ' ')) {
    word = base::trim(word);
    if (word.empty()) continue;
    if (word.starts_with("exp:")) {
      rule.expires = word.substr(4);
    } else if (rule.id.empty()) {
      rule.id = word;
    } else {
      return invalid_waiver(rule.where, "one id a line, then at most exp:YYYY-MM-DD");
    }
  }
  if (rule.id.empty() && rule.expires.empty()) return std::optional<Waiver>();
  TRY(check(rule));
  return std::optional<Waiver>(std::move(rule));
}

// A pipe has no name to tell: a document begins with "---" or a section, as no id ends in ':'.
bool begins_as_yaml(std::string_view text) {
  for (std::string_view line; base::next_line(text, line);) {
    line = base::trim(line.substr(0, line.find('#')));
    if (!line.empty()) return line == "---" || line.ends_with(':');
  }
  return false;
}

std::vector<Waiver> parse_plain(std::string_view name, std::string_view text, Mistakes& mistakes) {
  std::vector<Waiver> rules;
  size_t number = 0;
  for (std::string_view line; base::next_line(text, line);) {
    std::string where = std::string(name) + ":" + std::to_string(++number);
    auto rule = value_or_mistake(plain_rule(std::move(where), line), mistakes);
    if (rule && *rule) rules.push_back(std::move(**rule));
  }
  return rules;
}

// What is there must say something: an empty list would cover everything.
base::Result<std::vector<std::string>> limited_to(const YamlMembers& members,
                                                  std::string_view key) {
  auto out = TRY(members.texts(key));
  const base::Node& node = members[key];
  bool empty = out.empty() || std::find(out.begin(), out.end(), "") != out.end();
  if (!node.missing() && empty) {
    return members.wrong(node, std::string(key) + " is empty; leave it out to mean all");
  }
  return out;
}

// A name that is no package URL would cover nothing.
base::Status check_purls(const YamlMembers& members, std::string_view key,
                         const std::vector<std::string>& purls) {
  for (const std::string& purl : purls) {
    if (model::Purl::parse_lenient(purl)) continue;
    return members.wrong(
        members[key], "\"" + base::printable(purl, 100) + "\" is no package URL (pkg:TYPE/NAME)");
  }
  return {};
}

// Our key or Trivy's; both at once would leave open which one counts.
base::Result<std::string_view> either(const YamlMembers& members, std::string_view ours,
                                      std::string_view theirs) {
  if (members[ours].missing()) return theirs;
  if (members[theirs].missing()) return ours;
  return members.wrong(members[theirs], std::string(ours) + " and " + std::string(theirs) +
                                            " say the same; keep one");
}

base::Result<Waiver> read_rule(std::string_view name, const base::Node& node) {
  YamlMembers members =
      TRY(YamlMembers::of(name, node, "rule",
                          {"id", "package", "purls", "paths", "reason", "statement", "expires",
                           "expired_at", "waiver", "owner", "justification"}));
  Waiver rule;
  rule.where = std::string(name) + ":" + std::to_string(node.line);
  rule.id = TRY(members.text("id"));
  std::string_view packages = TRY(either(members, "package", "purls"));
  rule.purls = TRY(limited_to(members, packages));
  TRY(check_purls(members, packages, rule.purls));
  rule.paths = TRY(limited_to(members, "paths"));
  rule.reason = TRY(members.text(TRY(either(members, "reason", "statement"))));
  std::string_view until = TRY(either(members, "expires", "expired_at"));
  rule.expires = TRY(members.text(until));
  if (!members[until].missing() && rule.expires.empty()) {
    return members.wrong(members[until], "no day is given; leave it out to mean for ever");
  }
  rule.waiver = TRY(members.text("waiver"));
  rule.owner = TRY(members.text("owner"));
  std::string why = TRY(members.text("justification"));
  auto known = model::parse_vex_justification(why);
  if (!known && !why.empty()) {
    return invalid_waiver(rule.where,
                          "\"" + why +
                              "\" is no justification; known are those of OpenVEX, such as "
                              "vulnerable_code_not_in_execute_path");
  }
  if (known) rule.justification = *known;
  TRY(check(rule));
  return rule;
}

base::Result<std::vector<Waiver>> parse_yaml_waivers(std::string_view name, std::string_view text,
                                                     Mistakes& mistakes) {
  base::Limits limits;
  limits.max_entries = 100'000;
  base::Node root = TRY_AT(name, base::parse_yaml(text, limits));
  const base::Node& list = root["ignore"].missing() ? root["vulnerabilities"] : root["ignore"];
  // Trivy's form may speak of other things only.
  bool others = list.missing() && root.is_mapping() && !root.members.empty() &&
                std::all_of(root.members.begin(), root.members.end(), [](const auto& member) {
                  return member.first == "misconfigurations" || member.first == "secrets" ||
                         member.first == "licenses";
                });
  if (others) return std::vector<Waiver>();
  if (!list.is_sequence()) {
    return invalid_waiver(name, "expected a list under \"ignore\" (or \"vulnerabilities\")");
  }
  std::vector<Waiver> rules;
  for (const base::Node& node : list.items) {
    auto rule = value_or_mistake(read_rule(name, node), mistakes);
    if (rule) rules.push_back(std::move(*rule));
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
  // Who writes cve-2026-1 means CVE-2026-1: no two advisories differ in case only.
  auto names = [&](std::string_view id) { return base::equals_ignore_case(waiver.id, id); };
  bool named = names(finding.id) || waiver.id == finding.class_id ||
               std::any_of(finding.aliases.begin(), finding.aliases.end(), names);
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

base::Result<std::vector<Waiver>> parse_waivers(std::string_view name, std::string_view text,
                                                Mistakes& mistakes) {
  // Editors of Windows begin a file with it; it would become a part of the first id.
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (is_yaml(name) || begins_as_yaml(text)) return parse_yaml_waivers(name, text, mistakes);
  return parse_plain(name, text, mistakes);
}

base::Result<std::vector<Waiver>> parse_waivers(std::string_view name, std::string_view text) {
  Mistakes mistakes;
  return whole_or_first(parse_waivers(name, text, mistakes), mistakes);
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
