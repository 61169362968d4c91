// SPDX-License-Identifier: Apache-2.0
// Archives of docker save from before Docker 1.10, which have no manifest.json. Internal to
// archive.cc.
#pragma once

#include <memory>

#include "base/result.h"
#include "oci/layout.h"
#include "oci/transport.h"

namespace bulkhead::oci {

// Reads every layer once, to compute its diff-id: such an archive has no digests, so nothing in it
// can be verified, and load_image says so. kInvalid lists what could be named when the archive
// holds several images and the reference names none.
base::Result<std::unique_ptr<Transport>> open_docker_v1(std::unique_ptr<FileTree> tree,
                                                        const LocalReference& reference);

}  // namespace bulkhead::oci
