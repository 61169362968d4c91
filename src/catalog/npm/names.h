// SPDX-License-Identifier: Apache-2.0
// What every npm reader needs to know about names, versions and where a package comes from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/package.h"

namespace bulkhead::catalog::npm {

// Whether the registry could hold a package of this name ("lodash", "@babel/core"); legacy names
// with capitals or "!~*'()" count. A name that is not valid cannot be what an advisory speaks of.
bool valid_name(std::string_view name);

// The version as the registry has it, from how a package.json writes it: npm strips space, "v" and
// "=" in front. nullopt when what remains is not a semantic version (https://semver.org, 2.0.0).
std::optional<std::string_view> clean_version(std::string_view version);

// A package of type npm with the scope as namespace. The name must be valid.
model::Package make_package(std::string_view name, std::string_view version);
// "@babel/core@7.0.0": how depends_on names packages.
std::string display_id(const model::Package& package);
// "@babel/core"
std::string full_name(const model::Package& package);

// "sha512:<hex>" from Subresource Integrity ("sha512-<base64> sha1-..."): the strongest one.
std::string digest_of_integrity(std::string_view integrity);

// A path segment of that name, e.g. "node_modules".
bool has_segment(std::string_view path, std::string_view segment);

// Where a lock file says a package comes from.
enum class SourceKind {
  kRegistry,  // a registry, or nothing said
  kGit,
  kTarball,  // an archive at a URL that is no registry's, or in a file
  kLocal,    // a directory of the project itself: link:, workspace:, portal:, file: of a directory
};

// Of a URL or specifier ("git+ssh://...", "file:../x.tgz", "workspace:.", "github:user/repo").
SourceKind source_kind(std::string_view specifier);

// Puts the origin of what is not from a registry into the package's qualifiers (vcs_url or
// download_url, purl-spec) so that it is not taken for the registry's package of that name.
void set_source(model::Package& package, SourceKind kind, std::string_view url);

// "1.2.3" from a registry's or a local archive's ".../name-1.2.3.tgz"; "" when it is none.
std::string_view version_of_archive(std::string_view url, std::string_view name);

// Splits "npm:real@1.2.3" (an alias) into name and version; nullopt for anything else.
std::optional<std::pair<std::string_view, std::string_view>> split_alias(std::string_view text);
// Splits "name@rest" or "@scope/name@rest" at the '@' behind the name.
std::optional<std::pair<std::string_view, std::string_view>> split_descriptor(
    std::string_view text);

}  // namespace bulkhead::catalog::npm
