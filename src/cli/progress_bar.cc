// SPDX-License-Identifier: Apache-2.0
// Redraws at most ten times a second.
#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace bulkhead::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr size_t kBarWidth = 30;

std::string amount(uint64_t count) {
  if (count < 10'000) return fmt::format("{}", count);
  if (count < 10'000'000) return fmt::format("{:.1f} k", static_cast<double>(count) / 1e3);
  return fmt::format("{:.0f} M", static_cast<double>(count) / 1e6);
}

std::string line(std::string_view what, uint64_t done, uint64_t total) {
  if (total == 0) return fmt::format("{:<24} {}", what, amount(done));
  double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  auto full = static_cast<size_t>(share * kBarWidth);
  return fmt::format("{:<24} [{:=<{}}{:<{}}] {:3.0f} % of {}", what, "", full, "", kBarWidth - full,
                     share * 100, amount(total));
}

}  // namespace

ProgressBar::ProgressBar(bool quiet) : active_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::update(std::string_view what, uint64_t done, uint64_t total) {
  if (!active_) return;
  std::lock_guard lock(mutex_);
  auto now = std::chrono::steady_clock::now();
  if (now - last_ < kInterval && done != total) return;
  last_ = now;
  drawn_ = true;
  std::string text = "\r" + line(what, done, total) + "\x1b[K";
  [[maybe_unused]] ssize_t put = ::write(STDERR_FILENO, text.data(), text.size());
}

void ProgressBar::finish() {
  std::lock_guard lock(mutex_);
  if (!drawn_) return;
  drawn_ = false;
  constexpr std::string_view kClear = "\r\x1b[K";
  [[maybe_unused]] ssize_t put = ::write(STDERR_FILENO, kClear.data(), kClear.size());
}

}  // namespace bulkhead::cli
