// SPDX-License-Identifier: Apache-2.0
// Reading the members of JSON objects so that no other reader can see something else in them.
// Internal to oci/.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace bulkhead::oci {

// A document without duplicate keys.
base::Result<base::json::Document> parse_strict(std::string_view bytes, uint64_t max_bytes);

// The members of one object. Absent and null are the same everywhere, as for Go's decoder.
class Members {
 public:
  // kInvalid, with `what` in front, when the value is no object or has a key that is not one of
  // `known` but that Go's decoder would take for it: it ignores case, also that of U+017F (s) and
  // U+212A (k).
  static base::Result<Members> of(base::json::Value value, std::string_view what,
                                  std::initializer_list<std::string_view> known);

  base::json::Value operator[](std::string_view key) const;  // kMissing also for null
  // Empty when absent; kInvalid when of another type.
  base::Result<std::string> text(std::string_view key) const;
  base::Result<int64_t> integer(std::string_view key) const;  // 0 when absent
  base::Result<std::vector<std::string>> texts(std::string_view key) const;
  base::Result<std::map<std::string, std::string>> text_map(std::string_view key) const;
  // The keys of an object: sets are written as {"80/tcp": {}}.
  base::Result<std::vector<std::string>> keys(std::string_view key) const;

 private:
  base::Error wrong(std::string_view key, std::string_view expected) const;

  base::json::Value value_;
  std::string what_;
};

}  // namespace bulkhead::oci
