// SPDX-License-Identifier: Apache-2.0
// Inputs that cannot seek (standard input, pipes) as files: finding layers in an archive needs to.
#pragma once

#include <cstdint>
#include <string>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::scan {

struct SpoolLimits {
  uint64_t max_archive_bytes = 64ull << 30;
  // Of what does not begin like an archive and can only be a bill of materials.
  uint64_t max_document_bytes = 256ull << 20;
  // Generous: `build | bulkhead scan -` waits for the build.
  uint32_t timeout_ms = 60 * 60 * 1000;
};

// Opens a pipe or device without waiting for its other end.
base::Result<base::Fd> open_stream(const std::string& path);

// Copies a stream to its end into an unlinked file in the directory, to be read from its begin.
// kLimit or kTimeout when it does not end.
base::Result<base::Fd> spool(const base::Fd& stream, const std::string& directory,
                             const SpoolLimits& limits);

}  // namespace bulkhead::scan
