// SPDX-License-Identifier: Apache-2.0
// Rego values in C++, for builtins and for what the interpreter tells: a tree that knows sets, any
// value as key, and numbers exactly as text where 64 bits do not hold them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::policy {

class Term {
 public:
  struct Undefined {
    bool operator==(const Undefined&) const = default;
  };
  struct Null {
    bool operator==(const Null&) const = default;
  };
  // A number that int64_t does not hold: its decimal text.
  struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
  };
  struct Array {
    std::vector<Term> items;
    bool operator==(const Array&) const;
  };
  // Sorted when the interpreter made it; writing sorts and drops doubles in any case.
  struct Set {
    std::vector<Term> items;
    bool operator==(const Set&) const;
  };
  struct Object {
    std::vector<std::pair<Term, Term>> members;
    bool operator==(const Object&) const;
  };

  Term() : state_(Undefined{}) {}
  Term(Null null) : state_(null) {}                           // NOLINT: implicit
  Term(bool flag) : state_(flag) {}                           // NOLINT: implicit
  Term(int64_t number) : state_(number) {}                    // NOLINT: implicit
  Term(int number) : state_(int64_t{number}) {}               // NOLINT: implicit
  Term(std::string text) : state_(std::move(text)) {}         // NOLINT: implicit
  Term(std::string_view text) : state_(std::string(text)) {}  // NOLINT: implicit
  Term(const char* text) : state_(std::string(text)) {}       // NOLINT: implicit
  Term(Number number) : state_(std::move(number)) {}          // NOLINT: implicit
  Term(Array array) : state_(std::move(array)) {}             // NOLINT: implicit
  Term(Set set) : state_(std::move(set)) {}                   // NOLINT: implicit
  Term(Object object) : state_(std::move(object)) {}          // NOLINT: implicit
  // Undefined for what is not finite.
  static Term real(double number);

  bool undefined() const { return std::holds_alternative<Undefined>(state_); }
  bool is_null() const { return std::holds_alternative<Null>(state_); }
  bool is_number() const { return integer() != nullptr || number_text() != nullptr; }
  const bool* boolean() const { return std::get_if<bool>(&state_); }
  const int64_t* integer() const { return std::get_if<int64_t>(&state_); }
  const std::string* number_text() const;
  const std::string* string() const { return std::get_if<std::string>(&state_); }
  const std::vector<Term>* array() const;
  const std::vector<Term>* set() const;
  const std::vector<std::pair<Term, Term>>* object() const;
  // The elements of an array or a set.
  const std::vector<Term>* collection() const { return array() ? array() : set(); }
  // Any number as a double.
  double real_or(double fallback) const;
  // Member of an object under a text key; null when there is none.
  const Term* member(std::string_view key) const;
  // "null", "boolean", "number", "string", "array", "object", "set": OPA's words.
  std::string_view type_name() const;

  bool operator==(const Term&) const = default;

 private:
  std::variant<Undefined, Null, bool, int64_t, Number, std::string, Array, Set, Object> state_;
};

// The encoding between here and the interpreter (ffi/src/wire.rs). Nesting beyond max_depth and
// bytes that are no term are errors of Code::kInternal: only our own code writes them.
std::string encode(const Term& term);
base::Result<Term> decode(base::ByteView bytes, unsigned max_depth = 2000);

}  // namespace bulkhead::policy
