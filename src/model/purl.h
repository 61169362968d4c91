// SPDX-License-Identifier: Apache-2.0
// Package URL (purl-spec, ECMA-427): parse, build, canonical form with the rules of each type.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::model {

struct Purl {
  std::string type;
  std::string name_space;  // "" when absent; segments joined by '/', not percent-encoded
  std::string name;
  std::string version;                            // "" when absent
  std::map<std::string, std::string> qualifiers;  // keys in lower case, values not encoded
  std::string subpath;

  bool operator==(const Purl&) const = default;

  // Parses and normalises (type rules included). kInvalid says which part is wrong.
  static base::Result<Purl> parse(std::string_view text);
  // For documents of other tools: keys in upper case and a namespace or qualifier that the type
  // forbids or misses are taken as they are. Still refuses what has no type or no name.
  static base::Result<Purl> parse_lenient(std::string_view text);
  // Normalises components that were set by hand by the rules of the type.
  static base::Result<Purl> build(Purl components);
  // Canonical string. Components must be normalised (parse or build).
  std::string to_string() const;
};

}  // namespace bulkhead::model
