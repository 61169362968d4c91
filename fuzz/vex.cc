// SPDX-License-Identifier: Apache-2.0
// The readers of VEX documents. What is read is written in all three formats, and what was written
// as OpenVEX or CycloneDX must be read again.
#include "sbom/vex.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/check.h"

namespace {

using namespace bulkhead;

std::string written(base::Status (*write)(const model::VexDocument&, const sbom::VexOut&),
                    const model::VexDocument& document) {
  std::string text;
  (void)write(document, [&](std::string_view piece) {
    text += piece;
    return base::Status();
  });
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  base::Limits limits;
  limits.max_entries = 1000;
  base::Diagnostics diagnostics;
  auto document = sbom::read_vex(text, "fuzz", limits, diagnostics);
  if (!document) return 0;
  if (document->id.empty()) document->id = "fuzz";
  if (document->author.empty()) document->author = "fuzz";
  document->timestamp = "2024-01-01T00:00:00Z";
  base::Limits more;
  for (auto write : {sbom::write_openvex, sbom::write_cyclonedx_vex}) {
    auto back = sbom::read_vex(written(write, *document), "written", more, diagnostics);
    if (!back) std::fprintf(stderr, "%s\n", back.error().message().c_str());
    CHECK(back);
  }
  (void)written(sbom::write_csaf_vex, *document);
  return 0;
}
