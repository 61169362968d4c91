// SPDX-License-Identifier: Apache-2.0
// Runs a number of independent tasks on all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace bulkhead::vuln {

// Calls task(0) ... task(count - 1), each once, in no particular order, and returns when all are
// done. threads 0: as many as the machine has cores, at most 8.
void for_each_parallel(size_t count, unsigned threads, const std::function<void(size_t)>& task);

}  // namespace bulkhead::vuln
