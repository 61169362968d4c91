// SPDX-License-Identifier: Apache-2.0
// JSON Schema and its regular expressions: the text before the first NUL is the schema.
#include "base/json_schema.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead::base;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto parts = cut(text, std::string_view("\0", 1));
  json::SchemaSet schemas;
  auto document = json::Document::parse(parts ? parts->second : "{}");
  if (!schemas.add("s", parts ? parts->first : text) || !document) return 0;
  (void)schemas.validate("s", document->root());
  return 0;
}
