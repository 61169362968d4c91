// SPDX-License-Identifier: Apache-2.0
// policy.yaml: which packs are in force, how strictly, at which stages and for whom
// (docs/formats/policy-bundle.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/verdict.h"

namespace bulkhead::decide {

// Whom an entry is for. All lists that are given must match; within a list any glob does.
struct Scope {
  std::vector<std::string> registries, repositories, namespaces, owners;
  std::map<std::string, std::string> labels;  // key -> glob

  bool operator==(const Scope&) const = default;
  bool everything() const {
    return registries.empty() && repositories.empty() && namespaces.empty() && owners.empty() &&
           labels.empty();
  }
};

struct RuleSetting {
  std::optional<model::PolicyMode> mode;
  std::optional<model::Severity> severity;
};

struct PackEntry {
  std::string pack;
  model::PolicyMode mode = model::PolicyMode::kEnforce;
  std::map<model::Stage, model::PolicyMode> modes;
  Scope scope;
  std::string parameters = "{}";  // JSON object over the pack's defaults
  std::map<std::string, uint32_t, std::less<>> parameter_lines;
  std::map<std::string, RuleSetting, std::less<>> rules;
  uint32_t line = 0;

  model::PolicyMode mode_at(model::Stage stage) const {
    auto at = modes.find(stage);
    return at == modes.end() ? mode : at->second;
  }
};

struct PolicyFile {
  std::string name;
  std::vector<PackEntry> packs;
  std::vector<std::string> mappings;
  std::vector<std::string> waivers;  // files of the bundle
  std::vector<std::string> vex;      // VEX documents of the bundle
  // Authors, ids or files of VEX documents, the most trusted first: who wins where they disagree.
  std::vector<std::string> vex_trust;
  // Whether the caller's own ignore files may waive what this policy denies. Off: a repository
  // cannot exempt itself.
  bool local_waivers = false;
  // What a rule that could not be judged (deadline, memory, wrong result) amounts to.
  model::Decision on_error = model::Decision::kDeny;
  // What a judgement amounts to that could not ask a single rule.
  model::Decision on_nothing_judged = model::Decision::kAllow;
  std::string runtime = "{}";  // JSON; for the agent
};

// kInvalid names file, line and what is wrong; members that are not known are wrong, because a
// misspelt `mode` must not pass for enforcement.
base::Result<PolicyFile> parse_policy_file(std::string_view path, std::string_view text);
// The same for who wants to know every mistake: what is left of the file, without what they spoil.
base::Result<PolicyFile> parse_policy_file(std::string_view path, std::string_view text,
                                           std::vector<base::Error>& mistakes);

// Where a name stands in a list of policy.yaml ("mappings", "waivers", "vex"), for errors that show
// only when the rest of the bundle is known: "policy.yaml:7"; without a line when it is not found.
std::string place_of_name(std::string_view text, std::string_view list, std::string_view name);

}  // namespace bulkhead::decide
