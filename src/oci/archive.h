// SPDX-License-Identifier: Apache-2.0
// Images in a tar file: an OCI layout in a tar ("oci-archive:"), and what `docker save` and
// `podman save` write ("docker-archive:"), in its old form (manifest.json, <id>/layer.tar) and its
// new one (a layout with a manifest.json beside it). Which one it is, the file tells itself.
#pragma once

#include <memory>

#include "base/fs.h"
#include "base/result.h"
#include "oci/layout.h"
#include "oci/transport.h"

namespace bulkhead::oci {

// `file` is a regular file; it is indexed once and its blobs are ranges of it. The reference says
// which of several images is meant and names the file in messages.
//
// A docker-archive in its old form has neither manifest nor layer digests. The root document is
// then made here (kArchiveManifest): a layer stored as plain tar has its diff-id as digest, so that
// it is verified like any other; packed layers are hashed here.
//
// kUnsupported for a packed archive: unpack_archive it into an unlinked file and open that.
// kInvalid when it is no image archive or several images are in it and none is named.
base::Result<std::unique_ptr<Transport>> open_archive(base::Fd file,
                                                      const LocalReference& reference);

// Writes the archive to `into`, inflated when it is packed (gzip, zstd): for packed archives and
// for those that come through a pipe. kLimit above max_bytes.
base::Status unpack_archive(base::Source& archive, const base::Fd& into, uint64_t max_bytes);

}  // namespace bulkhead::oci
