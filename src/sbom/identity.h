// SPDX-License-Identifier: Apache-2.0
// Names that a written document gives to itself and to what it lists: made from content, so that
// equal input gives equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/scan_report.h"

namespace bulkhead::sbom {

// A UUID (version 8, RFC 9562) out of everything that makes the document what it is.
std::string content_uuid(const model::ScanReport& report, std::string_view format);

// The same of any text.
std::string text_uuid(std::string_view text);

// "urn:cdx:<uuid>/<version>" of a document with the serial number "urn:uuid:..."; "" else.
std::string bom_link(std::string_view serial_number, std::string_view version);

// Percent-encodes what must not stand in a URN.
std::string urn_escape(std::string_view text);
// The name under which VEX documents of ours know an artifact that has no purl.
std::string artifact_urn(const model::Artifact& artifact);

// One name for each package, unique in the report: its purl, "#2" behind the second of its kind.
std::vector<std::string> package_refs(const model::ScanReport& report);

// Finds the packages that Package::depends_on names: by purl, or by "name@version" among packages
// of the same type.
class Dependencies {
 public:
  Dependencies(const model::ScanReport& report, const std::vector<std::string>& refs);
  // Indices into packages, sorted, each once.
  std::vector<size_t> of(size_t package) const;
  // Whether the graph of indices, read back and sorted, is the package's depends_on.
  bool is_exact(size_t package) const;

 private:
  const model::ScanReport& report_;
  std::unordered_map<std::string, size_t> by_purl_;
  std::unordered_map<std::string, size_t> by_name_;  // "npm/lodash@4.17.21"
};

// A purl of the image (type oci); "" when it has no digest or no registry name.
std::string artifact_purl(const model::Artifact& artifact);

}  // namespace bulkhead::sbom
