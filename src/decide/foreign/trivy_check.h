// SPDX-License-Identifier: Apache-2.0
// What a Trivy check says about itself: METADATA annotations, or the rules __rego_metadata__ and
// __rego_input__ of older ones.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "decide/foreign.h"
#include "decide/foreign/module.h"

namespace bulkhead::decide {

// Which inputs a check is for.
struct TrivySelector {
  std::string type;                // "dockerfile", "kubernetes", "rbac", "json", "yaml", "toml"
  std::vector<std::string> kinds;  // of Kubernetes objects; empty: all
};

struct TrivyCheck {
  RuleInfo info;
  std::string path;
  std::vector<std::string> package;
  std::vector<std::string> rules;        // "deny", "deny_x"
  std::vector<TrivySelector> selectors;  // empty: every input
  bool combine = false;
  bool library = false;
  bool described = false;  // says something about itself
  bool deprecated = false;
  std::vector<std::string> frameworks;  // empty: the default one
};

// The description of a module from its annotation; `legacy` is what the rules named above say
// ({"metadata": ..., "input": ...}), for modules without one.
TrivyCheck describe_check(const Module& module, base::json::Value legacy);

// Why a check is not in force here, "" when it is.
std::string why_not(const TrivyCheck& check);

}  // namespace bulkhead::decide
