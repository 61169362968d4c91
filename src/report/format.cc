// SPDX-License-Identifier: Apache-2.0
// Looking up a format by the name on the command line.
#include "report/format.h"

namespace bulkhead::report {

namespace {
// "template" is no possible name of a variable, so its file and descriptor are "templated".
constexpr std::string_view kShown = "template";
constexpr std::string_view kOwn = "templated";
}  // namespace

std::string_view shown_name(const Format& format) {
  return format.name == kOwn ? kShown : format.name;
}

const Format* find_format(std::string_view name) {
  if (name == kShown) name = kOwn;
  for (const Format* format : all_formats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

}  // namespace bulkhead::report
