// SPDX-License-Identifier: Apache-2.0
// Version orders: one file per scheme, each exactly as its ecosystem defines it. There is no
// lenient catch-all: a version a scheme cannot read is an error, and the caller says "not judged".
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string_view>

namespace bulkhead::version {

struct Scheme {
  std::string_view name;     // "deb"; equals the file's stem
  std::string_view summary;  // one line: what it orders, by which specification
  // Whether the text is a version of this scheme at all.
  bool (*valid)(std::string_view version);
  // Three-way order of two valid versions. Defined for any bytes, with compare(b, a) the mirror
  // image, but only meaningful for valid ones. A total order, so good for sorting, with three
  // exceptions: "maven", whose specification is not transitive (1.0.RC1 < 1.0 < 1.0-1 < 1.0.RC1),
  // "conan" where numbers meet words, and "composer" for text with '#', which is not valid.
  // Allocates nothing.
  std::strong_ordering (*compare)(std::string_view a, std::string_view b);
};

// All schemes, sorted by name (generated from schemes/*.cc).
std::span<const Scheme* const> all_schemes();
const Scheme* find_scheme(std::string_view name);
// The order used for a purl type or an OSV ecosystem ("Debian:12", "npm", "crates.io"); nullptr
// when none is known.
const Scheme* scheme_for_purl_type(std::string_view type);
const Scheme* scheme_for_ecosystem(std::string_view osv_ecosystem);

}  // namespace bulkhead::version
