// SPDX-License-Identifier: Apache-2.0
// Room for reasons by effect, and what is said when it is full.
#include "decide/answers.h"

namespace bulkhead::decide {
namespace {

constexpr size_t kMaxReasons = 20'000;  // of one pack and one effect

}  // namespace

void Answers::begin(const ActivePack& active) {
  active_ = &active;
  added_ = {};
}

// Reasons of one pack and one effect have room of their own: what is only observed, and what
// another pack says, must not push out a denial. What found no room is said once, and weighs what
// it would have weighed itself.
void Answers::add(model::Reason reason) {
  size_t& count = added_[static_cast<size_t>(reason.effect)];
  if (count > kMaxReasons) return;
  const bool room = ++count <= kMaxReasons;
  verdict_.reasons.push_back(room ? std::move(reason)
                                  : Weighing::overflowed(*active_, reason.effect, kMaxReasons));
}

void Answers::leave_out(std::string rule, std::string why, bool refused) {
  verdict_.inactive.push_back({active_->pack.id, std::move(rule), std::move(why), refused});
}

}  // namespace bulkhead::decide
