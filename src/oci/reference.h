// SPDX-License-Identifier: Apache-2.0
// Names of images: "registry/repository:tag@digest", as people write them and in full.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::oci {

struct Reference {
  std::string registry;    // "docker.io", "localhost:5000", "[::1]:5000"
  std::string repository;  // "library/debian"
  std::string tag;         // "" only when there is a digest
  std::string digest;      // "sha256:...", "" when not named

  // Short forms are completed: "debian" is "docker.io/library/debian:latest". With tag and digest
  // the digest decides. kInvalid says which part is wrong and why.
  static base::Result<Reference> parse(std::string_view text);
  // The full form; parse(to_string()) gives the same.
  std::string to_string() const;
  // What a registry is asked for: the digest if there is one, else the tag.
  const std::string& selector() const { return digest.empty() ? tag : digest; }

  bool operator==(const Reference&) const = default;
};

}  // namespace bulkhead::oci
