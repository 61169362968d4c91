// SPDX-License-Identifier: Apache-2.0
// Inputs: what the user named, told apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::scan {

enum class InputKind : uint8_t {
  kRegistry,      // registry:REF or a bare reference
  kLayout,        // oci:DIR[:TAG|@DIGEST]
  kArchive,       // oci-archive:FILE, docker-archive:FILE[:TAG]
  kDirectory,     // dir:PATH
  kRepository,    // repo:PATH, a directory or one lock file or manifest
  kSbom,          // sbom:FILE
  kDockerDaemon,  // docker:NAME
  kPodman,        // podman:NAME
  kStream,        // -, or the path of a pipe: archive or SBOM, as its content says
};

struct Input {
  InputKind kind = InputKind::kRegistry;
  std::string value;  // path or reference, without the prefix; "" standard input
  std::string text;   // as the user wrote it
  bool single = false;  // kRepository: the value is a file
};

// Prefixes decide; a bare argument is looked at: a directory with an oci-layout file is a layout,
// one with an operating system in it a directory, another one a repository; a file is an archive by
// its content, else a repository if it has the name of a lock file or manifest that is read, else
// an SBOM; a pipe or device a stream; anything else is an image reference. kNotFound for what looks
// like a path and does not exist; kInvalid for repo:FILE of a name that no reader knows.
base::Result<Input> recognise_input(std::string_view argument);

// Whether an open file is a tar archive (else it can only be an SBOM). The position is not moved.
bool looks_like_tar(const base::Fd& file);

}  // namespace bulkhead::scan
