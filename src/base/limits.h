// SPDX-License-Identifier: Apache-2.0
// Limits: the bounds every reader of outside bytes takes.
#pragma once

#include <cstdint>

namespace bulkhead::base {

struct Limits {
  uint64_t max_bytes = 64ull << 20;     // bytes of one input document or file held in memory
  uint64_t max_entries = 1'000'000;     // records, array elements, packages of one document
  uint32_t max_depth = 64;              // nesting of containers, aliases or archives
  uint32_t max_string_bytes = 1 << 20;  // one string, key, header or path
  uint32_t max_ratio = 1100;            // inflated / packed bytes (deflate cannot exceed 1032)
};

}  // namespace bulkhead::base
