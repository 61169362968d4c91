// SPDX-License-Identifier: Apache-2.0
// Node: one tree for the two readers of hand-written documents, YAML and TOML.
//
// Scalars keep their text; a plain (unquoted) YAML scalar also knows what the core schema makes of
// it through plain. Members keep document order. Lines count from 1 and point at the value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::base {

struct Node {
  enum class Kind { kMissing, kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kMissing;
  bool plain = false;  // scalar without quotes: a number, boolean, date or bare word
  bool plain_key = false;  // of a YAML mapping's value: its key has no quotes
  uint32_t line = 0;
  std::string text;                                   // of a scalar
  std::vector<Node> items;                            // of a sequence
  std::vector<std::pair<std::string, Node>> members;  // of a mapping; keys are unique

  // Out of line, because clang would need the pair above complete to make them up.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  bool missing() const { return kind == Kind::kMissing; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_mapping() const { return kind == Kind::kMapping; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  // Member of a mapping; a missing node when absent.
  const Node& operator[](std::string_view key) const;
  std::string_view string_or(std::string_view fallback) const {
    return is_scalar() ? std::string_view(text) : fallback;
  }
};

// YAML 1.2 (read by libyaml's 1.1 events): one document, strict about duplicate keys, with a budget
// for aliases so that "billion laughs" is refused. Tags are ignored, merge keys (<<) are applied.
Result<Node> parse_yaml(std::string_view text, const Limits& limits);
// All documents of a stream.
Result<std::vector<Node>> parse_yaml_stream(std::string_view text, const Limits& limits);
// TOML 1.0.
Result<Node> parse_toml(std::string_view text, const Limits& limits);

}  // namespace bulkhead::base
