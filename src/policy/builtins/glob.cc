// SPDX-License-Identifier: Apache-2.0
// glob.match and glob.quote_meta.
#include "policy/glob.h"

#include "policy/builtin.h"

namespace bulkhead::policy::builtins::glob {
namespace {

// Null: no separators. An empty list: the dot, as OPA has it.
base::Result<std::u32string> separators(Arguments arguments) {
  if (arguments[1].is_null()) return std::u32string();
  std::u32string out;
  for (const Term& item : TRY(array_argument(arguments, 1))) {
    const std::string* text = item.string();
    const std::u32string points = text ? code_points(*text) : std::u32string();
    if (points.size() != 1) return failed("operand 2 must be array of single characters");
    out += points;
  }
  return out.empty() ? std::u32string(U".") : out;
}

BuiltinResult match(Arguments arguments, CallContext&) {
  const std::string_view pattern = TRY(text_argument(arguments, 0));
  std::u32string between = TRY(separators(arguments));
  const std::string_view text = TRY(text_argument(arguments, 2));
  const Glob glob = TRY(Glob::compile(pattern, std::move(between)));
  return Term(TRY(glob.matches(text)));
}

BuiltinResult quote_meta(Arguments arguments, CallContext&) {
  std::string out;
  for (const char c : TRY(text_argument(arguments, 0))) {
    if (std::string_view("*?\\[]{}").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {
    {"glob.match", 3, match},
    {"glob.quote_meta", 1, quote_meta},
};

}  // namespace

extern constinit const Family descriptor = {"glob", "glob patterns", kBuiltins};

}  // namespace bulkhead::policy::builtins::glob
