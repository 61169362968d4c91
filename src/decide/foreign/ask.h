// SPDX-License-Identifier: Apache-2.0
// Asking one rule of foreign content about one input, and keeping what came of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "decide/foreign.h"
#include "decide/foreign/module.h"

namespace bulkhead::decide {

// "data.main.deny_x"; parts that are no names in brackets.
std::string entry_of(const std::vector<std::string>& package, std::string_view rule);

class Asking {
 public:
  Asking(policy::Evaluator& evaluator, const policy::Limits& limits, const JudgeContext& context,
         Judged& out)
      : evaluator_(evaluator), limits_(limits), context_(context), out_(out) {}

  // The value; missing (an empty optional) when it is undefined or the evaluation failed, which is
  // noted under the rule's and the subject's name. All evaluations together have their bounds: what
  // is above them is not asked, and that is a failure, too.
  std::optional<base::json::Document> ask(const std::string& entry, const policy::Document& input,
                                          std::string_view rule, std::string_view subject);
  // A document as the engine takes it; a failure is noted.
  std::optional<policy::Document> parse(const std::string& json, std::string_view subject);
  void failed(std::string_view rule, std::string_view subject, std::string why);
  void unknown(std::string_view rule, std::string_view subject, std::string why);

 private:
  bool exhausted();

  policy::Evaluator& evaluator_;
  const policy::Limits& limits_;
  const JudgeContext& context_;
  Judged& out_;
  std::chrono::nanoseconds spent_{};
  bool told_ = false;  // that a bound is reached
};

// Sorts everything and drops what stands twice.
void put_in_order(Judged& judged);

}  // namespace bulkhead::decide
