// SPDX-License-Identifier: Apache-2.0
// Bills of materials: read what anyone wrote, write CycloneDX 1.6 and SPDX 2.3.
//
// Read: CycloneDX 1.0 to 1.7 as JSON or XML; SPDX 2.2 and 2.3 as JSON, YAML, tag-value, XML or
// RDF/XML. Written documents carry, in places that both standards leave for such things, all that
// matching needs: reading one back gives the packages that went in (the list of files a package
// owns is left out). Properties of Trivy and Syft are understood.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/artifact.h"
#include "model/package.h"
#include "model/scan_report.h"

namespace bulkhead::sbom {

enum class Format : uint8_t {
  kCycloneDxJson,
  kCycloneDxXml,
  kSpdxJson,
  kSpdxYaml,
  kSpdxTagValue,
  kSpdxXml,
  kSpdxRdf,
};
std::string_view format_name(Format format);  // "cyclonedx-json"

struct SbomDocument {
  Format format = Format::kCycloneDxJson;
  std::string spec_version;  // "1.6", "2.3"
  std::string id;            // serial number (CycloneDX) or namespace (SPDX)
  std::string name;          // of the document or of what it describes
  model::Artifact artifact;  // what it describes, distribution included; kind kSbom if it is silent
  std::vector<model::Package> packages;  // sorted as in ScanReport
  uint64_t components = 0;  // all that the document lists, also what is no package (files, ...)
};

// Recognises the format and reads the document. kUnsupported when it is no bill of materials that
// is known here, kInvalid when it is one and broken. where names the file in diagnostics; it is
// also the name of an artifact that the document does not name.
base::Result<SbomDocument> read(std::string_view bytes, std::string_view where,
                                const base::Limits& limits, base::Diagnostics& diagnostics);

// Receives finished text piece by piece. A failure ends the writing and is returned.
using Out = std::function<base::Status(std::string_view)>;

// Deterministic: the serial number is a digest of the content, the time is ScanReport::created.
base::Status write_cyclonedx(const model::ScanReport& report, const Out& out);  // 1.6, JSON
// The same, and each package has the files that it owns as components of its own.
base::Status write_cyclonedx_with_files(const model::ScanReport& report, const Out& out);
base::Status write_spdx(const model::ScanReport& report, const Out& out);       // 2.3, JSON

}  // namespace bulkhead::sbom
