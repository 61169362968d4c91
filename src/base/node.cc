// SPDX-License-Identifier: Apache-2.0
// Member lookup of the YAML and TOML tree.
#include "base/node.h"

namespace bulkhead::base {

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node& Node::operator[](std::string_view key) const {
  static const Node kMissing;
  for (const auto& [name, value] : members) {
    if (name == key) return value;
  }
  return kMissing;
}

}  // namespace bulkhead::base
