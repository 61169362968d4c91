// SPDX-License-Identifier: Apache-2.0
// What the text of one Rego module says about itself: package, imports, dialect, annotations.
// Taken from its tokens, so that it is known before (and even if not) the module compiles.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "policy/engine.h"
#include "policy/rego/lexer.h"

namespace bulkhead::decide {

// A reference that begins with `data`.
struct DataReference {
  std::vector<std::string> path;  // without "data"
  uint32_t line = 0;
  bool imported = false;
};

// One METADATA comment block (https://www.openpolicyagent.org/docs/policy-language#annotations).
struct Annotation {
  std::string scope;  // "package", "rule", "document", "subpackages"
  std::string rule;   // name of the rule that it stands above, "" for the package
  base::Node content;
  uint32_t line = 0;
};

struct Module {
  std::string path;
  std::string text;
  policy::Dialect dialect = policy::Dialect::kV1;
  std::vector<std::string> package;  // {"main"}
  uint32_t package_line = 0;
  std::vector<DataReference> references;
  std::vector<Annotation> annotations;
  struct Problem {
    uint32_t line = 0;
    std::string what;
  };
  std::vector<Problem> problems;  // annotations that are no YAML

  std::string package_name() const;  // "main", "lib.k8s"
  const Annotation* package_annotation() const;
};

// Reads a module. The dialect is v1 when the module imports rego.v1 or writes `if` after the heads
// of its rules, v0 when it does not. A text without a package gives an empty one.
Module read_module(std::string_view path, std::string text);

// Places in a module where `name` is called ("parse_config", "result.new").
std::vector<uint32_t> lines_that_call(const Module& module, std::string_view name);

// Names that the module's rules have, and the first place where it uses one of such names (not as
// the head of a rule of its own); 0 when nowhere.
std::set<std::string> rule_names(const Module& module);
uint32_t line_that_uses(const Module& module, const std::set<std::string>& names);

// Names that begin a line outside of all brackets: those of all rules, however they are indented,
// and some that only look like one.
std::set<std::string> names_like_rules(const Module& module);

bool starts_with(const std::vector<std::string>& path, const std::vector<std::string>& prefix);

}  // namespace bulkhead::decide
