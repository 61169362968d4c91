// SPDX-License-Identifier: Apache-2.0
// Version ranges in the notation of package URLs: "vers:npm/>=1.0.0|<2.0.0"
// (https://github.com/package-url/vers-spec).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "version/scheme.h"

namespace bulkhead::version {

// A '%' that begins no escape stands for itself.
std::string percent_decode(std::string_view text);

class VersRange {
 public:
  // kInvalid says which constraint is wrong. A scheme that is not known here is no error, nor are
  // versions that are none of their scheme.
  static base::Result<VersRange> parse(std::string_view text);

  // Whether the version lies in the range; nullopt when that cannot be told: the scheme's order is
  // not known, or a version is none of that scheme. Without an order, equality of texts counts.
  std::optional<bool> contains(std::string_view version) const;

  std::string_view scheme_name() const { return scheme_name_; }

 private:
  enum class Sign : uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  struct Constraint {
    Sign sign;
    std::string version;
  };
  static Constraint read_constraint(std::string_view text);
  base::Status order();
  bool between_bounds(std::string_view version) const;

  std::string scheme_name_;
  const Scheme* scheme_ = nullptr;
  bool any_ = false;                // "*"
  std::vector<Constraint> points_;  // = and !=
  std::vector<Constraint> bounds_;  // the others, in order of version where that is known
};

}  // namespace bulkhead::version
