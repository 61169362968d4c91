// SPDX-License-Identifier: Apache-2.0
// Comparing the names that VEX documents give with those of what was scanned.
#pragma once

#include <string>
#include <string_view>

#include "model/artifact.h"
#include "model/package.h"
#include "model/purl.h"
#include "model/vex.h"

namespace bulkhead::decide {

// Equal in the order of that purl type, or as texts where no order is known.
bool same_version(std::string_view purl_type, std::string_view a, std::string_view b);

// "1:2.3-4" of an rpm as its purl writes it, "2.3-4".
std::string without_epoch(std::string_view purl_type, std::string_view version);

// All of a statement's purl but its version, beside the purl of a package. With source, the purl
// names the source package.
bool package_purl_fits(const model::Purl& stated, const model::Purl& own,
                       const model::Package& package, const model::Distro& distro, bool source);

// Whether a purl of type oci or docker names the image, and by what. A digest that is the image's
// suffices, unless the purl has another architecture. Without one, everything that the purl says
// must agree with a name of the image; a purl of type oci that says no repository_url names images
// of every registry, as its specification has it ("registry agnostic by default"): kByBareName,
// which is told as such.
enum class ImageFit : uint8_t { kNo, kByDigest, kByName, kByBareName };
ImageFit image_purl_fits(const model::Purl& purl, const model::Artifact& artifact);

// A qualifier for which such a purl is not compared with the image, because nothing is known here
// to compare it with; "" when there is none, or the purl is of another type.
std::string incomparable_qualifier(const model::Purl& purl, const model::Artifact& artifact);

// Versions of an image are its tags; ranges of them mean nothing here.
bool image_version_fits(const model::VexComponent& component, const model::Artifact& artifact);

// "registry.example/shop/web:1.4", or without tag for any; also the URN of artifacts without purl.
// What is no image must be named as it was scanned.
bool artifact_is_named(std::string_view name, const model::Artifact& artifact);

// "cpe:/o:redhat:enterprise_linux:9::baseos" and the like. Only distributions whose CPEs are known
// here.
bool cpe_names_distribution(std::string_view cpe, const model::Distro& distro);

}  // namespace bulkhead::decide
