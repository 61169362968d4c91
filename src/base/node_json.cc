// SPDX-License-Identifier: Apache-2.0
// Resolves plain scalars by a schema and writes the tree as JSON. The depth of a tree is bounded by
// the reader that made it.
#include "base/node_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "base/text.h"

namespace bulkhead::base {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  // "true", "True" and "TRUE", but not "tRUE".
  for (std::string_view word : words) {
    if (text.size() != word.size()) continue;
    std::string upper(word);
    for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
    std::string capital(word);
    capital[0] = upper[0];
    if (text == word || text == upper || text == capital) return true;
  }
  return false;
}

std::optional<bool> boolean_of(std::string_view text, ScalarSchema schema) {
  if (is_one_of(text, {"true"})) return true;
  if (is_one_of(text, {"false"})) return false;
  if (schema != ScalarSchema::kYaml11) return std::nullopt;
  if (is_one_of(text, {"yes", "on", "y"})) return true;
  if (is_one_of(text, {"no", "off", "n"})) return false;
  return std::nullopt;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The digits of a number in another base as a decimal number.
std::optional<std::string> converted(std::string_view digits, int base, bool negative) {
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  auto [at, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || error != std::errc() || at != end) return std::nullopt;
  return (negative ? "-" : "") + std::to_string(value);
}

std::optional<std::string> integer_of(std::string_view text, ScalarSchema schema) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with("0x")) return converted(text.substr(2), 16, negative);
  if (text.starts_with("0o")) return converted(text.substr(2), 8, negative);
  if (text.starts_with("0b") && schema != ScalarSchema::kCore) {
    return converted(text.substr(2), 2, negative);
  }
  if (!all_digits(text)) return std::nullopt;
  bool octal = text.size() > 1 && text[0] == '0';
  if (octal && schema == ScalarSchema::kYaml11) {
    // 089 is no octal number, and the readers of YAML 1.1 then see a decimal one.
    if (auto value = converted(text.substr(1), 8, negative)) return value;
  }
  while (text.size() > 1 && text[0] == '0') text.remove_prefix(1);
  return (negative && text != "0" ? "-" : "") + std::string(text);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
std::optional<double> real_of(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  size_t digits = 0;
  size_t at = 0;
  auto run = [&] {
    for (; at < rest.size() && is_digit(rest[at]); ++at) ++digits;
  };
  run();
  if (at < rest.size() && rest[at] == '.') {
    ++at;
    run();
  }
  if (digits == 0) return std::nullopt;
  if (at < rest.size() && (rest[at] == 'e' || rest[at] == 'E')) {
    ++at;
    if (at < rest.size() && (rest[at] == '-' || rest[at] == '+')) ++at;
    if (!all_digits(rest.substr(at))) return std::nullopt;
    at = rest.size();
  }
  if (at != rest.size()) return std::nullopt;
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// JSON text of what a plain scalar counts as when it is a number.
std::optional<std::string> number_of(std::string_view text, ScalarSchema schema) {
  std::string without;
  if (schema != ScalarSchema::kCore && !text.starts_with('.') && text.find('_') != text.npos) {
    if (!is_digit(text[0]) && text[0] != '-' && text[0] != '+') return std::nullopt;
    without = text;
    std::erase(without, '_');
    text = without;
  }
  if (auto integer = integer_of(text, schema)) return integer;
  auto real = real_of(text);
  if (!real) return std::nullopt;
  return json::Writer(0).value(*real).take();
}

void write_scalar(json::Writer& writer, const Node& node, ScalarSchema schema) {
  if (!node.plain) {
    writer.value(node.text);
  } else if (auto flag = boolean_of(node.text, schema)) {
    writer.value(*flag);
  } else if (auto number = number_of(node.text, schema)) {
    writer.raw(*number);
  } else {
    writer.value(node.text);
  }
}

std::string key_of(const std::string& key, const Node& value, ScalarSchema schema) {
  if (schema != ScalarSchema::kYaml11 || !value.plain_key) return key;
  if (auto flag = boolean_of(key, schema)) return *flag ? "true" : "false";
  return number_of(key, schema).value_or(key);
}

// Two keys that differ in YAML can be one in JSON (`yes` and `true`); then the first counts.
void write_members(json::Writer& writer, const Node& node, ScalarSchema schema) {
  bool renamed = std::any_of(node.members.begin(), node.members.end(), [&](const auto& member) {
    return key_of(member.first, member.second, schema) != member.first;
  });
  std::set<std::string> taken;
  writer.begin_object();
  for (const auto& [key, value] : node.members) {
    std::string name = key_of(key, value, schema);
    if (renamed && !taken.insert(name).second) continue;
    write_json(writer.key(name), value, schema);
  }
  writer.end_object();
}

}  // namespace

void write_json(json::Writer& writer, const Node& node, ScalarSchema schema) {
  switch (node.kind) {
    case Node::Kind::kMissing:
    case Node::Kind::kNull: writer.null(); return;
    case Node::Kind::kScalar: write_scalar(writer, node, schema); return;
    case Node::Kind::kSequence:
      writer.begin_array();
      for (const Node& item : node.items) write_json(writer, item, schema);
      writer.end_array();
      return;
    case Node::Kind::kMapping: write_members(writer, node, schema); return;
  }
}

std::string node_to_json(const Node& node, ScalarSchema schema) {
  json::Writer writer(0);
  write_json(writer, node, schema);
  return writer.take();
}

}  // namespace bulkhead::base
