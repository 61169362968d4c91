// SPDX-License-Identifier: Apache-2.0
// Any bytes as an index or manifest, and its media types as layers and platforms.
#include <cstdint>

#include "oci/manifest.h"
#include "oci/platform.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)oci::document_kind(text, "").has_value();
  auto look = [](const oci::Descriptor& descriptor) {
    (void)oci::layer_format(descriptor.media_type).has_value();
    auto platform = oci::Platform::parse(descriptor.platform);
    if (platform) (void)oci::platform_rank(*platform, oci::Platform::host());
  };
  if (auto index = oci::parse_index(text)) {
    for (const oci::Descriptor& descriptor : index->manifests) look(descriptor);
  }
  if (auto manifest = oci::parse_manifest(text)) {
    for (const oci::Descriptor& descriptor : manifest->layers) look(descriptor);
  }
  return 0;
}
