// SPDX-License-Identifier: Apache-2.0
// The qualifiers of a package: a small sorted list that is used like a map.
#pragma once

#include <algorithm>
#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shared_text.h"

namespace bulkhead::model {

class Qualifiers {
 public:
  using Entry = std::pair<base::SharedText, base::SharedText>;
  using Entries = std::vector<Entry>;

  Qualifiers() = default;
  Qualifiers(std::initializer_list<std::pair<std::string_view, std::string_view>> entries) {
    for (const auto& [key, value] : entries) (*this)[key] = value;
  }
  explicit Qualifiers(const std::map<std::string, std::string>& entries)
      : entries_(entries.begin(), entries.end()) {}
  std::map<std::string, std::string> as_map() const {
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : entries_) out.emplace(key, value);
    return out;
  }

  base::SharedText& operator[](std::string_view key) {
    auto at = lower_bound(key);
    if (at == entries_.end() || at->first != key) {
      if (entries_.capacity() == 0) entries_.reserve(1);
      at = entries_.insert(lower_bound(key), {key, {}});
    }
    return at->second;
  }
  Entries::iterator find(std::string_view key) {
    auto at = lower_bound(key);
    return at != entries_.end() && at->first == key ? at : entries_.end();
  }
  Entries::const_iterator find(std::string_view key) const {
    return const_cast<Qualifiers*>(this)->find(key);
  }
  void erase(Entries::const_iterator at) { entries_.erase(at); }
  void clear() { entries_.clear(); }

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  Entries::const_iterator begin() const { return entries_.begin(); }
  Entries::const_iterator end() const { return entries_.end(); }
  Entries::iterator end() { return entries_.end(); }

  bool operator==(const Qualifiers&) const = default;
  auto operator<=>(const Qualifiers&) const = default;

 private:
  Entries::iterator lower_bound(std::string_view key) {
    return std::lower_bound(entries_.begin(), entries_.end(), key,
                            [](const Entry& entry, std::string_view k) { return entry.first < k; });
  }

  Entries entries_;  // sorted by key
};

}  // namespace bulkhead::model
