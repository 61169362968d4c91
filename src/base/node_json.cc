// SPDX-License-Identifier: Apache-2.0
// Resolves plain scalars by a schema and writes the tree as JSON. The depth of a tree is bounded by
// the reader that made it.
#include "base/node_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

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
  if (schema == ScalarSchema::kCore) return std::nullopt;
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

void write_scalar(json::Writer& writer, const Node& node, ScalarSchema schema) {
  if (!node.plain) {
    writer.value(node.text);
  } else if (auto flag = boolean_of(node.text, schema)) {
    writer.value(*flag);
  } else if (auto integer = integer_of(node.text, schema)) {
    writer.raw(*integer);
  } else if (auto real = real_of(node.text)) {
    writer.value(*real);
  } else {
    writer.value(node.text);
  }
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
    case Node::Kind::kMapping:
      writer.begin_object();
      for (const auto& [key, value] : node.members) write_json(writer.key(key), value, schema);
      writer.end_object();
      return;
  }
}

std::string node_to_json(const Node& node, ScalarSchema schema) {
  json::Writer writer(0);
  write_json(writer, node, schema);
  return writer.take();
}

}  // namespace bulkhead::base
