// SPDX-License-Identifier: Apache-2.0
// SPDX RDF/XML (the OWL terms of http://spdx.org/rdf/terms): typed nodes with rdf:about, references
// by rdf:resource, and one node written inside another wherever the writer met it first. So every
// element is looked at, wherever it stands; several descriptions of one package are one package.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "sbom/spdx.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kTerms = "http://spdx.org/rdf/terms#";
constexpr int kMaxLicenceDepth = 32;

// The name behind the last '#' or '/': "SPDXRef-Package", "Apache-2.0", "noassertion".
std::string_view tail(std::string_view uri) {
  size_t at = uri.find_last_of("#/");
  return at == std::string_view::npos ? uri : uri.substr(at + 1);
}

// "relationshipType_dependsOn" -> "DEPENDS_ON"; the separator goes in front of each capital.
std::string constant(std::string_view uri, char separator) {
  std::string_view name = tail(uri);
  if (auto parts = base::cut(name, "_")) name = parts->second;
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += separator;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c == '_' ? separator : c;
  }
  return out;
}

std::string_view id_of(XmlElement element) {
  std::string_view about = element.attribute("about");
  return about.empty() ? element.attribute("nodeID") : tail(about);
}

class RdfReader {
 public:
  RdfReader(const XmlDocument& document, const base::Limits& limits)
      : document_(document), limits_(limits), budget_(4ull * document.size()) {}

  Result<SpdxModel> run() {
    for (uint32_t i = 0; i < document_.size(); ++i) {
      XmlElement element = document_.at(i);
      std::string_view node = element.attribute("nodeID");
      if (!node.empty() && !element.first_child().missing()) nodes_.emplace(node, element);
    }
    for (uint32_t i = 0; i < document_.size(); ++i) {
      XmlElement element = document_.at(i);
      if (element.space() != kTerms || element.first_child().missing()) continue;
      if (element.name() == "SpdxDocument") read_document(element);
      if (element.name() == "Package") read_package(element);
      if (element.name() == "File") ++out_.files;
      if (element.name() == "Snippet") ++out_.snippets;
      read_relations(element);
      if (out_.packages.size() + out_.relations.size() > limits_.max_entries) {
        return Error(Code::kLimit, "SPDX: more than " + std::to_string(limits_.max_entries) +
                                       " packages and relationships");
      }
    }
    return std::move(out_);
  }

 private:
  template <typename F>
  static void each_child(XmlElement parent, F&& f) {
    for (XmlElement at = parent.first_child(); !at.missing(); at = at.next()) f(at);
  }

  void read_document(XmlElement element) {
    out_.version = element.child("specVersion").text();
    std::string_view about = element.attribute("about");
    out_.name_space = about.substr(0, about.find('#'));
    out_.name = element.child("name").text();
    out_.data_license = licence(element.child("dataLicense"), 0);
    each_child(element, [&](XmlElement child) {
      if (child.name() == "annotation") read_annotation(child, out_.annotations);
    });
  }

  void read_package(XmlElement element) {
    auto [known, fresh] = by_id_.emplace(id_of(element), out_.packages.size());
    if (fresh) out_.packages.emplace_back().id = id_of(element);
    SpdxPackage& package = out_.packages[known->second];
    each_child(element, [&](XmlElement child) { package_field(child, package); });
  }

  void package_field(XmlElement child, SpdxPackage& package) {
    std::string_view name = child.name();
    if (child.space() != kTerms) return;
    if (name == "name") package.name = child.text();
    if (name == "versionInfo") package.version = child.text();
    if (name == "supplier") package.supplier = child.text();
    if (name == "sourceInfo") package.source_info = child.text();
    if (name == "attributionText") package.annotations.emplace_back(child.text());
    if (name == "annotation") read_annotation(child, package.annotations);
    if (name == "primaryPackagePurpose") {
      package.purpose = constant(child.attribute("resource"), '-');
    }
    if (name == "downloadLocation") {
      std::string_view uri = child.attribute("resource");
      package.download_location = uri.empty() ? child.text() : uri;
    }
    if (name == "licenseDeclared") package.licence_declared = licence(child, 0);
    if (name == "licenseConcluded") package.licence_concluded = licence(child, 0);
    if (name == "checksum") {
      XmlElement sum = child.child("Checksum");
      std::string_view algorithm = tail(sum.child("algorithm").attribute("resource"));
      auto parts = base::cut(algorithm, "_");
      take_checksum(parts ? parts->second : algorithm, sum.child("checksumValue").text(), package);
    }
    if (name == "externalRef") {
      XmlElement reference = child.child("ExternalRef");
      XmlElement type = reference.child("referenceType");
      std::string_view uri = type.attribute("resource");
      if (uri.empty()) uri = type.child("ReferenceType").attribute("about");
      take_reference(uri, reference.child("referenceLocator").text(), package);
    }
  }

