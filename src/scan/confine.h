// SPDX-License-Identifier: Apache-2.0
// Confinement of the process that parses hostile bytes: no new privileges, no network, no new
// programs, no files beyond what was handed over (seccomp), and, where the kernel has it, the same
// again by Landlock.
#pragma once

#include <functional>
#include <string>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::scan {

struct Confinement {
  // Directory the process may read (dir:, repo:); nullptr: it may open nothing at all.
  const base::Fd* readable = nullptr;
};

// Confines the calling process for good; call while it has one thread. Returns what was put in
// force, for --debug: "seccomp, landlock ABI 7". Fails closed: an error when seccomp is refused.
base::Result<std::string> confine(const Confinement& what);

// What run_confined() returns when the child was ended by SIGPIPE: whoever read its output has
// left, as head does. No exit status is as large.
inline constexpr int kReaderLeft = 256;

// Runs work() in a confined child and serve() in this process until the child is done. `keep` are
// descriptors the child needs besides 0, 1, 2. Returns work()'s exit status or kReaderLeft;
// kInternal when the child was killed otherwise, with the signal's name.
struct ConfinedRun {
  std::function<int(base::Fd socket)> work;
  std::function<base::Status(const base::Fd& socket)> serve;
};
base::Result<int> run_confined(const ConfinedRun& run);

}  // namespace bulkhead::scan
