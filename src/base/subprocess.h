// SPDX-License-Identifier: Apache-2.0
// Runs another program to its end: never through a shell, with bounded output and time, in a
// process group of its own that is ended as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::base {

struct Program {
  std::string name;                    // a path, or looked for in PATH
  std::vector<std::string> arguments;  // without the name
  std::string input;                   // to stdin; at most kMaxInput bytes
  std::vector<const Fd*> descriptors;  // become 3, 4, ...
  bool keep_environment = true;        // else it gets an empty one
  uint64_t max_output = 64 * 1024;     // of stdout; stderr is dropped
  uint32_t timeout_ms = 30'000;

  static constexpr size_t kMaxInput = 4096;  // less than a pipe holds
};

struct Ended {
  bool well = false;   // exit code 0
  std::string output;  // what it wrote to stdout
};

// kNotFound when there is no such program, kTimeout, kLimit for too much output. Ending with
// another code than 0 is no error here.
Result<Ended> run_program(const Program& program);

}  // namespace bulkhead::base
