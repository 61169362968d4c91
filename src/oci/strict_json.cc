// SPDX-License-Identifier: Apache-2.0
// Members of JSON objects, read once and for all. Container engines decode with Go's encoding/json,
// which matches keys without regard to case and keeps the last match: {"layers":[a],"Layers":[b]}
// would be one image to us and another one to them, so such keys are refused.
#include "oci/strict_json.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::oci {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::json::Kind;
using base::json::Value;

namespace {

// The key as Go's decoder folds it.
std::string folded(std::string_view key) {
  std::string out;
  while (!key.empty()) {
    if (key.starts_with("\xc5\xbf")) {
      out += 's';
      key.remove_prefix(2);
    } else if (key.starts_with("\xe2\x84\xaa")) {
      out += 'k';
      key.remove_prefix(3);
    } else {
      out += base::to_lower(key[0]);
      key.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

Result<base::json::Document> parse_strict(std::string_view bytes, uint64_t max_bytes) {
  base::json::Document::Options options;
  options.limits.max_bytes = max_bytes;
  return base::json::Document::parse(bytes, options);
}

Result<Members> Members::of(Value value, std::string_view what,
                            std::initializer_list<std::string_view> known) {
  if (!value.is_object()) return Error(Code::kInvalid, std::string(what) + ": not an object");
  Status status;
  value.each_member([&](std::string_view key, Value) {
    if (!status || std::find(known.begin(), known.end(), key) != known.end()) return;
    std::string plain = folded(key);
    for (std::string_view name : known) {
      if (plain != base::lower(name)) continue;
      status = Error(Code::kInvalid, std::string(what) + ": key \"" + base::printable(key, 40) +
                                         "\" where \"" + std::string(name) + "\" is meant");
    }
  });
  TRY(std::move(status));
  Members out;
  out.value_ = value;
  out.what_ = what;
  return out;
}

Error Members::wrong(std::string_view key, std::string_view expected) const {
  return Error(Code::kInvalid,
               what_ + ": \"" + std::string(key) + "\" is not " + std::string(expected));
}

Value Members::operator[](std::string_view key) const {
  Value value = value_[key];
  return value.kind() == Kind::kNull ? Value() : value;
}

Result<std::string> Members::text(std::string_view key) const {
  Value value = (*this)[key];
  if (value.missing()) return std::string();
  auto text = value.string();
  if (!text) return wrong(key, "a string");
  return std::string(*text);
}

Result<int64_t> Members::integer(std::string_view key) const {
  Value value = (*this)[key];
  if (value.missing()) return int64_t{0};
  auto number = value.integer();
  if (!number) return wrong(key, "an integer");
  return *number;
}

Result<std::vector<std::string>> Members::texts(std::string_view key) const {
  Value value = (*this)[key];
  std::vector<std::string> out;
  if (value.missing()) return out;
  bool good = value.is_array();
  value.each([&](Value item) {
    if (auto text = item.string()) {
      out.emplace_back(*text);
    } else {
      good = false;
    }
  });
  if (!good) return wrong(key, "a list of strings");
  return out;
}

Result<std::map<std::string, std::string>> Members::text_map(std::string_view key) const {
  Value value = (*this)[key];
  std::map<std::string, std::string> out;
  if (value.missing()) return out;
  bool good = value.is_object();
  value.each_member([&](std::string_view name, Value item) {
    auto text = item.string();
    good = good && (text || item.kind() == Kind::kNull);
    if (text) out.emplace(name, *text);
  });
  if (!good) return wrong(key, "an object of strings");
  return out;
}

Result<std::vector<std::string>> Members::keys(std::string_view key) const {
  Value value = (*this)[key];
  std::vector<std::string> out;
  if (value.missing()) return out;
  if (!value.is_object()) return wrong(key, "an object");
  value.each_member([&](std::string_view name, Value) { out.emplace_back(name); });
  return out;
}

}  // namespace bulkhead::oci
