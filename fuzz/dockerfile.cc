// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the Dockerfile reader, its document, and the way back.
#include <cstdint>

#include "base/check.h"
#include "base/json.h"
#include "posture/dockerfile_document.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  base::Limits limits;
  limits.max_bytes = 1 << 18;
  auto file = posture::parse_dockerfile({reinterpret_cast<const char*>(data), size}, limits);
  if (!file) return 0;
  std::string json = posture::dockerfile_document(*file, std::nullopt);
  auto document = base::json::Document::parse(json);
  CHECK(document);
  limits.max_bytes = 1 << 20;
  (void)posture::dockerfile_of_document(document->root(), limits);
  return 0;
}
