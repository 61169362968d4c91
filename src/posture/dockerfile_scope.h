// SPDX-License-Identifier: Apache-2.0
// Which variables an instruction of a Dockerfile sees: global ARGs for FROM, and in a stage what
// ENV and ARG have set so far, with what the stage it builds on has set.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "posture/dockerfile.h"
#include "posture/dockerfile_expand.h"

namespace bulkhead::posture {

class DockerfileScopes {
 public:
  explicit DockerfileScopes(char escape) : escape_(escape) {}

  // Follows the file: every instruction in order, after it was asked about. For FROM, base_stage is
  // the index of the earlier stage it names, or -1.
  void take(const Instruction& instruction, int32_t base_stage = -1);

  // A word as the instruction about to be taken would see it. FROM sees the global ARGs.
  base::Result<Expanded> expand(std::string_view word, bool from);

 private:
  struct Stage {
    int32_t base = -1;
    bool scratch = false;
    std::map<std::string, Variable, std::less<>> env;
    std::map<std::string, Variable, std::less<>> args;
  };

  void take_env(const Instruction& instruction);
  void take_arg(const Instruction& instruction);
  Variable global(std::string_view name) const;
  Variable in_stage(std::string_view name) const;
  Variable value_of(const std::string& written);

  char escape_;
  ExpandBudget budget_;
  std::map<std::string, Variable, std::less<>> global_;
  std::vector<Stage> stages_;
};

}  // namespace bulkhead::posture
