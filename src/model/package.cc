// SPDX-License-Identifier: Apache-2.0
// A package's own purl.
#include "model/package.h"

#include "model/purl.h"

namespace bulkhead::model {

std::string Package::purl() const {
  Purl parts;
  parts.type = type;
  parts.name_space = name_space;
  parts.name = name;
  parts.version = version;
  parts.qualifiers = qualifiers;
  // purl-spec, type rpm: the epoch is a qualifier, not part of the version.
  if (size_t colon = version.find(':'); type == "rpm" && colon != std::string::npos) {
    parts.qualifiers["epoch"] = version.substr(0, colon);
    parts.version = version.substr(colon + 1);
  }
  if (!arch.empty()) parts.qualifiers["arch"] = arch;
  // Names that a purl cannot express are kept as they are rather than dropped.
  auto built = Purl::build(parts);
  return built ? built->to_string() : parts.to_string();
}

}  // namespace bulkhead::model
