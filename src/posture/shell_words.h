// SPDX-License-Identifier: Apache-2.0
// Shell scripts taken apart into the commands they run: a reader of the POSIX shell's grammar (and
// of what bash adds to its words), which expands nothing and runs nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::posture {

struct ShellWord {
  std::string text;     // without quotes; expansions as written
  std::string written;  // as it stands in the script
};

// One simple command. Lists, pipelines, loops, functions and substitutions are flattened: their
// commands follow in the order in which they are written, an inner command after the outer one.
struct ShellCommand {
  std::vector<ShellWord> words;  // redirections and assignments are not among them; may be empty
  std::string_view before;       // what stands before it: "", "&&", "||", ";", "|" or "&"
  bool declares = false;         // export, local, declare, readonly, typeset, let
  std::vector<std::pair<std::string, std::string>> assigns;  // NAME=value in front
  std::vector<std::string> reads;                            // targets of <
  std::vector<std::string> writes;                           // targets of > >> >| &> <>
};

// kInvalid with the line for a script that no shell would take (an open quote, a missing `fi`);
// kLimit for more than max_entries commands, or nested deeper than max_depth.
base::Result<std::vector<ShellCommand>> split_shell(std::string_view script,
                                                    const base::Limits& limits);

}  // namespace bulkhead::posture
