// SPDX-License-Identifier: Apache-2.0
// Report formats: each turns a ScanReport into text. One file each in formats/.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/scan_report.h"

namespace bulkhead::report {

// How a report looks. Of the formats only the table, which is for people and their terminal, may
// depend on anything here but the order, the template and whether files are listed.
struct Style {
  bool colour = false;
  unsigned width = 100;         // columns available
  std::string sort = "action";  // action | severity | package | id
  std::string template_text;    // for the template format
  std::string vex_author;       // "NAME <URL>" for the VEX formats; "" this program
  bool files = false;           // formats with lists_files: the files that each package owns
  base::UnixTime now = 0;       // for the table to say that advisories are stale; 0 unknown
};

using Out = std::function<base::Status(std::string_view)>;

struct Format {
  std::string_view name;     // "sarif"; the file's stem, with '-' for '_'
  std::string_view summary;  // one line
  base::Status (*write)(const model::ScanReport& report, const Style& style, const Out& out);
  bool lists_files = false;     // whether it has a place for Style::files
  bool takes_template = false;  // whether it is written by Style::template_text
  bool lists_packages = true;   // false: findings only, so that it is empty where nothing is judged
};

// All formats, sorted by name (generated from formats/*.cc).
std::span<const Format* const> all_formats();
const Format* find_format(std::string_view name);
// What users call a format; find_format() takes it.
std::string_view shown_name(const Format& format);

}  // namespace bulkhead::report
