// SPDX-License-Identifier: Apache-2.0
// Builtin functions of Rego that the interpreter lacks, or that must not do what they do elsewhere.
//
// One file a family in builtins/; the registry is generated from the folder. Names, types, results
// and errors are OPA's (https://www.openpolicyagent.org/docs/policy-reference#built-in-functions).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/term.h"

namespace bulkhead::policy {

// What a call may know beside its arguments. One for each evaluation.
struct CallContext {
  std::optional<int64_t> now_ns;
  uint64_t seed = 0;
  uint64_t drawn = 0;  // numbers taken from the seed so far
  // Random values already given out: the same call gives the same value within one evaluation.
  std::map<std::string, Term> remembered;
};

using Arguments = std::span<const Term>;

// Of a call: the value, or undefined. An error of kInvalid makes the expression undefined unless
// errors are strict; kDenied and kLimit stop the evaluation with their message.
using BuiltinResult = base::Result<Term>;

struct Builtin {
  std::string_view name;
  uint8_t arity;
  BuiltinResult (*call)(Arguments arguments, CallContext& context);
};

struct Family {
  std::string_view name;
  std::string_view summary;
  std::span<const Builtin> builtins;
};

std::span<const Family* const> all_families();

// Argument `index` (from 0) as what the builtin needs. The error reads as OPA's: "operand 1 must be
// string but got number".
base::Result<std::string_view> text_argument(Arguments arguments, size_t index);
base::Result<int64_t> integer_argument(Arguments arguments, size_t index);
base::Result<std::span<const Term>> array_argument(Arguments arguments, size_t index);
// An array or a set.
base::Result<std::span<const Term>> collection_argument(Arguments arguments, size_t index);
base::Result<std::span<const std::pair<Term, Term>>> object_argument(Arguments arguments,
                                                                     size_t index);
base::Error wrong_type(Arguments arguments, size_t index, std::string_view wanted);
// An error that only makes the expression undefined.
base::Error failed(std::string message);

// A random number that follows from the seed alone.
uint64_t draw(CallContext& context);

// The value of a JSON text; kInvalid with the reason.
base::Result<Term> term_from_json(std::string_view json);
// JSON text of a term; sets as arrays.
std::string term_to_json(const Term& term);
// Text of a term as Rego writes it: {1, 2}, set(), {"a": [1]}.
std::string term_to_rego(const Term& term);

}  // namespace bulkhead::policy
