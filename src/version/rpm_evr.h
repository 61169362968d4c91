// SPDX-License-Identifier: Apache-2.0
// RPM's epoch:version-release, with or without name and architecture, and its order
// (rpm-version(7)). The scheme "rpm" is built on it; package lists and module streams need the
// parts.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace bulkhead::version {

// Views into the text that was split.
struct Evr {
  std::string_view epoch;  // digits; "" when absent, which means 0
  std::string_view version;
  std::optional<std::string_view> release;
};

struct Nevra {
  std::string_view name;  // "" when absent
  Evr evr;
  std::string_view arch;  // "" when absent
};

// One of the three parts against its like: digits by value, letters by code, '~' below and '^'
// above the end.
std::strong_ordering rpm_vercmp(std::string_view a, std::string_view b);

// Never fails: text that has no epoch or no release is all version.
Evr split_evr(std::string_view text);
// An absent release sorts before every release.
std::strong_ordering compare_evr(const Evr& a, const Evr& b);

// "[name-][epoch:]version[-release][.arch]". The last part counts as architecture only when rpm
// knows one of that name; an epoch is also taken in front of the name.
Nevra split_nevra(std::string_view text);
// By name, then epoch, version and release, then architecture; an absent part sorts first.
std::strong_ordering compare_nevra(const Nevra& a, const Nevra& b);

}  // namespace bulkhead::version
