// SPDX-License-Identifier: Apache-2.0
// SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/). What SPDX has no field for stands in
// one annotation of each package (sbom/facts.h). The standard requires a creation time; a report
// without one gets the epoch. docs/formats/sbom.md describes the result.
#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/json_stream.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "sbom/facts.h"
#include "sbom/identity.h"
#include "sbom/licence.h"
#include "sbom/sbom.h"

namespace bulkhead::sbom {

namespace json = base::json;
using base::Status;
using model::Package;
using model::ScanReport;

namespace {

constexpr std::string_view kDocumentId = "SPDXRef-DOCUMENT";
constexpr std::string_view kArtifact = "SPDXRef-Artifact";
constexpr std::string_view kDistro = "SPDXRef-OperatingSystem";

std::string element_id(const std::string& ref, const Package& package) {
  constexpr size_t kReadable = 64;
  std::string out = "SPDXRef-Package-" + package.type + "-";
  for (char c : package.name.substr(0, kReadable)) {
    out += base::is_alnum(c) || c == '.' || c == '-' ? c : '-';
  }
  return out + "-" + crypto::sha256_hex(base::as_bytes(ref)).substr(0, 12);
}

std::string facts_text(std::string_view name, const Facts& facts) {
  std::map<std::string_view, std::vector<std::string_view>> sorted;
  for (const Fact& fact : facts) sorted[fact.key].push_back(fact.value);
  json::Writer writer(0);
  writer.begin_object().key(name).begin_object();
  // "type" opens an identity and so comes first.
  for (bool first : {true, false}) {
    for (const auto& [key, values] : sorted) {
      if ((key == "type") != first) continue;
      writer.key(key).begin_array();
      for (std::string_view value : values) writer.value(value);
      writer.end_array();
    }
  }
  writer.end_object().end_object();
  return writer.take();
}

class SpdxWriter {
 public:
  SpdxWriter(const ScanReport& report, const Out& out)
      : report_(report),
        stream_(out, 2),
        w_(stream_.writer()),
        refs_(package_refs(report)),
        dependencies_(report, refs_),
        created_(base::format_time(base::parse_time(report.created).value_or(0))),
        tool_("Tool: bulkhead" + (report.tool_version.empty() ? "" : "-" + report.tool_version)) {
    ids_.reserve(refs_.size());
    for (size_t i = 0; i < refs_.size(); ++i) {
      ids_.push_back(element_id(refs_[i], report.packages[i]));
    }
    for (size_t i = 0; i < report.findings.size(); ++i) {
      findings_[report.findings[i].package].push_back(i);
    }
  }

  Status run() {
    w_.begin_object().member("spdxVersion", "SPDX-2.3").member("dataLicense", "CC0-1.0");
    w_.member("SPDXID", kDocumentId);
    w_.member("name",
              report_.artifact.name.empty() ? std::string("unnamed") : report_.artifact.name);
    w_.member("documentNamespace", "urn:uuid:" + content_uuid(report_, "spdx"));
    w_.member_if("comment", not_judged());
    w_.key("creationInfo").begin_object().member("created", created_);
    w_.key("creators").begin_array().value(tool_).end_array().end_object();
    w_.key("packages").begin_array();
    write_artifact();
    if (report_.artifact.distro.known()) write_distro();
    for (size_t i = 0; i < report_.packages.size() && !stream_.failed(); ++i) write_package(i);
    w_.end_array();
    write_relationships();
    write_extracted_licences();
    w_.end_object();
    return stream_.finish();
  }

 private:
  // Without this, what nobody could judge looks as if it had no vulnerabilities.
  std::string not_judged() const {
    std::string out;
    if (!report_.vulnerabilities_scanned) return out;
    for (const model::NotJudged& what : report_.not_judged) {
      out += (out.empty() ? "Not judged: " : "; ") + what.what + ": " + what.reason;
    }
    return out;
  }

  // The fields that every package has to have, or had to in 2.2.
  void begin_package(std::string_view id, std::string_view name, std::string_view version) {
    w_.begin_object().member("SPDXID", id);
    w_.member("name", name.empty() ? std::string_view("unnamed") : name);
    w_.member_if("versionInfo", version);
    w_.member("downloadLocation", "NOASSERTION").member("filesAnalyzed", false);
    w_.member("licenseConcluded", "NOASSERTION").member("copyrightText", "NOASSERTION");
  }

  void annotate(std::string_view name, const Facts& facts) {
    w_.key("annotations").begin_array().begin_object();
    w_.member("annotationDate", created_).member("annotationType", "OTHER");
    w_.member("annotator", tool_).member("comment", facts_text(name, facts));
    w_.end_object().end_array();
  }

  void begin_reference(std::string_view category, std::string_view type) {
    w_.begin_object().member("referenceCategory", category).member("referenceType", type);
  }

