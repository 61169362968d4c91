// SPDX-License-Identifier: Apache-2.0
// Output templates: the text before the first NUL is the template, the rest the data it is given.
#include "report/template.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto parts = base::cut(text, std::string_view("\0", 1));
  auto parsed = report::Template::parse(parts ? parts->first : text);
  auto document = base::json::Document::parse(parts ? parts->second : "{}");
  if (!parsed || !document) return 0;
  report::Out sink = [](std::string_view) { return base::Status(); };
  report::TextOut out(sink);
  (void)parsed->render(document->root(), out);
  return 0;
}
