// SPDX-License-Identifier: Apache-2.0
// SPDX 2.2 and 2.3 as JSON, YAML or XML: the names of spdx-schema.json.
#include "sbom/spdx.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Result;

namespace {

SpdxPackage read_package(View view) {
  SpdxPackage out;
  out.id = view.text("SPDXID");
  out.name = view.text("name");
  out.version = view.text("versionInfo");
  out.supplier = view.text("supplier");
  out.download_location = view.text("downloadLocation");
  out.licence_declared = view.text("licenseDeclared");
  out.licence_concluded = view.text("licenseConcluded");
  out.purpose = view.text("primaryPackagePurpose");
  out.source_info = view.text("sourceInfo");
  view.each("externalRefs", "", [&](View reference) {
    take_reference(reference.text("referenceType"), reference.text("referenceLocator"), out);
  });
  view.each("checksums", "", [&](View checksum) {
    take_checksum(checksum.text("algorithm"), checksum.text("checksumValue"), out);
  });
  view.each("annotations", "",
            [&](View annotation) { out.annotations.emplace_back(annotation.text("comment")); });
  view.each("attributionTexts", "", [&](View text) { out.annotations.emplace_back(text.text()); });
  return out;
}

}  // namespace

Result<SpdxModel> read_spdx_tree(View root, const base::Limits& limits) {
  SpdxModel out;
  out.version = root.text("spdxVersion");
  out.name_space = root.text("documentNamespace");
  out.name = root.text("name");
  out.data_license = root.text("dataLicense");
  uint64_t entries = 0;
  auto room = [&] { return ++entries <= limits.max_entries; };
  root.each("packages", "", [&](View package) {
    if (room()) out.packages.push_back(read_package(package));
  });
  root.each("relationships", "", [&](View relation) {
    if (!room()) return;
    out.relations.push_back({std::string(relation.text("spdxElementId")),
                             std::string(relation.text("relationshipType")),
                             std::string(relation.text("relatedSpdxElement"))});
  });
  root.each("documentDescribes", "", [&](View id) {
    if (room()) out.relations.push_back({"SPDXRef-DOCUMENT", "DESCRIBES", std::string(id.text())});
  });
  root.each("annotations", "",
            [&](View annotation) { out.annotations.emplace_back(annotation.text("comment")); });
  root.each("files", "", [&](View) { ++out.files; });
  root.each("snippets", "", [&](View) { ++out.snippets; });
  if (entries > limits.max_entries) {
    return Error(Code::kLimit, "SPDX: more than " + std::to_string(limits.max_entries) +
                                   " packages and relationships");
  }
  return out;
}

}  // namespace bulkhead::sbom
