// SPDX-License-Identifier: Apache-2.0
// JSON writer: appends text, keeps only a stack of open containers.
#include <array>
#include <charconv>
#include <cmath>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::base::json {
namespace {
constexpr size_t kFlushBytes = 64 * 1024;
constexpr std::string_view kHexDigits = "0123456789abcdef";
}  // namespace

void Writer::newline() {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(levels_.size() * indent_, ' ');
}

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  CHECK(levels_.back().array);
  if (!levels_.back().empty) out_ += ',';
  levels_.back().empty = false;
  newline();
}

Writer& Writer::begin_object() {
  before_value();
  out_ += '{';
  levels_.push_back({false, true});
  return *this;
}

Writer& Writer::end_object() {
  CHECK(!levels_.empty() && !levels_.back().array && !after_key_);
  bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) newline();
  out_ += '}';
  maybe_flush(false);
  return *this;
}

Writer& Writer::begin_array() {
  before_value();
  out_ += '[';
  levels_.push_back({true, true});
  return *this;
}

Writer& Writer::end_array() {
  CHECK(!levels_.empty() && levels_.back().array);
  bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) newline();
  out_ += ']';
  maybe_flush(false);
  return *this;
}

Writer& Writer::key(std::string_view name) {
  CHECK(!levels_.empty() && !levels_.back().array && !after_key_);
  if (!levels_.back().empty) out_ += ',';
  levels_.back().empty = false;
  newline();
  string(name);
  out_ += indent_ == 0 ? ":" : ": ";
  after_key_ = true;
  return *this;
}

void Writer::string(std::string_view text) {
  std::string repaired;
  if (!is_utf8(text)) text = repaired = to_utf8(text);
  out_ += '"';
  size_t plain = 0;  // begin of the stretch that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != 0x7f && byte != '"' && byte != '\\') continue;
    out_.append(text, plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\r': out_ += "\\r"; break;
      case '\t': out_ += "\\t"; break;
      default: out_ += {'\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
  }
  out_.append(text, plain);
  out_ += '"';
}

Writer& Writer::value(std::string_view text) {
  before_value();
  string(text);
  return *this;
}

Writer& Writer::value(bool flag) { return raw(flag ? "true" : "false"); }

Writer& Writer::value(int64_t number) { return raw(std::to_string(number)); }

Writer& Writer::value(uint64_t number) { return raw(std::to_string(number)); }

Writer& Writer::value(double number) {
  if (!std::isfinite(number)) return null();
  std::array<char, 64> text;
  auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return raw({text.data(), static_cast<size_t>(end - text.data())});
}

Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

void Writer::maybe_flush(bool all) {
  if (!flush_ || (!all && out_.size() < kFlushBytes)) return;
  flush_(out_);
  out_.clear();
}

std::string Writer::take() { return std::exchange(out_, {}); }

void Writer::finish() {
  CHECK(levels_.empty());
  maybe_flush(true);
}

void write_json(Writer& writer, const Value& value) {
  switch (value.kind()) {
    case Kind::kMissing:
    case Kind::kNull: writer.null(); return;
    case Kind::kBool: writer.value(value.boolean().value_or(false)); return;
    case Kind::kString: writer.value(value.string_or("")); return;
    case Kind::kNumber:
      if (auto integer = value.integer()) {
        writer.value(*integer);
      } else {
        writer.value(value.number().value_or(0));
      }
      return;
    case Kind::kArray:
      writer.begin_array();
      value.each([&](Value item) { write_json(writer, item); });
      writer.end_array();
      return;
    case Kind::kObject:
      writer.begin_object();
      value.each_member(
          [&](std::string_view key, Value item) { write_json(writer.key(key), item); });
      writer.end_object();
      return;
  }
}

}  // namespace bulkhead::base::json
