// SPDX-License-Identifier: Apache-2.0
// Any bytes as an image archive: manifest.json by itself, and the whole file with all it leads to.
#include <sys/mman.h>

#include <cstdint>

#include "oci/archive.h"
#include "oci/docker_archive.h"
#include "oci/image.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)oci::parse_docker_archive(base::as_text(bytes)).has_value();
  base::Fd file(::memfd_create("archive", MFD_CLOEXEC));
  if (!file.valid() || !base::write_all(file, bytes)) return 0;
  auto transport = oci::open_archive(std::move(file), {"archive", "", ""});
  base::Diagnostics diagnostics;
  if (transport) (void)oci::load_image(**transport, {}, diagnostics).has_value();
  return 0;
}
