// SPDX-License-Identifier: Apache-2.0
// Names of images, which also come out of manifests, charts and API requests.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "oci/reference.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bulkhead::oci::Reference;
  auto parsed = Reference::parse({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  auto again = Reference::parse(parsed->to_string());
  CHECK(again.has_value() && *again == *parsed);
  CHECK(!parsed->selector().empty() && !parsed->repository.empty());
  return 0;
}
