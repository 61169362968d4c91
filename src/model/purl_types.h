// SPDX-License-Identifier: Apache-2.0
// What the registered purl types ask of their components, as one table.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "model/purl.h"

namespace bulkhead::model {

enum class Need : unsigned char { kOptional, kRequired, kProhibited };

struct PurlType {
  enum Fold : unsigned char { kNamespace = 1, kName = 2, kVersion = 4, kSubpath = 8 };

  std::string_view name;
  Need name_space;
  unsigned char lower;                     // Fold bits: these components are folded to lower case
  std::string_view qualifier;              // a key that must be present, "" for none
  void (*normalise)(Purl& purl);           // what folding cannot say; nullptr for most types
  const char* (*wrong)(const Purl& purl);  // why a component is not allowed, nullptr if it is
};

// nullptr for a type that is not registered; the general rules are then the only ones.
const PurlType* find_purl_type(std::string_view name);
// Sorted by name.
std::span<const PurlType> purl_types();

}  // namespace bulkhead::model