  static void read_annotation(XmlElement child, std::vector<std::string>& to) {
    each_child(child.child("Annotation"), [&](XmlElement field) {
      if (field.name() == "comment") to.emplace_back(field.text());
    });
  }

  // A licence property: a reference, or one node inside.
  std::string licence(XmlElement property, int depth) {
    std::string_view uri = property.attribute("resource");
    if (!uri.empty()) return licence_name(uri);
    XmlElement node = property.first_child();
    std::string_view blank = property.attribute("nodeID");
    if (auto found = nodes_.find(blank); !blank.empty() && found != nodes_.end()) {
      if (budget_ == 0) return "NOASSERTION";
      --budget_;
      node = found->second;
    }
    if (node.missing()) return std::string(property.text());
    if (depth > kMaxLicenceDepth) return "NOASSERTION";
    std::string_view kind = node.name();
    if (kind == "ConjunctiveLicenseSet" || kind == "DisjunctiveLicenseSet") {
      return members(node, kind.front() == 'C' ? " AND " : " OR ", depth);
    }
    if (kind == "WithExceptionOperator") {
      std::string exception(node.child("licenseException").attribute("resource"));
      XmlElement inner = node.child("licenseException").child("ListedLicenseException");
      if (exception.empty()) exception = inner.attribute("about");
      return licence(node.child("member"), depth + 1) + " WITH " + std::string(tail(exception));
    }
    if (kind == "OrLaterOperator") return licence(node.child("member"), depth + 1) + "+";
    return licence_name(node.attribute("about"));
  }

  std::string members(XmlElement set, std::string_view operation, int depth) {
    std::vector<std::string> texts;
    each_child(set, [&](XmlElement member) {
      if (budget_ == 0) return;
      --budget_;
      if (member.name() == "member") texts.push_back(licence(member, depth + 1));
    });
    for (std::string& text : texts) {
      if (text.find(' ') != std::string::npos) text = "(" + text + ")";
    }
    return base::join(texts, operation);
  }

  static std::string licence_name(std::string_view uri) {
    std::string_view name = tail(uri);
    if (name == "noassertion") return "NOASSERTION";
    if (name == "none") return "NONE";
    return std::string(name);
  }

  void read_relations(XmlElement subject) {
    std::string_view from = id_of(subject);
    if (from.empty()) return;
    each_child(subject, [&](XmlElement child) {
      if (child.space() != kTerms) return;
      if (child.name() == "describesPackage") {
        out_.relations.push_back({std::string(from), "DESCRIBES", std::string(target(child))});
      }
      XmlElement relation = child.child("Relationship");
      if (child.name() != "relationship" || relation.missing()) return;
      out_.relations.push_back(
          {std::string(from),
           constant(relation.child("relationshipType").attribute("resource"), '_'),
           std::string(target(relation.child("relatedSpdxElement")))});
    });
  }

  static std::string_view target(XmlElement property) {
    std::string_view uri = property.attribute("resource");
    return uri.empty() ? id_of(property.first_child()) : tail(uri);
  }

  const XmlDocument& document_;
  const base::Limits& limits_;
  uint64_t budget_;  // steps through blank nodes and sets, which may refer to each other
  SpdxModel out_;
  std::map<std::string_view, XmlElement> nodes_;
  std::map<std::string_view, size_t> by_id_;
};

}  // namespace

Result<SpdxModel> read_spdx_rdf(const XmlDocument& document, const base::Limits& limits) {
  return RdfReader(document, limits).run();
}

}  // namespace bulkhead::sbom
