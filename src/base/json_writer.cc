// SPDX-License-Identifier: Apache-2.0
// JSON writer: appends text, keeps only a stack of open containers.
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::base::json {
namespace {
constexpr size_t kFlushBytes = 64 * 1024;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_plain(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

// How many bytes at the front stand for themselves. Nearly all bytes of a report do, so eight are
// judged at a time: a set top bit means that one of them may not.
size_t plain_prefix(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = 0x80 * kOnes;
  auto has = [&](uint64_t word, unsigned char byte) { return (word ^ byte * kOnes) - kOnes; };
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    uint64_t below_space = word - 0x20 * kOnes;
    uint64_t suspect = word | below_space | has(word, '"') | has(word, '\\') | has(word, 0x7f);
    if ((suspect & kTops) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

void append_escape(uint32_t unit, std::string& out) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[unit >> shift & 15];
}

// Takes one code point off the text and appends it as JSON. What a terminal would obey is escaped,
// which changes nothing for programs: reports are also looked at with cat.
void escape_first(std::string_view& text, std::string& out) {
  std::string_view bytes = text;
  auto code = next_code_point(text);
  bytes.remove_suffix(text.size());
  if (!code) {
    out += kReplacement;
  } else if (*code == '"' || *code == '\\') {
    out += {'\\', bytes.front()};
  } else if (*code == '\n') {
    out += "\\n";
  } else if (*code == '\r') {
    out += "\\r";
  } else if (*code == '\t') {
    out += "\\t";
  } else if (!is_unsafe_to_show(*code)) {
    out += bytes;
  } else if (*code < 0x10000) {
    append_escape(*code, out);
  } else {
    append_escape(0xd800 + ((*code - 0x10000) >> 10), out);
    append_escape(0xdc00 + ((*code - 0x10000) & 0x3ff), out);
  }
}

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
  out_ += '"';
  while (!text.empty()) {
    size_t plain = plain_prefix(text);
    out_.append(text, 0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) escape_first(text, out_);
  }
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
