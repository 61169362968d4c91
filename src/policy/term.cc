// SPDX-License-Identifier: Apache-2.0
// Terms and their encoding between C++ and the interpreter; ffi/src/wire.rs is the other end.
#include "policy/term.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace bulkhead::policy {

bool Term::Array::operator==(const Array&) const = default;
bool Term::Set::operator==(const Set&) const = default;
bool Term::Object::operator==(const Object&) const = default;

Term Term::real(double number) {
  if (!std::isfinite(number)) return {};
  if (number == std::floor(number) && std::fabs(number) < 9.0e15) {
    return static_cast<int64_t>(number);
  }
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return Number{std::string(text, end)};
}

const std::string* Term::number_text() const {
  const auto* number = std::get_if<Number>(&state_);
  return number ? &number->text : nullptr;
}

const std::vector<Term>* Term::array() const {
  const auto* array = std::get_if<Array>(&state_);
  return array ? &array->items : nullptr;
}

const std::vector<Term>* Term::set() const {
  const auto* set = std::get_if<Set>(&state_);
  return set ? &set->items : nullptr;
}

const std::vector<std::pair<Term, Term>>* Term::object() const {
  const auto* object = std::get_if<Object>(&state_);
  return object ? &object->members : nullptr;
}

double Term::real_or(double fallback) const {
  if (const int64_t* i = integer()) return static_cast<double>(*i);
  const std::string* text = number_text();
  if (!text) return fallback;
  double number = fallback;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  return read.ec == std::errc() ? number : fallback;
}

const Term* Term::member(std::string_view key) const {
  const auto* members = object();
  if (!members) return nullptr;
  for (const auto& [name, value] : *members) {
    if (name.string() && *name.string() == key) return &value;
  }
  return nullptr;
}

std::string_view Term::type_name() const {
  if (is_null()) return "null";
  if (boolean()) return "boolean";
  if (is_number()) return "number";
  if (string()) return "string";
  if (array()) return "array";
  if (set()) return "set";
  if (object()) return "object";
  return "undefined";
}

namespace {

void put_head(char letter, size_t size, std::string& out) {
  out += letter;
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(size >> shift & 0xff);
}

void put(const Term& term, std::string& out) {
  if (term.undefined()) {
    out += 'u';
  } else if (term.is_null()) {
    out += 'n';
  } else if (const bool* flag = term.boolean()) {
    out += *flag ? 't' : 'f';
  } else if (const int64_t* number = term.integer()) {
    out += 'i';
    const auto bits = static_cast<uint64_t>(*number);
    for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift & 0xff);
  } else if (const std::string* digits = term.number_text()) {
    put_head('#', digits->size(), out);
    out += *digits;
  } else if (const std::string* text = term.string()) {
    put_head('s', text->size(), out);
    out += *text;
  } else if (const auto* items = term.collection()) {
    put_head(term.set() ? 'e' : 'a', items->size(), out);
    for (const Term& item : *items) put(item, out);
  } else if (const auto* members = term.object()) {
    put_head('o', members->size(), out);
    for (const auto& [key, value] : *members) {
      put(key, out);
      put(value, out);
    }
  }
}

// Reads what put wrote. Every read is checked: a wrong count ends at the end of the bytes.
class Decoder {
 public:
  explicit Decoder(base::ByteView bytes, unsigned depth) : in_(bytes), depth_(depth) {}

  bool done() const { return in_.remaining() == 0; }

  base::Result<Term> term() {
    const auto letter = in_.little<uint8_t>();
    if (!letter) return broken();
    switch (static_cast<char>(*letter)) {
      case 'u': return Term();
      case 'n': return Term(Term::Null{});
      case 't': return Term(true);
      case 'f': return Term(false);
      case 'i': {
        const auto bits = in_.little<uint64_t>();
        if (!bits) return broken();
        return Term(static_cast<int64_t>(*bits));
      }
      case '#': return Term(Term::Number{TRY(text())});
      case 's': return Term(TRY(text()));
      case 'a': return Term(Term::Array{TRY(items())});
      case 'e': return Term(Term::Set{TRY(items())});
      case 'o': return object();
      default: return broken();
    }
  }

 private:
  static base::Error broken() { return {base::Code::kInternal, "not an encoded term"}; }

  base::Result<std::string> text() {
    const auto size = in_.little<uint32_t>();
    const auto bytes = size ? in_.take(*size) : std::nullopt;
    if (!bytes) return broken();
    return std::string(base::as_text(*bytes));
  }

  base::Result<std::vector<Term>> items() {
    const auto count = in_.little<uint32_t>();
    if (!count || *count > in_.remaining() || depth_ == 0) return broken();
    --depth_;
    std::vector<Term> items;
    items.reserve(*count);
    for (uint32_t i = 0; i < *count; ++i) items.push_back(TRY(term()));
    ++depth_;
    return items;
  }

  base::Result<Term> object() {
    const auto count = in_.little<uint32_t>();
    if (!count || *count > in_.remaining() || depth_ == 0) return broken();
    --depth_;
    Term::Object object;
    object.members.reserve(*count);
    for (uint32_t i = 0; i < *count; ++i) {
      Term key = TRY(term());
      object.members.emplace_back(std::move(key), TRY(term()));
    }
    ++depth_;
    return Term(std::move(object));
  }

  base::ByteReader in_;
  unsigned depth_;
};

}  // namespace

std::string encode(const Term& term) {
  std::string out;
  put(term, out);
  return out;
}

base::Result<Term> decode(base::ByteView bytes, unsigned max_depth) {
  Decoder decoder(bytes, max_depth);
  Term term = TRY(decoder.term());
  if (!decoder.done()) return base::Error(base::Code::kInternal, "bytes after an encoded term");
  return term;
}

}  // namespace bulkhead::policy
