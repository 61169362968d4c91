// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259): a strict reader over simdjson, and a streaming writer.
//
// Document::parse refuses what simdjson would accept in silence: duplicate keys, invalid UTF-8,
// documents larger or deeper than Limits. Value is a small handle into its Document and must not
// outlive it. Missing members and wrong types give empty values rather than errors, because most
// formats are read field by field: json["a"]["b"].string_or("").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::base::json {

enum class Kind { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

class Value {
 public:
  Value() = default;  // kMissing

  Kind kind() const;
  bool missing() const { return kind() == Kind::kMissing; }
  bool is_object() const { return kind() == Kind::kObject; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_string() const { return kind() == Kind::kString; }

  // Member of an object; kMissing when absent or when this is not an object. Linear in members.
  Value operator[](std::string_view key) const;
  // Number of elements or members; 0 for everything else.
  size_t size() const;

  std::optional<std::string_view> string() const;  // valid while the Document lives
  std::string_view string_or(std::string_view fallback) const;
  std::optional<bool> boolean() const;
  std::optional<int64_t> integer() const;  // integers only
  std::optional<double> number() const;    // any number

  // Calls f for every element or member in document order; nothing for other kinds.
  template <typename F>
  void each(F&& f) const;  // f(Value)
  template <typename F>
  void each_member(F&& f) const;  // f(std::string_view key, Value)

 private:
  friend class Document;
  friend struct Access;
  void visit(void* context, void (*call)(void*, std::string_view, Value), bool members) const;
  alignas(8) std::byte raw_[16] = {};  // a simdjson::dom::element, or zero when missing
};

// Keys that objects of a document repeat.
struct RepeatedKeys {
  std::string first;            // the first one and where it is: "/packages/a"; printable
  uint64_t count = 0;           // members that another one of the same object overrides
  std::string message() const;  // a sentence for a diagnostic
};

class Document {
 public:
  // Parses a whole document. The text is copied; nothing refers to it afterwards.
  // allow_duplicate_keys keeps the last one (formats whose writers are known to repeat keys), but
  // each_member gives all. With repeated, the others are not in the document at all, and it says
  // which they were.
  struct Options {
    Limits limits;
    bool allow_duplicate_keys = false;
    RepeatedKeys* repeated = nullptr;
  };
  static Result<Document> parse(std::string_view text, const Options& options);
  static Result<Document> parse(std::string_view text) { return parse(text, Options()); }

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();
  Value root() const;

 private:
  struct State;
  explicit Document(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Builds JSON text without a tree. Invalid UTF-8 in strings is replaced by U+FFFD. Indent 0 writes
// one line. The caller keeps begin/end and key/value in order (CHECKed).
class Writer {
 public:
  using Flush = std::function<void(std::string_view)>;
  explicit Writer(unsigned indent = 2) : indent_(indent) {}
  // Hands finished text to flush whenever about 64 KiB are ready, so output is not held in memory.
  Writer(unsigned indent, Flush flush) : indent_(indent), flush_(std::move(flush)) {}

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(bool flag);
  Writer& value(int64_t number);
  Writer& value(uint64_t number);
  Writer& value(int number) { return value(static_cast<int64_t>(number)); }
  Writer& value(unsigned number) { return value(static_cast<uint64_t>(number)); }
  Writer& value(double number);  // shortest form that reads back the same
  Writer& null();
  // Text that is already JSON; the caller vouches for it.
  Writer& raw(std::string_view json);
  template <typename T>
  Writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  // Writes the member only when the text is not empty.
  Writer& member_if(std::string_view name, std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

  // The text so far (what was not flushed); call at the end.
  std::string take();
  void finish();

 private:
  void before_value();
  void newline();
  void string(std::string_view text);
  void maybe_flush(bool all);

  struct Level {
    bool array;
    bool empty;
  };
  unsigned indent_;
  Flush flush_;
  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

// Writes a value that was read, members in their order.
void write_json(Writer& writer, const Value& value);

template <typename F>
void Value::each(F&& f) const {
  visit(
      &f,
      [](void* context, std::string_view, Value v) {
        (*static_cast<std::remove_reference_t<F>*>(context))(v);
      },
      false);
}

template <typename F>
void Value::each_member(F&& f) const {
  visit(
      &f,
      [](void* context, std::string_view key, Value v) {
        (*static_cast<std::remove_reference_t<F>*>(context))(key, v);
      },
      true);
}

}  // namespace bulkhead::base::json
