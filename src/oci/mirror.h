// SPDX-License-Identifier: Apache-2.0
// Judges what a mirror answers. A registry is believed by the digest alone, which whoever reads
// checks; a mirror is checked before, since the registry can still be asked instead.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io.h"
#include "base/result.h"
#include "oci/transport.h"

namespace bulkhead::oci {

// kCorrupt unless the bytes are an index or manifest, and have the digest where one is given.
base::Status check_mirrored_manifest(std::string_view bytes, std::string_view media_type,
                                     std::string_view digest);

// A blob that a mirror began to send. A small one is read here, so that a wrong digest is an error
// while the registry can still be asked; so is the beginning of a larger one, which has to be
// compressed as its media type says. The rest of that is judged at its end: the error of its last
// read names the mirror.
base::Result<OpenedBlob> mirrored_blob(std::unique_ptr<base::Source> source,
                                       const Descriptor& descriptor, std::string mirror);

}  // namespace bulkhead::oci
