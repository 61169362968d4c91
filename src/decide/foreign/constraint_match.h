// SPDX-License-Identifier: Apache-2.0
// spec.match of a Gatekeeper constraint: which objects it is for. Decided here, before the engine
// runs, because most constraints are not for most objects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace bulkhead::decide {

// What is asked of labels: all of it must hold.
class LabelSelector {
 public:
  // kInvalid for an operator or a shape that Kubernetes would refuse.
  static base::Result<LabelSelector> parse(base::json::Value selector);
  bool matches(base::json::Value labels) const;

 private:
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist };
  struct Requirement {
    std::string key;
    Operator op = Operator::kIn;
    std::vector<std::string> values;
  };
  std::vector<Requirement> requirements_;
};

// A name with a star at its front or end.
bool matches_name_glob(std::string_view glob, std::string_view name);

struct MatchTarget {
  base::json::Value object;
  base::json::Value name_space;  // the Namespace object it lies in; missing when not known
};

enum class Matching { kNo, kYes, kUnknown };

class ConstraintMatch {
 public:
  // Missing: everything matches. kInvalid names the member that is wrong.
  static base::Result<ConstraintMatch> parse(base::json::Value match);
  // kUnknown: whether depends on a Namespace object that is not known.
  Matching matches(const MatchTarget& target) const;

 private:
  struct Kinds {
    std::vector<std::string> groups, kinds;
  };
  bool matches_kind(base::json::Value object) const;
  bool matches_scope(const MatchTarget& target) const;
  bool matches_namespaces(const MatchTarget& target) const;
  bool matches_own_name(base::json::Value object) const;
  Matching matches_namespace_labels(const MatchTarget& target) const;

  std::vector<Kinds> kinds_;
  std::vector<std::string> namespaces_, excluded_namespaces_;
  std::string scope_, name_, source_;
  std::optional<LabelSelector> labels_, namespace_labels_;
};

}  // namespace bulkhead::decide
