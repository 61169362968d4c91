// SPDX-License-Identifier: Apache-2.0
// Version orders: the first byte picks the scheme, the rest is three versions, one a line. The
// order must be mirrored and, where a scheme promises it, transitive.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "version/rpm_evr.h"
#include "version/scheme.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  if (size == 0) return 0;
  auto schemes = version::all_schemes();
  const version::Scheme& scheme = *schemes[data[0] % schemes.size()];
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string_view a, b, c;
  base::next_line(text, a);
  base::next_line(text, b);
  base::next_line(text, c);
  scheme.valid(a);
  auto ab = scheme.compare(a, b);
  auto bc = scheme.compare(b, c);
  auto ac = scheme.compare(a, c);
  CHECK(scheme.compare(a, a) == 0);
  CHECK(scheme.compare(b, a) == (0 <=> ab));
  bool total = scheme.name != "maven" && scheme.name != "conan" && scheme.name != "composer";
  if (total && ab <= 0 && bc <= 0) CHECK(ac <= 0 && (ac == 0) == (ab == 0 && bc == 0));
  if (total && ab >= 0 && bc >= 0) CHECK(ac >= 0 && (ac == 0) == (ab == 0 && bc == 0));
  version::Nevra nevra = version::split_nevra(a);
  CHECK(version::compare_nevra(nevra, nevra) == 0);
  return 0;
}
