// SPDX-License-Identifier: Apache-2.0
// Fuzz target: files of a tree becoming documents. The text is taken as YAML, JSON and TOML; what
// comes out must be JSON that a strict reader accepts.
#include <cstdint>

#include "base/check.h"
#include "base/json.h"
#include "posture/files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  posture::FileCollector collector(
      posture::FileKinds::all(), {.file_bytes = 1 << 16, .total_bytes = 1 << 20, .documents = 100});
  base::Diagnostics diagnostics;
  for (const char* path : {"c/Chart.yaml", "c/values.yaml", "a.json", "a.toml", "Dockerfile",
                           ".dockerignore", ".github/workflows/a.yml"}) {
    if (collector.wants(path)) collector.add(path, text, diagnostics);
  }
  for (const posture::PolicyFile& file : collector.finish(diagnostics)) {
    base::json::Document::Options options;
    options.limits.max_depth = 80;
    CHECK(base::json::Document::parse(file.document, options));
  }
  return 0;
}
