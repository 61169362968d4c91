// SPDX-License-Identifier: Apache-2.0
// An image, loaded: from what a reference leads to (an index or a manifest) to the one manifest of
// the wanted platform, its config and its layers. Layer bytes are not touched.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "model/artifact.h"
#include "oci/manifest.h"
#include "oci/transport.h"

namespace bulkhead::oci {

struct ImageOptions {
  std::string platform;  // "linux/arm64/v8", "arm64", ...; "": this machine's
};

struct Image {
  model::Artifact artifact;  // name is the caller's to fill; tags only from a docker-archive
  ImageConfig config;
  std::vector<Descriptor> layers;  // base first, as artifact.layers
};

// Index, manifest and config are verified against the digests that name them; the error names the
// document. Without a wanted platform an index with only one image gives that image. An image made
// from a docker-archive has no manifest digest.
// kNotFound: no image for the platform (the message lists those there are); kUnsupported: Docker
// schema 1, artifacts that are no images, layers that are no tars; kCorrupt: digest or size.
base::Result<Image> load_image(Transport& transport, const ImageOptions& options,
                               base::Diagnostics& diagnostics);

}  // namespace bulkhead::oci
