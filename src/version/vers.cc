// SPDX-License-Identifier: Apache-2.0
// The "vers" notation: constraints split at '|', versions percent-encoded, and the containment
// algorithm of the specification. Its documents do not always sort their constraints, so they are
// sorted here; constraints that say the same bound twice (">=1|>=2") have two readings and are
// refused.
#include "version/vers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::version {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr size_t kMaxBytes = 16 * 1024;

Error invalid(std::string_view text, std::string_view what) {
  return Error(Code::kInvalid,
               "version range \"" + base::printable(text, 200) + "\": " + std::string(what));
}

int hex_value(char c) {
  if (base::is_digit(c)) return c - '0';
  char folded = base::to_lower(c);
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

const Scheme* scheme_named(std::string_view name) {
  const Scheme* scheme = scheme_for_purl_type(name);
  return scheme != nullptr ? scheme : find_scheme(name);
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

VersRange::Constraint VersRange::read_constraint(std::string_view text) {
  struct Spelling {
    std::string_view text;
    Sign sign;
  };
  constexpr std::array<Spelling, 6> kSigns = {{{">=", Sign::kGreaterOrEqual},
                                               {"<=", Sign::kLessOrEqual},
                                               {"!=", Sign::kNotEqual},
                                               {">", Sign::kGreater},
                                               {"<", Sign::kLess},
                                               {"=", Sign::kEqual}}};
  for (const Spelling& spelling : kSigns) {
    if (!text.starts_with(spelling.text)) continue;
    return {spelling.sign, percent_decode(base::trim(text.substr(spelling.text.size())))};
  }
  return {Sign::kEqual, percent_decode(text)};
}

Result<VersRange> VersRange::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return invalid(text, "longer than 16 KiB");
  auto scheme = base::cut(text, "/");
  if (!scheme || !scheme->first.starts_with("vers:") || scheme->first.size() == 5) {
    return invalid(text, "it has not the form vers:<scheme>/<constraints>");
  }
  VersRange out;
  out.scheme_name_ = base::lower(scheme->first.substr(5));
  out.scheme_ = scheme_named(out.scheme_name_);
  if (base::trim(scheme->second) == "*") {
    out.any_ = true;
    return out;
  }
  for (std::string_view part : base::split(scheme->second, '|')) {
    part = base::trim(part);
    Constraint constraint = read_constraint(part);
    bool empty = constraint.version.empty() || constraint.version == "*";
    if (empty) return invalid(text, "\"" + std::string(part) + "\" names no version");
    // Documents name a scheme that their versions do not keep to ("vers:semver/<2.8.11.1"). Nothing
    // can be ordered then.
    if (out.scheme_ != nullptr && !out.scheme_->valid(constraint.version)) out.scheme_ = nullptr;
    bool point = constraint.sign == Sign::kEqual || constraint.sign == Sign::kNotEqual;
    (point ? out.points_ : out.bounds_).push_back(std::move(constraint));
  }
  TRY(out.order());
  return out;
}

// Sorts the bounds; two in a row that point the same way are refused.
Status VersRange::order() {
  if (scheme_ == nullptr) return {};
  std::stable_sort(bounds_.begin(), bounds_.end(), [&](const Constraint& a, const Constraint& b) {
    return scheme_->compare(a.version, b.version) < 0;
  });
  auto points_up = [](const Constraint& c) {
    return c.sign == Sign::kGreater || c.sign == Sign::kGreaterOrEqual;
  };
  for (size_t i = 1; i < bounds_.size(); ++i) {
    if (points_up(bounds_[i - 1]) == points_up(bounds_[i])) {
      return invalid("vers:" + scheme_name_, "\"" + bounds_[i - 1].version + "\" and \"" +
                                                 bounds_[i].version + "\" bound the same side");
    }
  }
  return {};
}

bool VersRange::between_bounds(std::string_view version) const {
  for (size_t i = 0; i < bounds_.size(); ++i) {
    const Constraint& bound = bounds_[i];
    auto order = scheme_->compare(version, bound.version);
    bool above = order > 0 || (order == 0 && bound.sign == Sign::kGreaterOrEqual);
    bool below = order < 0 || (order == 0 && bound.sign == Sign::kLessOrEqual);
    bool opens = bound.sign == Sign::kGreater || bound.sign == Sign::kGreaterOrEqual;
    // An upper bound with no lower one before it reaches down without end.
    if (!opens && i == 0 && below) return true;
    if (!opens || !above) continue;
    if (i + 1 == bounds_.size()) return true;
    const Constraint& end = bounds_[i + 1];
    auto to_end = scheme_->compare(version, end.version);
    if (to_end < 0 || (to_end == 0 && end.sign == Sign::kLessOrEqual)) return true;
  }
  return false;
}

std::optional<bool> VersRange::contains(std::string_view version) const {
  if (any_) return true;
  bool known = scheme_ != nullptr && scheme_->valid(version);
  if (scheme_ != nullptr && !known) return std::nullopt;
  if (scheme_ == nullptr && !bounds_.empty()) return std::nullopt;
  bool excludes = false;
  for (const Constraint& point : points_) {
    bool same = known ? scheme_->compare(version, point.version) == 0 : version == point.version;
    if (same) return point.sign == Sign::kEqual;
    excludes |= point.sign == Sign::kNotEqual;
  }
  if (bounds_.empty()) return excludes;  // "!=1" alone is everything else
  return between_bounds(version);
}

}  // namespace bulkhead::version
