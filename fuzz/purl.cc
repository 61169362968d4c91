// SPDX-License-Identifier: Apache-2.0
// Package URLs: never crashes, and what was parsed writes back to a form that reads the same.
#include "model/purl.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using bulkhead::model::Purl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)Purl::parse_lenient(text);
  auto purl = Purl::parse(text);
  if (!purl) return 0;
  auto again = Purl::parse(purl->to_string());
  CHECK(again && *again == *purl);
  return 0;
}
