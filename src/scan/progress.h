// SPDX-License-Identifier: Apache-2.0
// Progress: what a long operation tells whoever watches. Calls may come from any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace bulkhead::scan {

class Progress {
 public:
  virtual ~Progress() = default;
  // total 0: unknown.
  virtual void update(std::string_view what, uint64_t done, uint64_t total) = 0;
  virtual void finish() = 0;
};

}  // namespace bulkhead::scan
