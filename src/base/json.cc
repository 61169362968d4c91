// SPDX-License-Identifier: Apache-2.0
// JSON reader: simdjson parses, then one walk over the tree refuses duplicate keys. A Value is a
// simdjson element (document pointer and tape index) kept as plain bytes, so that simdjson's large
// header stays out of ours.
#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace bulkhead::base::json {
namespace dom = simdjson::dom;

static_assert(sizeof(dom::element) == 16 && std::is_trivially_copyable_v<dom::element>);

struct Document::State {
  dom::parser parser;
  dom::element root;
};

// Moves between Value and the element it holds.
struct Access {
  static Value wrap(dom::element element) {
    Value value;
    std::memcpy(value.raw_, &element, sizeof(element));
    return value;
  }
  static bool unwrap(const Value& value, dom::element& out) {
    static constexpr std::byte kZero[16] = {};
    if (std::memcmp(value.raw_, kZero, sizeof(kZero)) == 0) return false;
    std::memcpy(static_cast<void*>(&out), value.raw_, sizeof(out));
    return true;
  }
};

namespace {

// Returns the first key that an object repeats, or nullopt. Small objects are compared pairwise.
std::optional<std::string> repeated_key(dom::element element) {
  if (element.is_array()) {
    for (dom::element child : dom::array(element)) {
      if (auto key = repeated_key(child)) return key;
    }
    return std::nullopt;
  }
  if (!element.is_object()) return std::nullopt;
  dom::object object = element;
  std::vector<std::string_view> keys;
  std::unordered_set<std::string_view> seen;
  constexpr size_t kPairwise = 12;
  for (auto [key, child] : object) {
    bool repeated = keys.size() < kPairwise ? std::find(keys.begin(), keys.end(), key) != keys.end()
                                            : seen.contains(key);
    if (repeated) return std::string(key);
    keys.push_back(key);
    if (keys.size() == kPairwise) seen.insert(keys.begin(), keys.end());
    if (keys.size() > kPairwise) seen.insert(key);
    if (auto inner = repeated_key(child)) return inner;
  }
  return std::nullopt;
}

}  // namespace

Result<Document> Document::parse(std::string_view text, const Options& options) {
  if (text.size() > options.limits.max_bytes) {
    return Error(Code::kLimit, "JSON document of " + std::to_string(text.size()) +
                                   " bytes; the limit is " +
                                   std::to_string(options.limits.max_bytes));
  }
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  auto state = std::make_unique<State>();
  simdjson::padded_string padded(text);
  // +1: simdjson counts the document itself.
  if (auto error = state->parser.allocate(text.size(), options.limits.max_depth + 1)) {
    return Error(Code::kLimit, simdjson::error_message(error));
  }
  auto parsed = state->parser.parse(padded);
  if (auto error = parsed.error()) {
    Code code = error == simdjson::DEPTH_ERROR ? Code::kLimit : Code::kInvalid;
    return Error(code, std::string("not valid JSON: ") + simdjson::error_message(error));
  }
  state->root = parsed.value_unsafe();
  if (!options.allow_duplicate_keys) {
    if (auto key = repeated_key(state->root)) {
      return Error(Code::kInvalid, "JSON object repeats the key \"" + key->substr(0, 100) + "\"");
    }
  }
  return Document(std::move(state));
}

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Value Document::root() const { return Access::wrap(state_->root); }

Kind Value::kind() const {
  dom::element element;
  if (!Access::unwrap(*this, element)) return Kind::kMissing;
  switch (element.type()) {
    case dom::element_type::ARRAY: return Kind::kArray;
    case dom::element_type::OBJECT: return Kind::kObject;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: return Kind::kNumber;
    case dom::element_type::STRING: return Kind::kString;
    case dom::element_type::BOOL: return Kind::kBool;
    case dom::element_type::NULL_VALUE: return Kind::kNull;
  }
  return Kind::kMissing;
}

Value Value::operator[](std::string_view key) const {
  dom::element element;
  if (!Access::unwrap(*this, element) || !element.is_object()) return {};
  // The last one wins where duplicates were allowed.
  Value found;
  for (auto [name, child] : dom::object(element)) {
    if (name == key) found = Access::wrap(child);
  }
  return found;
}

size_t Value::size() const {
  dom::element element;
  if (!Access::unwrap(*this, element)) return 0;
  size_t count = 0;
  if (element.is_array()) {
    for ([[maybe_unused]] dom::element child : dom::array(element)) ++count;
  } else if (element.is_object()) {
    for ([[maybe_unused]] auto member : dom::object(element)) ++count;
  }
  return count;
}

std::optional<std::string_view> Value::string() const {
  dom::element element;
  std::string_view text;
  if (!Access::unwrap(*this, element) || element.get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return text;
}

std::string_view Value::string_or(std::string_view fallback) const {
  return string().value_or(fallback);
}

std::optional<bool> Value::boolean() const {
  dom::element element;
  bool flag = false;
  if (!Access::unwrap(*this, element) || element.get(flag) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return flag;
}

std::optional<int64_t> Value::integer() const {
  dom::element element;
  int64_t number = 0;
  if (!Access::unwrap(*this, element) || !element.is_int64() ||
      element.get(number) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return number;
}

std::optional<double> Value::number() const {
  dom::element element;
  double number = 0;
  if (!Access::unwrap(*this, element) || element.get(number) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return number;
}

void Value::visit(void* context, void (*call)(void*, std::string_view, Value), bool members) const {
  dom::element element;
  if (!Access::unwrap(*this, element)) return;
  if (members && element.is_object()) {
    for (auto [key, child] : dom::object(element)) call(context, key, Access::wrap(child));
  } else if (!members && element.is_array()) {
    for (dom::element child : dom::array(element)) call(context, {}, Access::wrap(child));
  }
}

}  // namespace bulkhead::base::json
