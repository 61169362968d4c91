// SPDX-License-Identifier: Apache-2.0
// bulkhead policy show: what ships with the program (the baseline, packs with their rules,
// mappings), or what a policy has in force.
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/counted.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/policy_set.h"
#include "decide/bundle/shipped.h"
#include "decide/foreign.h"

namespace bulkhead::cli::commands::policy_show {
namespace {

using decide::shipped_policies;

base::Result<std::string> overview() {
  std::string out = "baseline         a policy.yaml to start from\n\npacks\n";
  std::string mappings = "\nmappings\n";
  for (const auto& [path, text] : shipped_policies()) {
    if (path.ends_with("/pack.yaml")) {
      decide::Pack pack = TRY(decide::parse_pack(path, text));
      out += fmt::format("{:<16} {:<12} {}\n", pack.id, base::counted(pack.rules.size(), "rule"),
                         pack.title);
    } else if (path.starts_with("mappings/")) {
      decide::Mapping mapping = TRY(decide::parse_mapping(path, text));
      mappings += fmt::format("{:<16} {:<12} {}\n", mapping.id,
                              base::counted(mapping.controls.size(), "control"), mapping.title);
    }
  }
  return out + mappings;
}

const std::string* shipped(const std::string& name) {
  std::string path = name == "baseline" ? "policy.yaml" : "packs/" + name + "/pack.yaml";
  for (const std::string& each : {path, "mappings/" + name + ".yaml", "lists/" + name + ".yaml"}) {
    auto at = shipped_policies().find(each);
    if (at != shipped_policies().end()) return &at->second;
  }
  return nullptr;
}

std::string safe(std::string_view text) { return base::printable(text, 300); }

std::string place(const std::string& path, uint32_t line) {
  return line == 0 ? safe(path) : fmt::format("{}:{}", safe(path), line);
}

// action: what is done when it finds something, before policy.yaml has its say.
std::string rule_line(const decide::RuleInfo& rule, std::string_view action,
                      const std::string& path, const decide::PackEntry& entry) {
  std::string out =
      fmt::format("  {} {} {} {} ({})", safe(action), safe(rule.id),
                  model::severity_name(rule.severity), safe(rule.title), place(path, rule.line));
  auto setting = entry.rules.find(rule.id);
  if (setting != entry.rules.end() && setting->second.mode) {
    out += fmt::format(", {} by policy.yaml", model::policy_mode_name(*setting->second.mode));
  }
  return out + "\n";
}

std::string_view action_of(const decide::ForeignRule& rule) {
  return rule.action.empty() ? model::decision_name(rule.info.level) : rule.action;
}

void row(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<10}{}\n", name, safe(value));
}

// Where it comes from, and who answers for it.
std::string identity_text(const model::PolicyIdentity& identity) {
  std::string out =
      identity.name.empty() ? std::string("a policy without a name") : safe(identity.name);
  out += "\n";
  row(out, "from", identity.source);
  row(out, "ref", identity.ref);
  row(out, "commit", identity.commit);
  row(out, "author", identity.author);
  row(out, "committed", identity.time);
  row(out, "signature",
      identity.signature + (identity.signer.empty() ? "" : " (" + identity.signer + ")"));
  for (const std::string& approval : identity.approvals) row(out, "claims", approval);
  row(out, "content", identity.digest);
  return out;
}

std::string pack_text(const decide::ActivePack& active) {
  const decide::Pack& pack = active.pack;
  std::string out = fmt::format("\npack {}", safe(pack.id));
  if (!pack.adaptor.empty()) out += fmt::format(", content of {}", pack.adaptor);
  if (!pack.title.empty()) out += ": " + safe(pack.title);
  out += fmt::format("\n  {} by default, {}\n", model::policy_mode_name(active.entry.mode),
                     base::counted(pack.rules.size(), "rule"));
  if (!active.foreign) {
    for (const auto& [id, rule] : pack.rules) {
      out += rule_line(rule, model::decision_name(rule.level), pack.path, active.entry);
    }
    return out;
  }
  for (const decide::ForeignRule& rule : active.foreign->rules()) {
    out += rule_line(rule.info, action_of(rule), rule.path, active.entry);
  }
  const auto& refused = active.foreign->refused();
  if (!refused.empty()) out += fmt::format("  not in force: {}\n", refused.size());
  for (const decide::Refusal& refusal : refused) {
    out += fmt::format("    {}: {}: {}\n", place(refusal.path, refusal.line),
                       safe(refusal.construct), safe(refusal.reason));
  }
  return out;
}

base::Result<int> show_policy(const PolicySource& source) {
  auto policy = TRY(decide::PolicySet::load(source.files, source.identity, source.options));
  std::string out = identity_text(policy.identity());
  for (const decide::ActivePack& active : policy.packs()) out += pack_text(active);
  if (!policy.foreign_tests().empty()) {
    out += fmt::format("\n{} of tests of other programs; bulkhead policy test runs them\n",
                       base::counted(policy.foreign_tests().size(), "file"));
  }
  TRY(print(out));
  return kClean;
}

int print_text(const base::Result<std::string>& text) {
  if (!text) return fail(text.error());
  auto printed = print(*text);
  return printed ? kClean : fail(printed.error());
}

int run(const Invocation& invocation) {
  const std::vector<std::string>& names = invocation.arguments();
  if (names.empty()) return print_text(overview());
  const std::string& name = names.front();
  if (const std::string* text = shipped(name)) return print_text(*text);
  struct stat info{};
  if (!is_repository(name) && ::stat(name.c_str(), &info) != 0) {
    return fail(base::Error(base::Code::kNotFound,
                            "nothing that ships is called \"" + base::printable(name, 60) +
                                "\", and it is no policy either; bulkhead policy show lists what "
                                "ships"));
  }
  auto source = read_policy_source(invocation, name);
  if (!source) return fail(source.error());
  return run_confined_command(invocation, [&] { return show_policy(*source); });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy show",
    "print what ships, or what a policy has in force",
    "[NAME | SOURCE]",
    "Of a policy it prints packs and rules, which adaptor reads rules of another program, and\n"
    "what of those is not in force and why.\n"
    "  bulkhead policy show\n"
    "  bulkhead policy show baseline > policy.yaml\n"
    "  bulkhead policy show ./conftest-policies",
    kNamedPolicyFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_show
