// SPDX-License-Identifier: Apache-2.0
// JSON reader: simdjson parses, then one walk over the tree finds duplicate keys. A Value is a
// simdjson element (document pointer and tape index) kept as plain bytes, so that simdjson's large
// header stays out of ours.
#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <unordered_map>

#include "base/text.h"

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

// Finds repeated keys in one walk. Keys of most objects are few or sorted, and then nothing is
// kept for the search but the keys themselves.
class RepeatSearch {
 public:
  explicit RepeatSearch(bool only_first) : only_first_(only_first) {}

  void walk(dom::element element) {
    if (element.is_array()) {
      for (dom::element child : dom::array(element)) {
        if (done()) return;
        walk(child);
      }
    } else if (element.is_object()) {
      walk_object(element);
    }
  }

  RepeatedKeys found;

 private:
  static constexpr size_t kPairwise = 12;

  bool done() const { return only_first_ && found.count > 0; }

  // keys_ is a stack: those of the objects around this one lie below start.
  void walk_object(dom::object object) {
    size_t start = keys_.size();
    for (auto [key, child] : object) keys_.push_back(key);
    compare(start);
    keys_.resize(start);
    for (auto [key, child] : object) {
      if (done()) return;
      if (!child.is_object() && !child.is_array()) continue;
      path_.push_back(key);
      walk(child);
      path_.pop_back();
    }
  }

  void compare(size_t start) {
    auto begin = keys_.begin() + static_cast<ptrdiff_t>(start);
    if (keys_.size() - start <= kPairwise) {
      for (auto key = begin; key != keys_.end(); ++key) {
        if (std::find(begin, key, *key) != key) add(*key);
      }
      return;
    }
    auto unordered = [](std::string_view a, std::string_view b) { return a >= b; };
    if (std::adjacent_find(begin, keys_.end(), unordered) == keys_.end()) return;
    std::sort(begin, keys_.end());
    while ((begin = std::adjacent_find(begin, keys_.end())) != keys_.end()) add(*begin++);
  }

  void add(std::string_view key) {
    if (found.count++ > 0) return;
    for (std::string_view part : path_) found.first += "/" + printable(part, 100);
    found.first += "/" + printable(key, 100);
  }

  bool only_first_;
  std::vector<std::string_view> keys_;
  std::vector<std::string_view> path_;  // members that lead to the object
};

// Writes a value without the members that later ones override.
void write_last(Writer& writer, const Value& value) {
  if (value.is_array()) {
    writer.begin_array();
    value.each([&](Value item) { write_last(writer, item); });
    writer.end_array();
    return;
  }
  if (value.kind() == Kind::kNumber && !value.integer()) {
    // With an exponent: simdjson takes no whole number of more than 64 bits.
    std::array<char, 64> text;
    auto end = std::to_chars(text.data(), text.data() + text.size(), value.number().value_or(0),
                             std::chars_format::scientific);
    writer.raw(std::string_view(text.data(), static_cast<size_t>(end.ptr - text.data())));
    return;
  }
  if (!value.is_object()) return write_json(writer, value);
  std::unordered_map<std::string_view, size_t> left;
  value.each_member([&](std::string_view key, Value) { ++left[key]; });
  writer.begin_object();
  value.each_member([&](std::string_view key, Value member) {
    if (--left[key] == 0) write_last(writer.key(key), member);
  });
  writer.end_object();
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
  if (options.allow_duplicate_keys && options.repeated == nullptr) {
    return Document(std::move(state));
  }
  RepeatSearch search(options.repeated == nullptr);
  search.walk(state->root);
  if (search.found.count > 0 && options.repeated == nullptr) {
    return Error(Code::kInvalid, "JSON object repeats the key \"" + search.found.first + "\"");
  }
  if (search.found.count == 0) return Document(std::move(state));
  *options.repeated = std::move(search.found);
  Writer writer(0);
  write_last(writer, Access::wrap(state->root));
  Options rest{options.limits, true, nullptr};
  std::string clean = writer.take();
  rest.limits.max_bytes = std::max<uint64_t>(rest.limits.max_bytes, clean.size());
  return parse(clean, rest);
}

std::string RepeatedKeys::message() const {
  std::string out = "repeats the key \"" + first + "\"";
  if (count > 1) out += " and " + std::to_string(count - 1) + " more";
  return out + "; of each the last one counts, other readers may take the first";
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
