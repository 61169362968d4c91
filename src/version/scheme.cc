// SPDX-License-Identifier: Apache-2.0
// Which order belongs to which purl type and OSV ecosystem. What is not listed has no known order,
// and nothing is judged by a neighbour's.
#include "version/scheme.h"

#include <algorithm>
#include <array>

namespace bulkhead::version {
namespace {

struct Name {
  std::string_view name;
  std::string_view scheme;
};

constexpr auto kPurlTypes = std::to_array<Name>({
    {"alpm", "pacman"},  {"apk", "apk"},           {"bioconductor", "cran"}, {"bitnami", "bitnami"},
    {"cargo", "semver"}, {"composer", "composer"}, {"conan", "conan"},       {"cran", "cran"},
    {"deb", "deb"},      {"gem", "gem"},           {"golang", "go"},         {"hackage", "hackage"},
    {"hex", "hex"},      {"julia", "semver"},      {"maven", "maven"},       {"npm", "semver"},
    {"nuget", "nuget"},  {"pub", "pub"},           {"pypi", "pep440"},       {"rpm", "rpm"},
    {"swift", "semver"},
});

// Names of the OSV schema, without the release behind the colon. Of Julia and SwiftURL only
// versions that are SemVer are valid, and for those their orders agree with it.
constexpr auto kEcosystems = std::to_array<Name>({
    {"AlmaLinux", "rpm"},
    {"Alpaquita", "apk"},
    {"Alpine", "apk"},
    {"Amazon Linux", "rpm"},
    {"Arch Linux", "pacman"},
    {"Azure Linux", "rpm"},
    {"BellSoft Hardened Containers", "apk"},
    {"Bioconductor", "cran"},
    {"Bitnami", "bitnami"},
    {"CRAN", "cran"},
    {"Chainguard", "apk"},
    {"ConanCenter", "conan"},
    {"Debian", "deb"},
    {"Echo", "deb"},
    {"Fedora", "rpm"},
    {"GHC", "hackage"},
    {"GitHub Actions", "semver"},
    {"Go", "go"},
    {"Hackage", "hackage"},
    {"Hex", "hex"},
    {"Julia", "semver"},
    {"Kubernetes", "semver"},
    {"Mageia", "rpm"},
    {"Maven", "maven"},
    {"MinimOS", "apk"},
    {"NuGet", "nuget"},
    {"Oracle Linux", "rpm"},
    {"Packagist", "composer"},
    {"Photon OS", "rpm"},
    {"Pub", "pub"},
    {"PyPI", "pep440"},
    {"Red Hat", "rpm"},
    {"Rocky Linux", "rpm"},
    {"RubyGems", "gem"},
    {"SUSE", "rpm"},
    {"SwiftURL", "semver"},
    {"Ubuntu", "deb"},
    {"VSCode", "semver"},
    {"Wolfi", "apk"},
    {"crates.io", "semver"},
    {"npm", "semver"},
    {"openEuler", "rpm"},
    {"openSUSE", "rpm"},
});

const Scheme* scheme_of(std::span<const Name> names, std::string_view name) {
  auto found = std::find_if(names.begin(), names.end(),
                            [&](const Name& entry) { return entry.name == name; });
  return found == names.end() ? nullptr : find_scheme(found->scheme);
}

}  // namespace

const Scheme* find_scheme(std::string_view name) {
  for (const Scheme* scheme : all_schemes()) {
    if (scheme->name == name) return scheme;
  }
  return nullptr;
}

const Scheme* scheme_for_purl_type(std::string_view type) { return scheme_of(kPurlTypes, type); }

const Scheme* scheme_for_ecosystem(std::string_view osv_ecosystem) {
  return scheme_of(kEcosystems, osv_ecosystem.substr(0, osv_ecosystem.find(':')));
}

}  // namespace bulkhead::version
