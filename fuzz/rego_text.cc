// SPDX-License-Identifier: Apache-2.0
// Tokens, nesting and rewrites of any text. What a rewrite makes keeps the text's lines, and tokens
// lie inside of it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "policy/rego/lexer.h"
#include "policy/rego/nesting.h"
#include "policy/rego/rewrite.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead::policy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const rego::Lexed lexed = rego::lex("fuzz.rego", text);
  for (const rego::Token& token : lexed.tokens) {
    CHECK(token.offset + token.text.size() <= text.size() && !token.text.empty());
    rego::string_value(token);
  }
  if (!lexed.problems.empty() || rego::check_nesting("fuzz.rego", lexed.tokens, 64)) return 0;
  const rego::Arity arity = [](std::string_view name) -> std::optional<size_t> {
    if (name == "net.cidr_merge") return 1;
    return std::nullopt;
  };
  for (const bool v1 : {true, false}) {
    const auto out = rego::rewrite("fuzz.rego", text, lexed.tokens, v1, arity);
    if (!out.problems.empty()) continue;
    CHECK(std::ranges::count(out.text, '\n') == std::ranges::count(text, '\n'));
    CHECK(out.places.original_column(1, 7) >= 1);
  }
  return 0;
}
