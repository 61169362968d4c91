// SPDX-License-Identifier: Apache-2.0
// All catalogers: the first line of the input is the file's path, which decides who reads it, the
// rest is its content. Reading, caching and joining must not crash, and the cache must give back
// what went in. More seeds: BULKHEAD_WRITE_SEEDS=folder catalog_test (one for every fixture).
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "catalog/run.h"

using namespace bulkhead;

namespace {

void through_the_cache(const catalog::File& file, catalog::TreeKind kind) {
  catalog::Interest wanted;
  catalog::interest(file.info, kind, wanted);
  std::vector<catalog::Reading> readings;
  base::Diagnostics diagnostics;
  catalog::read_file(wanted.whole, file, readings, diagnostics);
  for (const catalog::Reading& reading : readings) {
    std::string bytes;
    catalog::encode_facts(reading.facts, bytes);
    base::ByteReader in(base::as_bytes(bytes));
    auto again = catalog::decode_facts(in);
    CHECK(again && *again == reading.facts);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto parts = base::cut(input, "\n");
  if (!parts || parts->first.size() > 512) return 0;
  std::pair<std::string, std::string> file(parts->first, parts->second);
  for (auto kind : {catalog::TreeKind::kInstalled, catalog::TreeKind::kSource}) {
    base::Diagnostics diagnostics;
    (void)catalog::read_tree({&file, 1}, kind, diagnostics);
    through_the_cache({{file.first, base::basename(file.first), file.second.size(), 0644},
                       base::as_bytes(file.second)},
                      kind);
  }
  return 0;
}
