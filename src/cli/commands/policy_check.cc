// SPDX-License-Identifier: Apache-2.0
// bulkhead policy check: looks a policy over before anybody relies on it.
#include "decide/check/policy_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "cli/session.h"
#include "decide/check/load_errors.h"

namespace bulkhead::cli::commands::policy_check {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"strict", 0, "", "exit 2 on warnings, too"},
    Flag{"format", 'f', "FORMAT", "text (default) or json", false, "text,json"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kNamedPolicyFlags);

std::string_view kind_name(const decide::Remark& remark) {
  return remark.kind == decide::Remark::Kind::kError ? "error" : "warning";
}

std::string remarks_text(const std::vector<decide::Remark>& remarks) {
  std::string out;
  for (const decide::Remark& remark : remarks) {
    out += base::printable(remark.path, 400);
    if (remark.line != 0) out += fmt::format(":{}", remark.line);
    if (remark.column != 0) out += fmt::format(":{}", remark.column);
    if (!remark.path.empty()) out += ": ";
    out += fmt::format("{}: {} [{}]\n", kind_name(remark), base::printable(remark.message, 1000),
                       remark.code);
  }
  return out;
}

std::string as_text(const std::vector<decide::Remark>& remarks, const decide::PolicySet& policy) {
  std::string out = remarks_text(remarks);
  size_t rules = 0;
  for (const decide::ActivePack& active : policy.packs()) rules += active.pack.rules.size();
  out +=
      fmt::format("{} in force with {}; {}\n", base::counted(policy.packs().size(), "pack"),
                  base::counted(rules, "described rule"), base::counted(remarks.size(), "remark"));
  auto refused = std::count_if(remarks.begin(), remarks.end(), [](const decide::Remark& remark) {
    return remark.code == "not-in-force";
  });
  if (refused == 0) return out;
  return out + fmt::format("not in force: {} of content of other programs\n",
                           base::counted(static_cast<uint64_t>(refused), "piece"));
}

std::string as_json(const std::vector<decide::Remark>& remarks) {
  base::json::Writer json(2);
  json.begin_array();
  for (const decide::Remark& remark : remarks) {
    json.begin_object().member("kind", kind_name(remark)).member("code", remark.code);
    json.member("path", remark.path).member("line", remark.line).member("column", remark.column);
    json.member("message", remark.message).end_object();
  }
  json.end_array();
  return json.take() + "\n";
}

// All that keeps it from being loaded, not only what was met first.
base::Result<int> tell_errors(const PolicySource& source, const base::Error& first, bool json) {
  auto errors = decide::load_errors(source.files, source.options, first);
  TRY(print(json ? as_json(errors) : remarks_text(errors)));
  complain("the policy cannot be loaded: " + base::counted(errors.size(), "error"));
  return kFailed;
}

base::Result<int> check(const Invocation& invocation, PolicySource& source) {
  bool json = invocation.value("format", "text") == "json";
  source.options.tests = true;
  auto loaded = decide::PolicySet::load(source.files, source.identity, source.options);
  if (!loaded) return tell_errors(source, loaded.error(), json);
  const decide::PolicySet& policy = *loaded;
  auto remarks = TRY(decide::check_policy(policy, source.files, decide::policy_input_schema()));
  TRY(print(json ? as_json(remarks) : as_text(remarks, policy)));
  bool bad = std::any_of(remarks.begin(), remarks.end(), [&](const decide::Remark& remark) {
    return invocation.has("strict") || remark.kind == decide::Remark::Kind::kError;
  });
  return bad ? kPolicy : kClean;
}

int run(const Invocation& invocation) {
  const std::vector<std::string>& names = invocation.arguments();
  auto source = read_policy_source(invocation, names.empty() ? "." : names.front());
  if (!source) return fail(source.error());
  return run_confined_command(invocation, [&] { return check(invocation, *source); });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy check",
    "find what is wrong with a policy before it is in force",
    "[SOURCE]",
    "Compiles it and looks for members that the document does not have, ids that pack.yaml does "
    "not\n"
    "know or has twice, rules that nothing uses and rules without tests. Exit 2 when there are\n"
    "errors, with --strict also on warnings; 1 when the policy cannot be loaded, with all that\n"
    "keeps it from that.\n"
    "  bulkhead policy check policies --strict",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_check
