// SPDX-License-Identifier: Apache-2.0
// Looks up end-of-life dates in the compiled-in table.
//
// A release stands for every version that it is a dotted prefix of (8 for 8.10); the longest wins.
// openEuler gives all service packs of a release the same version: there the codename decides, and
// without one nothing is claimed.
#include "catalog/end_of_life.h"

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::catalog {
namespace {

using base::json::Value;

bool stands_for(std::string_view release, std::string_view version, bool exact) {
  if (release == version) return true;
  return !exact && version.size() > release.size() && version.starts_with(release) &&
         version[release.size()] == '.';
}

bool same_word(Value value, std::string_view word) {
  return base::equals_ignore_case(value.string_or(""), word);
}

// The entry with the distribution's variant, else the one without any.
Value find_distribution(Value all, const model::Distro& distro) {
  Value found;
  bool by_variant = false;
  all.each([&](Value entry) {
    if (entry["id"].string_or("") != distro.id) return;
    Value variant = entry["variant"];
    if (variant.missing()) {
      if (!by_variant) found = entry;
    } else if (same_word(variant, distro.variant)) {
      found = entry;
      by_variant = true;
    }
  });
  return found;
}

Value find_release(Value distribution, const model::Distro& distro) {
  bool exact = distribution["exact"].boolean().value_or(false);
  Value best;
  size_t best_length = 0;
  bool ambiguous = false;
  bool by_codename = false;
  distribution["releases"].each([&](Value release) {
    std::string_view version = release["version"].string_or("");
    if (!stands_for(version, distro.version, exact) || version.size() < best_length) return;
    bool named = !distro.codename.empty() && same_word(release["codename"], distro.codename);
    if (version.size() > best_length) {
      best_length = version.size();
      ambiguous = by_codename = false;
      best = release;
      by_codename = named;
    } else if (named) {
      best = release;
      by_codename = true;
    } else {
      ambiguous = true;
    }
  });
  return ambiguous && !by_codename ? Value() : best;
}

}  // namespace

void add_end_of_life(model::Distro& distro) {
  auto document = base::json::Document::parse(end_of_life_json());
  CHECK(document);
  Value distribution = find_distribution(document->root()["distributions"], distro);
  if (distribution["rolling"].boolean().value_or(false)) {
    if (distro.point_release.empty()) distro.point_release = distro.version;
    distro.version.clear();
    return;
  }
  if (distro.version.empty()) return;
  Value release = find_release(distribution, distro);
  if (distro.codename.empty()) distro.codename = release["codename"].string_or("");
  distro.end_of_life = release["eol"].string_or("");
  distro.end_of_extended_life = release["extended"].string_or("");
}

}  // namespace bulkhead::catalog
