// SPDX-License-Identifier: Apache-2.0
// A counter shared by a few threads: tasks are coarse, so this is all the scheduling they need.
#include "vuln/database/workers.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace bulkhead::vuln {

void for_each_parallel(size_t count, unsigned threads, const std::function<void(size_t)>& task) {
  if (threads == 0) threads = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i);
  };
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < std::min<size_t>(threads, count); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace bulkhead::vuln
