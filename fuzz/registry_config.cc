// SPDX-License-Identifier: Apache-2.0
// docker's config.json and podman's auth.json: the first line is the registry asked for, the second
// the repository, the rest the file.
#include "oci/registry_config.h"

#include <cstdint>
#include <string_view>

#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view registry;
  std::string_view repository;
  bulkhead::base::next_line(text, registry);
  bulkhead::base::next_line(text, repository);
  auto file = bulkhead::oci::AuthFile::parse(text);
  if (!file) return 0;
  file->find(registry, repository);
  file->helper_for(registry);
  return 0;
}
