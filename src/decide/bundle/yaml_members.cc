// SPDX-License-Identifier: Apache-2.0
// Strict access to mappings of hand-written YAML.
#include "decide/bundle/yaml_members.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

base::Error error_at(std::string_view path, uint32_t line, std::string_view what) {
  std::string where = std::string(path) + (line != 0 ? ":" + std::to_string(line) : "");
  return base::Error(base::Code::kInvalid, where + ": " + std::string(what));
}

}  // namespace

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

base::Result<base::Node> read_yaml(std::string_view path, std::string_view text) {
  base::Limits limits;
  limits.max_bytes = 4 << 20;
  limits.max_entries = 200'000;
  limits.max_depth = 64;
  return base::parse_yaml(text, limits).context(path);
}

base::Result<YamlMembers> YamlMembers::of(std::string_view path, const base::Node& node,
                                          std::string_view what,
                                          std::initializer_list<std::string_view> known) {
  if (!node.is_mapping()) {
    return error_at(path, node.line, std::string(what) + " must be a mapping");
  }
  for (const auto& [key, value] : node.members) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    return error_at(path, value.line,
                    std::string(what) + " has no member \"" + base::printable(key, 60) +
                        "\"; known are " + names);
  }
  return YamlMembers(path, node, what);
}

base::Error YamlMembers::wrong(const base::Node& at, std::string_view what) const {
  return error_at(path_, at.line != 0 ? at.line : node_->line, what_ + ": " + std::string(what));
}

base::Result<std::string> YamlMembers::text(std::string_view key) const {
  const base::Node& value = (*node_)[key];
  if (value.missing() || value.kind == base::Node::Kind::kNull) return std::string();
  if (!value.is_scalar()) return wrong(value, "\"" + std::string(key) + "\" must be a text");
  return value.text;
}

base::Result<std::string> YamlMembers::required(std::string_view key) const {
  std::string value = TRY(text(key));
  if (value.empty()) return wrong("\"" + std::string(key) + "\" is missing");
  return value;
}

base::Result<std::vector<std::string>> YamlMembers::texts(std::string_view key) const {
  const base::Node& value = (*node_)[key];
  std::vector<std::string> out;
  if (value.missing() || value.kind == base::Node::Kind::kNull) return out;
  if (value.is_scalar()) return std::vector<std::string>{value.text};
  bool plain = value.is_sequence() && std::all_of(value.items.begin(), value.items.end(),
                                                  [](const auto& i) { return i.is_scalar(); });
  if (!plain) return wrong(value, "\"" + std::string(key) + "\" must be a list of texts");
  for (const base::Node& item : value.items) out.push_back(item.text);
  return out;
}

base::Result<bool> YamlMembers::flag(std::string_view key, bool fallback) const {
  const base::Node& value = (*node_)[key];
  if (value.missing()) return fallback;
  if (value.string_or("") == "true") return true;
  if (value.string_or("") == "false") return false;
  return wrong(value, "\"" + std::string(key) + "\" must be true or false");
}

}  // namespace bulkhead::decide
