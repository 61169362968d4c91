// SPDX-License-Identifier: Apache-2.0
// bulkhead policy show: what ships with the program: the baseline, packs with their rules,
// mappings.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "decide/pack.h"
#include "decide/shipped.h"

namespace bulkhead::cli {
namespace {

using decide::shipped_policies;

base::Result<std::string> overview() {
  std::string out = "baseline         a policy.yaml to start from\n\npacks\n";
  std::string mappings = "\nmappings\n";
  for (const auto& [path, text] : shipped_policies()) {
    if (path.ends_with("/pack.yaml")) {
      decide::Pack pack = TRY(decide::parse_pack(path, text));
      out += fmt::format("{:<16} {:>2} rules  {}\n", pack.id, pack.rules.size(), pack.title);
    } else if (path.starts_with("mappings/")) {
      decide::Mapping mapping = TRY(decide::parse_mapping(path, text));
      mappings += fmt::format("{:<16} {:>2} controls  {}\n", mapping.id, mapping.controls.size(),
                              mapping.title);
    }
  }
  return out + mappings;
}

base::Result<std::string> shown(const std::string& name) {
  if (name.empty()) return overview();
  std::string path = name == "baseline" ? "policy.yaml" : "packs/" + name + "/pack.yaml";
  auto at = shipped_policies().find(path);
  if (at == shipped_policies().end()) at = shipped_policies().find("mappings/" + name + ".yaml");
  if (at == shipped_policies().end()) at = shipped_policies().find("lists/" + name + ".yaml");
  if (at != shipped_policies().end()) return at->second;
  return base::Error(base::Code::kNotFound, "nothing that ships is called \"" +
                                                base::printable(name, 60) +
                                                "\"; bulkhead policy show lists what there is");
}

int run(const Invocation& invocation) {
  const std::vector<std::string>& names = invocation.arguments();
  auto text = shown(names.empty() ? "" : names.front());
  if (!text) return fail(text.error());
  auto printed = print(*text);
  return printed ? kClean : fail(printed.error());
}

}  // namespace

namespace commands {
extern constinit const Command policy_show = {
    "policy show",
    "print the baseline, a pack, a mapping or a list that ships",
    "[NAME]",
    "  bulkhead policy show\n"
    "  bulkhead policy show baseline > policy.yaml",
    {},
    run};
}

}  // namespace bulkhead::cli
