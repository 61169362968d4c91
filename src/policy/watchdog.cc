// SPDX-License-Identifier: Apache-2.0
// One thread for all evaluations, begun with the first of a process: one that was forked has none.
// A new end is later than those before it, as a rule, and then nobody has to be woken for it.
#include "policy/watchdog.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

namespace bulkhead::policy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace{10};
constexpr int kTimes = 4;

[[noreturn]] void give_up() {
  constexpr std::string_view kReason =
      "bulkhead: a policy ran far past its limit in a step that cannot be interrupted (comparing "
      "huge values?); giving up, nothing was decided\n";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, kReason.data(), kReason.size());
  std::_Exit(EXIT_FAILURE);
}

class Watch {
 public:
  uint64_t add(Clock::time_point end) {
    std::lock_guard lock(mutex_);
    if (pid_ != ::getpid()) start();
    ends_.emplace(++tickets_, end);
    if (end < next_) changed_.notify_one();
    return tickets_;
  }
  void remove(uint64_t ticket) {
    std::lock_guard lock(mutex_);
    ends_.erase(ticket);
  }

 private:
  void start() {
    pid_ = ::getpid();
    ends_.clear();  // of the process that this one was forked from
    std::thread([this] { run(); }).detach();
  }
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      const Clock::time_point now = Clock::now();
      next_ = now + std::chrono::hours(1);
      for (const auto& [ticket, end] : ends_) {
        if (end <= now) give_up();
        next_ = std::min(next_, end);
      }
      changed_.wait_until(lock, next_);
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Clock::time_point> ends_;
  Clock::time_point next_;
  uint64_t tickets_ = 0;
  pid_t pid_ = -1;
};

Watch& watch() {
  static Watch* const one = new Watch;  // outlives the thread that uses it
  return *one;
}

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds limit)
    : ticket_(watch().add(Clock::now() + limit * kTimes + kGrace)) {}
Watchdog::~Watchdog() { watch().remove(ticket_); }

}  // namespace bulkhead::policy
