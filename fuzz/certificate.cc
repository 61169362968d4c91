// SPDX-License-Identifier: Apache-2.0
// Fuzz target: certificates and requests, PEM or DER, and a chain of whatever was read.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "crypto/x509.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead::crypto;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_certificate_request(text);
  const auto certificates = parse_certificates(text);
  if (!certificates || certificates->empty()) return 0;
  for (const Certificate& certificate : *certificates) CHECK(!certificate.raw.empty());
  (void)verify_chain(*certificates, {1'750'000'000, "a.example", {}});
  return 0;
}
