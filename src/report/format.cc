// SPDX-License-Identifier: Apache-2.0
// Looking up a format by the name on the command line.
#include "report/format.h"

namespace bulkhead::report {

const Format* find_format(std::string_view name) {
  // "template" is no possible name of a variable, so its file and descriptor are "templated".
  if (name == "template") name = "templated";
  for (const Format* format : all_formats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

}  // namespace bulkhead::report
