// SPDX-License-Identifier: Apache-2.0
// Recognises what kind of document it is by its first bytes and its root, and hands it on.
#include "sbom/sbom.h"

#include <algorithm>
#include <tuple>

#include "base/json.h"
#include "base/node.h"
#include "base/text.h"
#include "base/utf16.h"
#include "sbom/cyclonedx_read.h"
#include "sbom/spdx.h"
#include "sbom/xml.h"

namespace bulkhead::sbom {

namespace json = base::json;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kCycloneDxSpace = "http://cyclonedx.org/schema/bom/1.";
constexpr std::string_view kRdfSpace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr std::string_view kKnown =
    "known are CycloneDX 1.x and SPDX 2.2 and 2.3 (JSON, XML, YAML, tag-value, RDF/XML)";

Error unknown(std::string_view what) {
  return Error(Code::kUnsupported, std::string(what) + "; " + std::string(kKnown));
}

class Recogniser {
 public:
  Recogniser(std::string_view text, std::string_view where, const base::Limits& limits,
             base::Diagnostics& diagnostics, SbomDocument& out)
      : text_(text), where_(where), limits_(limits), diagnostics_(diagnostics), out_(out) {}

  Status run() {
    std::string_view start = base::trim(text_);
    if (start.starts_with('{')) return read_json();
    if (start.starts_with('<')) return read_xml();
    if (has_line("SPDXVersion:")) return read_tag_value();
    if (has_line("spdxVersion:") || has_line("\"spdxVersion\":")) return read_yaml();
    return unknown("not a bill of materials that is known here");
  }

 private:
  // Whether a line begins so, white space aside. One pass.
  bool has_line(std::string_view begin) const {
    std::string_view rest = text_;
    std::string_view line;
    while (base::next_line(rest, line)) {
      if (base::trim(line).starts_with(begin)) return true;
    }
    return false;
  }

  Status read_json() {
    json::Document::Options options;
    options.limits = limits_;
    json::RepeatedKeys repeated;
    options.repeated = &repeated;
    json::Document document = TRY(json::Document::parse(text_, options));
    if (repeated.count > 0) diagnostics_.skipped("duplicate-key", where_, repeated.message());
    json::Value root = document.root();
    if (root["bomFormat"].string_or("") == "CycloneDX") {
      return read_cyclonedx_versioned(Format::kCycloneDxJson, View(root),
                                      root["specVersion"].string_or(""));
    }
    if (root["spdxVersion"].is_string()) return read_spdx(Format::kSpdxJson, View(root));
    if (root["@context"].string_or("").find("spdx.org/rdf/3") != std::string_view::npos) {
      return unknown("SPDX 3 is not read yet");
    }
    if (root["@context"].string_or("").find("openvex") != std::string_view::npos) {
      return unknown("this is an OpenVEX document, not a bill of materials");
    }
    return unknown("a JSON document that is neither CycloneDX nor SPDX");
  }

  Status read_xml() {
    XmlDocument document = TRY(XmlDocument::parse(text_, limits_));
    XmlElement root = document.root();
    if (root.name() == "bom" && root.space().starts_with(kCycloneDxSpace)) {
      std::string_view version = root.space().substr(kCycloneDxSpace.size() - 2);
      return read_cyclonedx_versioned(Format::kCycloneDxXml, View(root), version);
    }
    if (root.name() == "RDF" && root.space() == kRdfSpace) {
      out_.format = Format::kSpdxRdf;
      return finish_spdx(TRY(read_spdx_rdf(document, limits_)));
    }
    if (root.name() == "Document" && !root.child("spdxVersion").missing()) {
      return read_spdx(Format::kSpdxXml, View(root));
    }
    return unknown("an XML document that is neither CycloneDX nor SPDX");
  }

  Status read_yaml() {
    base::Node root = TRY(base::parse_yaml(text_, limits_));
    if (!root["spdxVersion"].is_scalar()) {
      return unknown("a YAML document that is not SPDX");
    }
    return read_spdx(Format::kSpdxYaml, View(&root));
  }

  Status read_tag_value() {
    out_.format = Format::kSpdxTagValue;
    return finish_spdx(TRY(read_spdx_tag_value(text_, limits_)));
  }

  Status read_spdx(Format format, View root) {
    out_.format = format;
    return finish_spdx(TRY(read_spdx_tree(root, limits_)));
  }

  Status finish_spdx(SpdxModel model) {
    if (!model.version.starts_with("SPDX-2.")) {
      return unknown("SPDX version \"" + base::printable(model.version, 20) + "\"");
    }
    assemble_spdx(std::move(model), where_, out_, diagnostics_);
    return {};
  }

  Status read_cyclonedx_versioned(Format format, View root, std::string_view version) {
    out_.format = format;
    out_.spec_version = version;
    auto parts = base::cut(version, ".");
    auto minor = parts ? base::to_number<unsigned>(parts->second) : std::nullopt;
    if (!minor || parts->first != "1") {
      return unknown("CycloneDX version \"" + base::printable(version, 20) + "\"");
    }
    constexpr unsigned kNewest = 7;
    if (*minor > kNewest) {
      diagnostics_.note("sbom-newer", where_,
                        "CycloneDX " + std::string(version) +
                            " is newer than 1.7; what it adds is not looked at");
    }
    return read_cyclonedx(root, where_, limits_, out_, diagnostics_);
  }

  std::string_view text_;
  std::string_view where_;
  const base::Limits& limits_;
  base::Diagnostics& diagnostics_;
  SbomDocument& out_;
};

// It names the encoding that the text had before; without one it is UTF-8, which is right now.
void drop_xml_declaration(std::string_view& text) {
  size_t end = text.starts_with("<?xml") ? text.find("?>") : text.npos;
  if (end != text.npos) text.remove_prefix(end + 2);
}

}  // namespace

std::string_view format_name(Format format) {
  switch (format) {
    case Format::kCycloneDxJson: return "cyclonedx-json";
    case Format::kCycloneDxXml: return "cyclonedx-xml";
    case Format::kSpdxJson: return "spdx-json";
    case Format::kSpdxYaml: return "spdx-yaml";
    case Format::kSpdxTagValue: return "spdx-tag-value";
    case Format::kSpdxXml: return "spdx-xml";
    case Format::kSpdxRdf: return "spdx-rdf";
  }
  return "unknown";
}

Result<SbomDocument> read(std::string_view bytes, std::string_view where,
                          const base::Limits& limits, base::Diagnostics& diagnostics) {
  if (bytes.size() > limits.max_bytes) {
    return Error(Code::kLimit, "a bill of materials of " + std::to_string(bytes.size()) +
                                   " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  SbomDocument out;
  out.artifact.kind = model::ArtifactKind::kSbom;
  std::string decoded;
  if (auto utf16 = base::decode_utf16(bytes)) {
    bytes = decoded = *std::move(utf16);
    drop_xml_declaration(bytes);
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  TRY(Recogniser(bytes, where, limits, diagnostics, out).run());
  if (out.artifact.name.empty()) out.artifact.name = where;
  if (out.name.empty()) out.name = out.artifact.name;
  // The order of a scan, so that a document and what it was made of give the same report.
  std::stable_sort(out.packages.begin(), out.packages.end(), [](const auto& a, const auto& b) {
    return std::tie(a.type, a.name, a.version, a.locations) <
           std::tie(b.type, b.name, b.version, b.locations);
  });
  return out;
}

}  // namespace bulkhead::sbom
