// SPDX-License-Identifier: Apache-2.0
// Prints the sample report as "cyclonedx" or "spdx".
#include <cstdio>
#include <string_view>

#include "sbom/sbom.h"
#include "tests/support/sample_report.h"

int main(int argc, char** argv) {
  using namespace bulkhead;
  auto print = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return base::Status();
  };
  bool spdx = argc > 1 && std::string_view(argv[1]) == "spdx";
  auto report = testing::sample_report();
  auto status = spdx ? sbom::write_spdx(report, print) : sbom::write_cyclonedx(report, print);
  return status ? 0 : 1;
}
