// SPDX-License-Identifier: Apache-2.0
// Annotations: blocks of comments that start with "# METADATA" and hold YAML
// (https://www.openpolicyagent.org/docs/policy-language#metadata). Calls of rego.metadata.rule and
// rego.metadata.chain follow from them alone, so their values are put in before evaluation.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/problem.h"
#include "policy/rego/edits.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {

// One block: its scope, and what the builtins give for it, as JSON.
struct Annotation {
  std::string scope;
  std::string json;
  uint32_t line = 0;
};

// Those of all modules of a program.
class Annotations {
 public:
  // Whether a text can hold calls that need annotations at all.
  static bool wanted(std::string_view text);

  // Reads the blocks of a module; `all` are its tokens with comments.
  void add(std::string_view path, std::span<const Token> all, const Module& module,
           std::vector<Problem>& problems);

  // Puts values in the place of calls. Their text is at most max_bytes long together.
  std::vector<Edit> edits(std::string_view path, const Module& module, size_t max_bytes,
                          std::vector<Problem>& problems) const;

 private:
  friend class CallReader;
  using Path = std::vector<std::string>;
  std::map<Path, Annotation> packages_;
  std::map<Path, Annotation> paths_;  // scopes document and subpackages
  // Scope rule: by file and line of the rule.
  std::map<std::pair<std::string, uint32_t>, std::vector<Annotation>> rules_;
};

}  // namespace bulkhead::policy::rego
