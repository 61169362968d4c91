// SPDX-License-Identifier: Apache-2.0
// The parts of the table that formats/table.cc puts together.
#pragma once

#include <string>
#include <string_view>

#include "report/actions.h"
#include "report/text_out.h"

namespace bulkhead::report {

// Text from outside, safe for a terminal and of bearable length.
std::string clean(std::string_view text);

// What the parts write to.
struct Page {
  const model::ScanReport& report;
  const Style& style;
  TextOut& out;

  void heading(std::string_view text, std::string_view after = "") const;
  void paragraph(size_t indent, Ink ink, std::string_view text) const;
};

// What was scanned: name, distribution with its end of life, packages, advisories.
void write_table_head(const Page& page, const Overview& overview);
// One line a finding, sorted by Style::sort: severity, package or id.
void write_table_list(const Page& page);
// What was not judged, what was ignored, what went wrong.
void write_table_tail(const Page& page);

}  // namespace bulkhead::report
