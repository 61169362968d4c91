// SPDX-License-Identifier: Apache-2.0
// Builtins that OPA keeps for old policies: any, all, set_diff and the casts. (re_match is
// regex.match by another name and is rewritten, see rego/rewrite.h.)
#include <algorithm>

#include "policy/builtin.h"

namespace bulkhead::policy::builtins::legacy {
namespace {

bool is_true(const Term& term) { return term.boolean() && *term.boolean(); }

BuiltinResult all_of(Arguments arguments, CallContext&) {
  return Term(std::ranges::all_of(TRY(collection_argument(arguments, 0)), is_true));
}

BuiltinResult any_of(Arguments arguments, CallContext&) {
  return Term(std::ranges::any_of(TRY(collection_argument(arguments, 0)), is_true));
}

BuiltinResult set_diff(Arguments arguments, CallContext&) {
  const auto* left = arguments[0].set();
  const auto* right = arguments[1].set();
  if (!left) return wrong_type(arguments, 0, "set");
  if (!right) return wrong_type(arguments, 1, "set");
  Term::Set out;
  for (const Term& item : *left) {
    if (std::ranges::find(*right, item) == right->end()) out.items.push_back(item);
  }
  return Term(std::move(out));
}

BuiltinResult cast_array(Arguments arguments, CallContext&) {
  const auto items = TRY(collection_argument(arguments, 0));
  return Term(Term::Array{{items.begin(), items.end()}});
}

BuiltinResult cast_set(Arguments arguments, CallContext&) {
  const auto items = TRY(collection_argument(arguments, 0));
  return Term(Term::Set{{items.begin(), items.end()}});
}

// The argument itself when it is of the type, else an error.
BuiltinResult same(Arguments arguments, std::string_view type) {
  if (arguments[0].type_name() != type) return wrong_type(arguments, 0, type);
  return arguments[0];
}

BuiltinResult cast_string(Arguments arguments, CallContext&) { return same(arguments, "string"); }
BuiltinResult cast_boolean(Arguments arguments, CallContext&) { return same(arguments, "boolean"); }
BuiltinResult cast_null(Arguments arguments, CallContext&) { return same(arguments, "null"); }
BuiltinResult cast_object(Arguments arguments, CallContext&) { return same(arguments, "object"); }

constexpr Builtin kBuiltins[] = {
    {"all", 1, all_of},
    {"any", 1, any_of},
    {"set_diff", 2, set_diff},
    {"cast_array", 1, cast_array},
    {"cast_set", 1, cast_set},
    {"cast_string", 1, cast_string},
    {"cast_boolean", 1, cast_boolean},
    {"cast_null", 1, cast_null},
    {"cast_object", 1, cast_object},
};

}  // namespace

extern constinit const Family descriptor = {"legacy", "kept for old policies", kBuiltins};

}  // namespace bulkhead::policy::builtins::legacy
