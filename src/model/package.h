// SPDX-License-Identifier: Apache-2.0
// Package: something with a name and a version that was found in an artifact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_text.h"
#include "model/file_list.h"
#include "model/qualifiers.h"

namespace bulkhead::model {

// How the package is known to be there.
enum class Origin : uint8_t {
  kInstalled,  // a package database or installed metadata says so
  kBinary,     // read out of an executable
  kLock,       // a lock file names it with an exact version
  kManifest,   // a manifest asks for it; version is set only when the manifest pins it exactly
  kSbom,       // an SBOM that was given or found says so
};
std::string_view origin_name(Origin origin);
std::optional<Origin> parse_origin(std::string_view name);

enum class Relation : uint8_t { kUnknown, kRoot, kDirect, kIndirect };
std::string_view relation_name(Relation relation);
std::optional<Relation> parse_relation(std::string_view name);

// Where it was found. Paths have no leading slash and no "." or ".." segments.
struct Location {
  base::SharedText path;
  uint32_t line = 0;   // 1-based; 0 when the format has no lines
  int32_t layer = -1;  // index into Artifact::layers; -1 when there are no layers

  bool operator==(const Location&) const = default;
  auto operator<=>(const Location&) const = default;
};

// A changelog entry inside the artifact that claims to fix an advisory.
struct FixClaim {
  base::SharedText id;       // CVE-...
  base::SharedText version;  // of the changelog entry
  base::SharedText path;     // the changelog

  bool operator==(const FixClaim&) const = default;
};

// There can be hundreds of thousands, so what they have in common is shared: see SharedText.
struct Package {
  base::SharedText type;        // purl type: deb, rpm, apk, npm, pypi, golang, cargo, ...
  base::SharedText name_space;  // purl namespace: debian, @scope, github.com/user, ...
  base::SharedText name;
  base::SharedText version;  // full version as the ecosystem writes it, epoch and release included
  base::SharedText arch;     // "" where the ecosystem has none
  Qualifiers qualifiers;     // further purl qualifiers (distro, modularity...)

  base::SharedText source_name;       // source package; "" = same as name
  base::SharedText source_version;    // "" = same as version
  std::vector<std::string> licences;  // SPDX expressions or, where unknown, the text as declared
  base::SharedText supplier;          // maintainer, vendor or author as declared

  base::SharedText cataloger;    // name of the cataloger that found it
  base::SharedText requirement;  // what a manifest asks for, as it writes it; "" when not from one
  Origin origin = Origin::kInstalled;
  Relation relation = Relation::kUnknown;
  bool dev = false;  // only needed for development
  bool optional = false;
  std::vector<Location> locations;      // sorted; the first one is where the record stands
  FileList files;                       // paths it owns
  std::vector<std::string> depends_on;  // purls or "name@version" as the lock file resolves them
  std::vector<FixClaim> fix_claims;
  base::SharedText digest;   // "sha256:..." or "sha512:..." of the distributed archive, "" unknown
  base::SharedText bom_ref;  // how the SBOM that it was read from calls it, "" else
  base::SharedText owner;    // purl of the OS package that owns this package's files, "" if none

  // "pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-12". The epoch of an rpm, which is
  // part of our version, is the qualifier "epoch" there.
  std::string purl() const;
  std::string_view source_name_or_name() const { return source_name.empty() ? name : source_name; }
  std::string_view source_version_or_version() const {
    return source_version.empty() ? version : source_version;
  }
  bool operator==(const Package&) const = default;
};

// The record a package was read from (a file of the image), "" when it has none.
inline std::string_view record_path(const Package& package) {
  return package.locations.empty() ? std::string_view() : package.locations.front().path.view();
}

}  // namespace bulkhead::model
