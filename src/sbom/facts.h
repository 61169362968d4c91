// SPDX-License-Identifier: Apache-2.0
// Facts: what Bulkhead knows and neither CycloneDX nor SPDX has a field for, as pairs of text.
//
// CycloneDX carries them as properties "bulkhead:<key>", SPDX as one annotation with the JSON
// object {"bulkhead": {"<key>": ["..."]}}. The keys are listed in docs/formats/sbom.md.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/artifact.h"
#include "model/package.h"

namespace bulkhead::sbom {

struct Fact {
  std::string key;
  std::string value;
};
using Facts = std::vector<Fact>;

inline constexpr std::string_view kFactPrefix = "bulkhead:";

// All of a package but what purl, supplier and digest say. The identity is among them only when the
// purl cannot give it back. Every package has at least the fact "origin".
// purl is package.purl(), which the caller has anyway.
Facts package_facts(const model::Package& package, std::string_view purl);
void apply_package_fact(std::string_view key, std::string_view value, model::Package& package);

// Sorts depends_on of the packages that have it from the document's graph and not from facts, whose
// order is kept.
void sort_dependencies(std::vector<model::Package>& packages,
                       const std::unordered_set<size_t>& from_facts);

Facts artifact_facts(const model::Artifact& artifact);
void apply_artifact_fact(std::string_view key, std::string_view value, model::Artifact& artifact);

Facts distro_facts(const model::Distro& distro);
void apply_distro_fact(std::string_view key, std::string_view value, model::Distro& distro);

// "sha256:..." from an algorithm's name in any of the common spellings and its hex value; "" when
// the algorithm is none that Package::digest knows or the value has the wrong length.
std::string digest_of(std::string_view algorithm, std::string_view hex);

}  // namespace bulkhead::sbom
