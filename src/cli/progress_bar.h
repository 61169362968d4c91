// SPDX-License-Identifier: Apache-2.0
// One line on the terminal that says how far a long operation is.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "scan/progress.h"

namespace bulkhead::cli {

class ProgressBar final : public scan::Progress {
 public:
  // Draws only when stderr is a terminal and quiet is false.
  explicit ProgressBar(bool quiet);
  ~ProgressBar() override { finish(); }
  void update(std::string_view what, uint64_t done, uint64_t total) override;
  void finish() override;

 private:
  bool active_;
  bool drawn_ = false;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace bulkhead::cli
