// SPDX-License-Identifier: Apache-2.0
// Unpacking and reading any bytes as a bundle, with and without a key.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/io.h"
#include "policy/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  policy::BundleOptions options;
  options.limits = {.max_bytes = 1 << 20, .max_file_bytes = 1 << 18, .max_files = 64};
  base::MemorySource source(std::as_bytes(std::span(data, size)));
  const auto files = policy::unpack_bundle(source, options.limits);
  if (!files) return 0;
  auto with_key = options;
  with_key.keys.push_back({"", "HS256", "a shared secret", ""});
  (void)policy::read_bundle(*files, with_key);
  options.skip_verification = true;
  (void)policy::read_bundle(*files, options);
  return 0;
}
