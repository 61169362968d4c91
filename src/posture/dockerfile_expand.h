// SPDX-License-Identifier: Apache-2.0
// Variables in Dockerfiles: what $NAME and ${NAME...} come to, as far as the file alone tells.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::posture {

// What is known of a variable.
struct Variable {
  enum class State {
    kKnown,    // value is what it has, unless the build is told otherwise
    kUnset,    // it has none, unless the build gives one
    kUnknown,  // the base image or the builder decides
  };
  State state = State::kUnknown;
  std::string value;
};
using Variables = std::function<Variable(std::string_view name)>;

// What expanding may cost over a whole file: bytes written and steps of matching. A few lines that
// double a variable, or stars in a pattern, could otherwise ask for gigabytes.
struct ExpandBudget {
  uint64_t steps = 20'000'000;
};

struct Expanded {
  std::string text;                     // variables that are not known stay as written
  std::vector<std::string> unresolved;  // their names, in order, each once
};

// Quotes and escapes removed, variables replaced, with the modifiers :- - :+ + :? ? # ## % %% / //.
// An unset variable that no modifier gives a value counts as unresolved, for it would have to be
// given to the build. kInvalid for a text that the builder would refuse, kLimit when the budget is
// spent.
base::Result<Expanded> expand_word(std::string_view word, char escape, const Variables& variables,
                                   ExpandBudget& budget);

}  // namespace bulkhead::posture
