// SPDX-License-Identifier: Apache-2.0
// A package's own purl.
#include "model/package.h"

#include "base/text.h"
#include "model/purl.h"

namespace bulkhead::model {

std::string Package::purl() const {
  Purl parts;
  parts.type = type;
  parts.name_space = name_space;
  parts.name = name;
  parts.version = version;
  parts.qualifiers = qualifiers.as_map();
  if (!arch.empty()) parts.qualifiers["arch"] = arch;
  auto epoch = type == "rpm" ? base::cut(version, ":") : std::nullopt;
  if (epoch && base::to_number<uint32_t>(epoch->first)) {
    parts.qualifiers["epoch"] = epoch->first;
    parts.version = epoch->second;
  }
  // Names that a purl cannot express are kept as they are rather than dropped.
  auto built = Purl::build(parts);
  return built ? built->to_string() : parts.to_string();
}

}  // namespace bulkhead::model