  void write_artifact() {
    const model::Artifact& artifact = report_.artifact;
    begin_package(kArtifact, artifact.name, artifact.digest);
    w_.member("licenseDeclared", "NOASSERTION");
    bool image = artifact.kind == model::ArtifactKind::kImage;
    w_.member("primaryPackagePurpose", image ? "CONTAINER" : "OTHER");
    if (std::string purl = artifact_purl(artifact); !purl.empty()) {
      w_.key("externalRefs").begin_array();
      begin_reference("PACKAGE-MANAGER", "purl");
      w_.member("referenceLocator", purl).end_object().end_array();
    }
    annotate("bulkhead-artifact", artifact_facts(artifact));
    w_.end_object();
  }

  void write_distro() {
    const model::Distro& distro = report_.artifact.distro;
    begin_package(kDistro, distro.id, distro.version);
    w_.member("licenseDeclared", "NOASSERTION");
    w_.member("primaryPackagePurpose", "OPERATING_SYSTEM");
    w_.member_if("summary", distro.name);
    annotate("bulkhead-distro", distro_facts(distro));
    w_.end_object();
  }

  void write_package(size_t index) {
    const Package& package = report_.packages[index];
    begin_package(ids_[index], package.name, package.version);
    w_.member("licenseDeclared", declared_licence(package));
    if (!package.supplier.empty()) w_.member("supplier", "Organization: " + package.supplier);
    if (!package.source_name.empty() || !package.source_version.empty()) {
      w_.member("sourceInfo", "built package from: " + std::string(package.source_name_or_name()) +
                                  " " + std::string(package.source_version_or_version()));
    }
    write_checksum(package.digest);
    std::string purl = package.purl();
    write_references(index, purl);
    Facts all = package_facts(package, purl);
    if (dependencies_.is_exact(index)) {
      std::erase_if(all, [](const Fact& fact) { return fact.key == "depends-on"; });
    }
    annotate("bulkhead-package", all);
    w_.end_object();
  }

  void write_checksum(std::string_view digest) {
    auto parts = base::cut(digest, ":");
    if (!parts || digest_of(parts->first, parts->second).empty()) return;
    w_.key("checksums").begin_array().begin_object();
    w_.member("algorithm", parts->first == "sha256" ? "SHA256" : "SHA512");
    w_.member("checksumValue", parts->second).end_object().end_array();
  }

  // The purl, and each vulnerability as the standard's security reference "advisory".
  void write_references(size_t index, std::string_view purl) {
    w_.key("externalRefs").begin_array();
    begin_reference("PACKAGE-MANAGER", "purl");
    w_.member("referenceLocator", purl).end_object();
    auto found = findings_.find(index);
    if (found != findings_.end()) {
      for (size_t finding : found->second) {
        begin_reference("SECURITY", "advisory");
        w_.member("referenceLocator",
                  "https://osv.dev/vulnerability/" + report_.findings[finding].id);
        w_.end_object();
      }
    }
    w_.end_array();
  }

  // All licences of the list hold; one that is no expression becomes a LicenseRef.
  std::string declared_licence(const Package& package) {
    std::vector<std::string> parts;
    for (const std::string& text : package.licences) {
      std::string part;
      if (auto canonical = canonical_licence(text)) {
        part = *canonical;
      } else {
        part = licence_ref(text);
        extracted_.emplace(part, text);
      }
      bool brackets = package.licences.size() > 1 && part.find(" OR ") != std::string::npos;
      parts.push_back(brackets ? "(" + part + ")" : part);
    }
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts.empty() ? "NOASSERTION" : base::join(parts, " AND ");
  }

  void relate(std::string_view from, std::string_view type, std::string_view to) {
    w_.begin_object().member("spdxElementId", from).member("relationshipType", type);
    w_.member("relatedSpdxElement", to).end_object();
  }

  void write_relationships() {
    w_.key("relationships").begin_array();
    relate(kDocumentId, "DESCRIBES", kArtifact);
    if (report_.artifact.distro.known()) relate(kArtifact, "CONTAINS", kDistro);
    for (size_t i = 0; i < ids_.size() && !stream_.failed(); ++i) {
      relate(kArtifact, "CONTAINS", ids_[i]);
      for (size_t target : dependencies_.of(i)) relate(ids_[i], "DEPENDS_ON", ids_[target]);
    }
    w_.end_array();
  }

  void write_extracted_licences() {
    if (extracted_.empty()) return;
    w_.key("hasExtractedLicensingInfos").begin_array();
    for (const auto& [id, text] : extracted_) {
      w_.begin_object().member("licenseId", id).member("extractedText", text);
      w_.member("name", text).end_object();
    }
    w_.end_array();
  }

  const ScanReport& report_;
  json::Stream stream_;
  json::Writer& w_;
  std::vector<std::string> refs_;
  Dependencies dependencies_;
  std::string created_;
  std::string tool_;
  std::vector<std::string> ids_;
  std::map<size_t, std::vector<size_t>> findings_;  // by package
  std::map<std::string, std::string> extracted_;    // LicenseRef -> its text
};

}  // namespace

Status write_spdx(const ScanReport& report, const Out& out) {
  return SpdxWriter(report, out).run();
}

}  // namespace bulkhead::sbom
