// SPDX-License-Identifier: Apache-2.0
// What the packs of a policy answer, one pack after the other, on its way into a verdict.
#pragma once

#include <array>
#include <string>

#include "decide/asked.h"
#include "decide/weighing.h"
#include "model/verdict.h"

namespace bulkhead::decide {

class Answers {
 public:
  Answers(const Weighing& weighing, model::Verdict& verdict)
      : weighing_(weighing), verdict_(verdict) {}

  // The pack that all the following is of.
  void begin(const ActivePack& active);
  const ActivePack& pack() const { return *active_; }
  const Weighing& weighing() const { return weighing_; }

  void add(model::Reason reason);
  void fail(const Failure& failure) { add(weighing_.failed(*active_, failure)); }
  // A rule ("": the whole pack) that was not asked; refused: it never will be as it stands.
  void leave_out(std::string rule, std::string why, bool refused = false);

  Asked asked;

 private:
  const Weighing& weighing_;
  model::Verdict& verdict_;
  const ActivePack* active_ = nullptr;
  std::array<size_t, 3> added_ = {};  // reasons of this pack, by effect
};

}  // namespace bulkhead::decide
