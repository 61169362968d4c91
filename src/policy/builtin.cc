// SPDX-License-Identifier: Apache-2.0
// What the families of builtins share: reading arguments, drawing numbers, JSON of terms.
#include "policy/builtin.h"

#include <map>

#include "base/json.h"

namespace bulkhead::policy {

using base::Code;
using base::Error;

Error wrong_type(Arguments arguments, size_t index, std::string_view wanted) {
  return {Code::kInvalid, "operand " + std::to_string(index + 1) + " must be " +
                              std::string(wanted) + " but got " +
                              std::string(arguments[index].type_name())};
}

Error failed(std::string message) { return {Code::kInvalid, std::move(message)}; }

base::Result<std::string_view> text_argument(Arguments arguments, size_t index) {
  const std::string* text = arguments[index].string();
  if (!text) return wrong_type(arguments, index, "string");
  return std::string_view(*text);
}

base::Result<int64_t> integer_argument(Arguments arguments, size_t index) {
  const int64_t* number = arguments[index].integer();
  if (number) return *number;
  if (arguments[index].is_number()) {
    return failed("operand " + std::to_string(index + 1) +
                  " must be integer number but got floating-point number");
  }
  return wrong_type(arguments, index, "number");
}

base::Result<std::span<const Term>> array_argument(Arguments arguments, size_t index) {
  const auto* items = arguments[index].array();
  if (!items) return wrong_type(arguments, index, "array");
  return std::span<const Term>(*items);
}

base::Result<std::span<const Term>> collection_argument(Arguments arguments, size_t index) {
  const auto* items = arguments[index].collection();
  if (!items) return wrong_type(arguments, index, "one of {array, set}");
  return std::span<const Term>(*items);
}

base::Result<std::span<const std::pair<Term, Term>>> object_argument(Arguments arguments,
                                                                     size_t index) {
  const auto* members = arguments[index].object();
  if (!members) return wrong_type(arguments, index, "object");
  return std::span<const std::pair<Term, Term>>(*members);
}

// SplitMix64 (Steele, Lea, Flood 2014): every number follows from seed and position.
uint64_t draw(CallContext& context) {
  uint64_t z = context.seed + ++context.drawn * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

namespace {

Term from_value(base::json::Value value) {
  using base::json::Kind;
  switch (value.kind()) {
    case Kind::kMissing: return {};
    case Kind::kNull: return Term::Null{};
    case Kind::kBool: return *value.boolean();
    case Kind::kNumber: {
      if (const auto integer = value.integer()) return *integer;
      return Term::real(value.number().value_or(0));
    }
    case Kind::kString: return *value.string();
    case Kind::kArray: {
      Term::Array array;
      array.items.reserve(value.size());
      value.each([&](base::json::Value item) { array.items.push_back(from_value(item)); });
      return array;
    }
    case Kind::kObject: {
      // Of members that stand twice the last one counts, as for OPA.
      std::map<std::string_view, base::json::Value> members;
      value.each_member([&](std::string_view key, base::json::Value member) {
        members.insert_or_assign(key, member);
      });
      Term::Object object;
      for (const auto& [key, member] : members)
        object.members.emplace_back(key, from_value(member));
      return object;
    }
  }
  return {};
}

void write_term(base::json::Writer& writer, const Term& term) {
  if (term.undefined() || term.is_null()) {
    writer.null();
  } else if (const bool* flag = term.boolean()) {
    writer.value(*flag);
  } else if (const int64_t* number = term.integer()) {
    writer.value(*number);
  } else if (const std::string* digits = term.number_text()) {
    writer.raw(*digits);
  } else if (const std::string* text = term.string()) {
    writer.value(*text);
  } else if (const auto* items = term.collection()) {
    writer.begin_array();
    for (const Term& item : *items) write_term(writer, item);
    writer.end_array();
  } else if (const auto* members = term.object()) {
    writer.begin_object();
    for (const auto& [key, member] : *members) {
      writer.key(key.string() ? *key.string() : term_to_json(key));
      write_term(writer, member);
    }
    writer.end_object();
  }
}

}  // namespace

base::Result<Term> term_from_json(std::string_view json) {
  base::json::Document::Options options;
  options.limits.max_bytes = json.size();
  options.limits.max_depth = 256;
  options.limits.max_string_bytes = UINT32_MAX;
  options.allow_duplicate_keys = true;
  const auto document = TRY(base::json::Document::parse(json, options));
  return from_value(document.root());
}

std::string term_to_json(const Term& term) {
  base::json::Writer writer(0);
  write_term(writer, term);
  return writer.take();
}

std::string term_to_rego(const Term& term) {
  if (term.set() && term.set()->empty()) return "set()";
  std::string out;
  if (const auto* items = term.collection()) {
    for (const Term& item : *items) out += (out.empty() ? "" : ", ") + term_to_rego(item);
    return term.set() ? "{" + out + "}" : "[" + out + "]";
  }
  if (const auto* members = term.object()) {
    for (const auto& [key, value] : *members) {
      out += (out.empty() ? "" : ", ") + term_to_rego(key) + ": " + term_to_rego(value);
    }
    return "{" + out + "}";
  }
  return term_to_json(term);
}

}  // namespace bulkhead::policy
