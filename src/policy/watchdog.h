// SPDX-License-Identifier: Apache-2.0
// The last resort against an evaluation that no deadline ends. The interpreter looks at the clock
// between its steps and when it allocates; comparing values that share their parts can take hours
// in one step that does neither. What cannot be stopped must not hold up who waits for an answer:
// the process ends, with a reason on standard error and exit code 1, and nothing is allowed.
#pragma once

#include <chrono>
#include <cstdint>

namespace bulkhead::policy {

// While one of these lives, the process has this long, ten seconds and three times as much again.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds limit);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  uint64_t ticket_ = 0;
};

}  // namespace bulkhead::policy
