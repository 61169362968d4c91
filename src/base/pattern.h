// SPDX-License-Identifier: Apache-2.0
// Pattern: the regular expressions of JSON Schema (ECMA-262 without look-around and back
// references), matched in time linear in the text, whatever the pattern.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::base {

class Pattern {
 public:
  // kInvalid when the expression is malformed, kUnsupported when it asks for more than this can,
  // kLimit when counted repetitions unfold to more than kMaxSteps.
  static Result<Pattern> compile(std::string_view expression);
  // Whether the pattern matches anywhere in the text (anchors bind it to the ends).
  bool search(std::string_view text) const;

  static constexpr size_t kMaxSteps = 20'000;

 private:
  friend class PatternCompiler;

  // Which code points a step takes: ASCII one by one, all others together.
  struct Set {
    std::bitset<128> ascii;
    bool others = false;
  };
  struct Step {
    enum Kind : uint8_t { kTake, kSplit, kJump, kBegin, kEnd, kMatch };
    Kind kind = kMatch;
    uint32_t a = 0;  // kTake: index into sets_; kSplit, kJump: next step
    uint32_t b = 0;  // kSplit: the other next step
  };

  std::vector<Step> steps_;
  std::vector<Set> sets_;
};

}  // namespace bulkhead::base
