// SPDX-License-Identifier: Apache-2.0
// A user's own template over the JSON report: what can be read there can be printed here.
#include "base/json.h"
#include "report/format.h"
#include "report/template.h"

namespace bulkhead::report::formats::json {
extern const Format descriptor;
}

namespace bulkhead::report::formats::templated {
namespace {

using base::Code;
using base::Error;
using base::Status;

constexpr uint64_t kMaxReportBytes = 1ull << 30;

Status write(const model::ScanReport& report, const Style& style, const Out& sink) {
  if (style.template_text.empty()) {
    return Error(Code::kInvalid, "the format \"template\" needs a template");
  }
  Template parsed = TRY(Template::parse(style.template_text));
  std::string text;
  TRY(json::descriptor.write(report, style, [&](std::string_view piece) {
    text += piece;
    return Status();
  }));
  base::json::Document::Options options;
  options.limits.max_bytes = kMaxReportBytes;
  base::json::Document document = TRY(base::json::Document::parse(text, options));
  TextOut out(sink);
  TRY(parsed.render(document.root(), out));
  return out.finish();
}

}  // namespace

extern constinit const Format descriptor = {
    "templated", "Your own template (docs/formats/template.md)", write, true, true};

}  // namespace bulkhead::report::formats::templated
