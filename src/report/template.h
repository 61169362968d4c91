// SPDX-License-Identifier: Apache-2.0
// Output templates: a user's own text with fields of the JSON report filled in. Fields, loops and
// conditions, nothing else; described in docs/formats/template.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "report/text_out.h"

namespace bulkhead::report {

class Template {
 public:
  // kInvalid says the line and what is wrong there.
  static base::Result<Template> parse(std::string_view text);
  // kInvalid when an object is to be printed, kLimit when loops in loops take too long.
  base::Status render(base::json::Value data, TextOut& out) const;

  static constexpr uint64_t kMaxSteps = 50'000'000;

 private:
  friend class TemplateParser;
  friend class TemplateRenderer;

  enum class Filter : unsigned char { kPrintable, kRaw, kHtml, kJson, kCsv, kUpper, kCount };
  struct Node {
    enum Kind : unsigned char { kText, kValue, kEach, kIf };
    Kind kind = kText;
    std::string text;  // of kText; the path of the others
    Filter filter = Filter::kPrintable;
    std::vector<Node> then;
    std::vector<Node> otherwise;  // of kIf; of kEach when there is nothing to loop over
  };
  std::vector<Node> nodes_;
};

}  // namespace bulkhead::report
