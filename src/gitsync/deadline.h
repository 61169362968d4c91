// SPDX-License-Identifier: Apache-2.0
// The point in time after which a pull is given up.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace bulkhead::gitsync {

class Deadline {
 public:
  explicit Deadline(uint32_t timeout_ms)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms)) {}

  uint32_t left_ms() const {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? static_cast<uint32_t>(left.count()) : 0;
  }
  bool passed() const { return left_ms() == 0; }
  base::Status check() const {
    if (!passed()) return {};
    return base::Error(base::Code::kTimeout, "the pull took longer than its time limit");
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace bulkhead::gitsync
