// SPDX-License-Identifier: Apache-2.0
// regex.globs_match. The other builtins of its family stand where the interpreter is.
#include "policy/builtin.h"
#include "policy/glob_intersection.h"

namespace bulkhead::policy::builtins::regex {
namespace {

BuiltinResult globs_match(Arguments arguments, CallContext&) {
  const std::string_view left = TRY(text_argument(arguments, 0));
  const std::string_view right = TRY(text_argument(arguments, 1));
  return Term(TRY(globs_intersect(left, right)));
}

constexpr Builtin kBuiltins[] = {
    {"regex.globs_match", 2, globs_match},
};

}  // namespace

extern constinit const Family descriptor = {"regex", "regular expressions", kBuiltins};

}  // namespace bulkhead::policy::builtins::regex
