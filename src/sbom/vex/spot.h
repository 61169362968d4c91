// SPDX-License-Identifier: Apache-2.0
// Walking a document that has to be right: a value together with the place it stands at. What is
// missing or of another type than asked for becomes a problem that names the place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace bulkhead::sbom {

// What is wrong with a document. Bounded: the first few are kept, the others counted.
class Problems {
 public:
  void add(std::string_view place, std::string_view what);
  bool any() const { return count_ != 0; }
  // kInvalid with all that was kept, after the name of the format; success when there was nothing.
  base::Status status(std::string_view format) const;

 private:
  std::vector<std::string> kept_;
  uint64_t count_ = 0;
};

class Spot {
 public:
  Spot(base::json::Value value, std::string place, Problems& problems)
      : value_(value), place_(std::move(place)), problems_(&problems) {}

  base::json::Value value() const { return value_; }
  const std::string& place() const { return place_; }
  bool present() const { return !value_.missing(); }
  void wrong(std::string_view what) const { problems_->add(place_, what); }

  Spot operator[](std::string_view key) const {
    return {value_[key], place_.empty() ? std::string(key) : place_ + "." + std::string(key),
            *problems_};
  }
  // Its text; "" when it is missing. need_text: missing or empty is a problem too.
  std::string_view text() const;
  std::string_view need_text() const;
  // A point in time (RFC 3339); "" when it is missing.
  std::string_view time() const;
  bool need_object() const;

  // f(Spot) for every element of an array; nothing when it is missing.
  template <typename F>
  void each(F&& f) const {
    if (!present()) return;
    if (!value_.is_array()) return wrong("is not a list");
    size_t index = 0;
    value_.each([&](base::json::Value element) {
      f(Spot(element, place_ + "[" + std::to_string(index++) + "]", *problems_));
    });
  }

 private:
  base::json::Value value_;
  std::string place_;
  Problems* problems_;
};

// "unknown word "x"; known are a, b and c".
std::string unknown_word(std::string_view word, std::initializer_list<std::string_view> known);

}  // namespace bulkhead::sbom
