// SPDX-License-Identifier: Apache-2.0
// CHECK(condition): our own bug if it does not hold. Always on, never reachable from input.
#pragma once

namespace bulkhead::base {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define CHECK(condition) \
  ((condition) ? void(0) : ::bulkhead::base::check_failed(#condition, __FILE__, __LINE__))
