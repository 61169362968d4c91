// SPDX-License-Identifier: Apache-2.0
// What the three VEX writers share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/vex.h"

namespace bulkhead::sbom {

// The formats written have room for one purl a component and, but for one, none for a list of
// versions. So a component with several becomes as many, each with one purl (a version put into it)
// or one range; together they mean the same as before.
std::vector<model::VexComponent> single_names(const model::VexComponent& component);

// Its name for people: as given, else from the purl, else the id.
std::string display_name(const model::VexComponent& component);

// The text as an IRI: itself if it is one, else "urn:bulkhead:<kind>:<text, percent-encoded>".
std::string iri_of(std::string_view kind, std::string_view text);

// A canonical text out of everything that tells components apart.
std::string component_key(const model::VexComponent& component);

}  // namespace bulkhead::sbom
