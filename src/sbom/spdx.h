// SPDX-License-Identifier: Apache-2.0
// The part of the SPDX 2 model that matters here. Three readers fill it (tree notations, tag-value,
// RDF/XML); one function makes packages of it, so that all notations read alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/result.h"
#include "sbom/sbom.h"
#include "sbom/view.h"
#include "sbom/xml.h"

namespace bulkhead::sbom {

struct SpdxPackage {
  std::string id;  // "SPDXRef-..."
  std::string name;
  std::string version;
  std::string supplier;
  std::string download_location;
  std::string licence_declared;
  std::string licence_concluded;
  std::string purpose;  // CONTAINER, OPERATING-SYSTEM, ...
  std::string source_info;
  std::string purl;
  std::string digest;                    // as Package::digest
  std::vector<std::string> annotations;  // comments of annotations, attribution texts
};

struct SpdxRelation {
  std::string from;
  std::string type;  // DEPENDS_ON
  std::string to;
};

struct SpdxModel {
  std::string version;  // "SPDX-2.3"
  std::string name_space;
  std::string name;
  std::string data_license;
  std::vector<SpdxPackage> packages;
  std::vector<SpdxRelation> relations;
  std::vector<std::string> annotations;  // of the document
  uint64_t files = 0;
  uint64_t snippets = 0;
};

// JSON, YAML and XML share one shape.
base::Result<SpdxModel> read_spdx_tree(View root, const base::Limits& limits);
base::Result<SpdxModel> read_spdx_tag_value(std::string_view text, const base::Limits& limits);
base::Result<SpdxModel> read_spdx_rdf(const XmlDocument& document, const base::Limits& limits);

// Takes over one external reference or checksum, whatever the notation.
void take_reference(std::string_view type, std::string_view locator, SpdxPackage& package);
void take_checksum(std::string_view algorithm, std::string_view hex, SpdxPackage& package);

// Makes packages of it. What breaks the standard without hindering us is noted in diagnostics.
void assemble_spdx(SpdxModel model, std::string_view where, SbomDocument& out,
                   base::Diagnostics& diagnostics);

}  // namespace bulkhead::sbom
