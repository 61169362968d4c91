// SPDX-License-Identifier: Apache-2.0
// Reading our own YAML files strictly: every member known, every value of its type, every error
// with file and line.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/node.h"
#include "base/result.h"

namespace bulkhead::decide {

// Whether a file is YAML by its name.
bool is_yaml(std::string_view path);

class YamlMembers {
 public:
  // kInvalid unless the node is a mapping whose keys are all among `known`.
  static base::Result<YamlMembers> of(std::string_view path, const base::Node& node,
                                      std::string_view what,
                                      std::initializer_list<std::string_view> known);

  const base::Node& operator[](std::string_view key) const { return (*node_)[key]; }
  // "" when absent; kInvalid for anything but a scalar.
  base::Result<std::string> text(std::string_view key) const;
  // kInvalid when absent or empty.
  base::Result<std::string> required(std::string_view key) const;
  // A sequence of scalars, or one scalar; empty when absent.
  base::Result<std::vector<std::string>> texts(std::string_view key) const;
  base::Result<bool> flag(std::string_view key, bool fallback) const;
  base::Error wrong(const base::Node& at, std::string_view what) const;
  base::Error wrong(std::string_view what) const { return wrong(*node_, what); }
  uint32_t line() const { return node_->line; }

 private:
  YamlMembers(std::string_view path, const base::Node& node, std::string_view what)
      : path_(path), node_(&node), what_(what) {}
  std::string path_;
  const base::Node* node_;
  std::string what_;
};

// Mistakes of one file that do not depend on each other.
using Mistakes = std::vector<base::Error>;

// The value, or a mistake more and nothing.
template <typename T>
std::optional<T> value_or_mistake(base::Result<T> result, Mistakes& mistakes) {
  if (result) return std::move(result).value();
  mistakes.push_back(std::move(result).error());
  return std::nullopt;
}

// For who needs all or nothing.
template <typename T>
base::Result<T> whole_or_first(base::Result<T> result, const Mistakes& mistakes) {
  if (result && !mistakes.empty()) return mistakes.front();
  return result;
}

// The root of a YAML text with the limits for files that people write.
base::Result<base::Node> read_yaml(std::string_view path, std::string_view text);

}  // namespace bulkhead::decide
