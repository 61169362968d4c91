// SPDX-License-Identifier: Apache-2.0
// Glob patterns as OPA's glob.match and manifests read them (syntax of Go's gobwas/glob):
//   *  any characters but separators        **  any characters      ?  one that is no separator
//   [abc] [a-z] [!a-z]  one of, none of     {ab,c*}  alternatives   \x  x itself
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::policy {

class Glob {
 public:
  static constexpr size_t kMaxPattern = 16 * 1024;   // characters
  static constexpr uint64_t kMaxWork = 100'000'000;  // pattern steps times characters of a text

  // Separators are single characters. kInvalid: brackets without end; kLimit: pattern too long.
  static base::Result<Glob> compile(std::string_view pattern, std::u32string separators);
  // Whether the whole text matches. kLimit when pattern and text are too large together; time is
  // linear in both, whatever the pattern.
  base::Result<bool> matches(std::string_view text) const;

 private:
  friend class GlobCompiler;
  enum class Op : uint8_t { kChar, kOne, kClass, kStar, kSuper, kSplit, kJump, kEnd };
  struct Range {
    char32_t low, high;
  };
  struct Step {
    Op op = Op::kEnd;
    bool negated = false;   // kClass
    char32_t symbol = 0;    // kChar
    uint32_t a = 0, b = 0;  // kSplit: both ways; kJump: a; kClass: ranges [a, b)
  };
  struct States;
  bool separator(char32_t c) const { return separators_.find(c) != std::u32string::npos; }
  bool takes(const Step& step, char32_t c) const;

  std::vector<Step> steps_;
  std::vector<Range> ranges_;
  std::u32string separators_;
};

// UTF-8 to code points; malformed bytes become U+FFFD each.
std::u32string code_points(std::string_view text);

}  // namespace bulkhead::policy
