// SPDX-License-Identifier: Apache-2.0
// From the SPDX model to packages, the same for every notation.
//
// The package that the document describes names the artifact. Packages that stand for an image, a
// distribution or a lock file are no packages here. Where a document breaks the standard in ways
// that do not stop us (Trivy's early writers did so a lot), each kind of breach is noted once, with
// a count and an example.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/json.h"
#include "base/text.h"
#include "sbom/facts.h"
#include "sbom/foreign.h"
#include "sbom/licence.h"
#include "sbom/spdx.h"

namespace bulkhead::sbom {

namespace json = base::json;
using model::Artifact;
using model::Package;

namespace {

constexpr std::string_view kDocument = "SPDXRef-DOCUMENT";

constexpr auto kRelations = std::to_array<std::string_view>({
    "AMENDS",
    "ANCESTOR_OF",
    "BUILD_DEPENDENCY_OF",
    "BUILD_TOOL_OF",
    "CONTAINED_BY",
    "CONTAINS",
    "COPY_OF",
    "DATA_FILE_OF",
    "DEPENDENCY_MANIFEST_OF",
    "DEPENDENCY_OF",
    "DEPENDS_ON",
    "DESCENDANT_OF",
    "DESCRIBED_BY",
    "DESCRIBES",
    "DEV_DEPENDENCY_OF",
    "DEV_TOOL_OF",
    "DISTRIBUTION_ARTIFACT",
    "DOCUMENTATION_OF",
    "DYNAMIC_LINK",
    "EXAMPLE_OF",
    "EXPANDED_FROM_ARCHIVE",
    "FILE_ADDED",
    "FILE_DELETED",
    "FILE_MODIFIED",
    "GENERATED_FROM",
    "GENERATES",
    "HAS_PREREQUISITE",
    "METAFILE_OF",
    "OPTIONAL_COMPONENT_OF",
    "OPTIONAL_DEPENDENCY_OF",
    "OTHER",
    "PACKAGE_OF",
    "PATCH_APPLIED",
    "PATCH_FOR",
    "PREREQUISITE_FOR",
    "PROVIDED_DEPENDENCY_OF",
    "REQUIREMENT_DESCRIPTION_FOR",
    "RUNTIME_DEPENDENCY_OF",
    "SPECIFICATION_FOR",
    "STATIC_LINK",
    "TEST_CASE_OF",
    "TEST_DEPENDENCY_OF",
    "TEST_OF",
    "TEST_TOOL_OF",
    "VARIANT_OF",
});

// RDF spells some of them otherwise (relationshipType_testcaseOf): underscores do not count.
std::string without_underscores(std::string_view text) {
  std::string out(text);
  std::erase(out, '_');
  return out;
}

// What breaks the standard: how often, and the first place.
class Breaches {
 public:
  void add(const std::string& what, std::string_view where) {
    auto [entry, fresh] = seen_.emplace(what, Breach{0, std::string(where)});
    ++entry->second.count;
  }
  void report(std::string_view file, base::Diagnostics& diagnostics) const {
    for (const auto& [what, breach] : seen_) {
      diagnostics.note("sbom-not-valid", file,
                       what + " (" + std::to_string(breach.count) +
                           " times, first: " + base::printable(breach.example, 100) + ")");
    }
  }

 private:
  struct Breach {
    uint64_t count;
    std::string example;
  };
  std::map<std::string, Breach> seen_;
};

void check(const SpdxModel& model, Breaches& breaches) {
  if (model.data_license != "CC0-1.0") {
    breaches.add("the data licence of an SPDX document is CC0-1.0", model.data_license);
  }
  std::map<std::string_view, bool> ids;
  for (const SpdxPackage& package : model.packages) {
    std::string_view where = package.id.empty() ? package.name : package.id;
    if (package.name.empty()) breaches.add("a package has no name", where);
    if (package.id.empty()) breaches.add("a package has no SPDXID", where);
    if (package.download_location.empty()) {
      breaches.add("a package has no download location", where);
    }
    if (!package.id.empty() && !ids.emplace(package.id, true).second) {
      breaches.add("two packages share an SPDXID", where);
    }
  }
  std::set<std::string, std::less<>> known;
  for (std::string_view type : kRelations) known.insert(without_underscores(type));
  for (const SpdxRelation& relation : model.relations) {
    if (!known.contains(without_underscores(relation.type))) {
      breaches.add("a relationship is of a kind that does not exist", relation.type);
    }
  }
}

// Calls f(key, value) for the facts in {"<name>": {"<key>": ["value"]}}; false when it is none.
template <typename F>
bool each_fact(const std::string& comment, std::string_view name, F&& f) {
  if (!comment.starts_with("{\"" + std::string(name) + "\"")) return false;
  auto parsed = json::Document::parse(comment);
  if (!parsed) return false;
  json::Value facts = parsed->root()[name];
  facts.each_member([&](std::string_view key, json::Value values) {
    values.each([&](json::Value value) { f(key, value.string_or("")); });
  });
  return facts.is_object();
}

bool stands_for_something_else(const SpdxPackage& package) {
  std::string purpose = package.purpose;
  std::replace(purpose.begin(), purpose.end(), '-', '_');
  if (purpose == "CONTAINER" || purpose == "OPERATING_SYSTEM") return true;
  if (!package.purl.empty()) return false;
  for (std::string_view start :
       {"SPDXRef-Application-", "SPDXRef-ContainerImage-", "SPDXRef-OperatingSystem-",
        "SPDXRef-DocumentRoot-", "SPDXRef-Filesystem-", "SPDXRef-Repository-"}) {
    if (package.id.starts_with(start)) return true;
  }
  return false;
}

bool is_distro(const SpdxPackage& package) {
  return package.id.starts_with("SPDXRef-OperatingSystem") ||
         package.purpose.starts_with("OPERATING");
}

std::string plain_supplier(std::string_view supplier) {
  if (supplier == "NOASSERTION") return "";
  for (std::string_view kind : {"Organization:", "Person:"}) {
    if (supplier.starts_with(kind)) return std::string(base::trim(supplier.substr(kind.size())));
  }
  return std::string(supplier);
}

class Assembler {
 public:
  Assembler(SpdxModel model, std::string_view where, SbomDocument& out,
            base::Diagnostics& diagnostics)
      : model_(std::move(model)), where_(where), out_(out), diagnostics_(diagnostics) {}

  void run() {
    out_.id = model_.name_space;
    out_.name = model_.name;
    out_.components = model_.packages.size() + model_.files + model_.snippets;
    find_described();
    for (const SpdxPackage& package : model_.packages) read_subject(package);
    for (const SpdxPackage& package : model_.packages) read_package(package);
    if (!out_.artifact.distro.known()) out_.artifact.distro = distro_of(out_.packages);
    read_dependencies();
  }
  const SpdxModel& model() const { return model_; }

 private:
  void find_described() {
    for (const SpdxRelation& relation : model_.relations) {
      // "DESCRIBE" is what some versions of Trivy write.
      if (relation.from == kDocument && relation.type.starts_with("DESCRIBE")) {
        described_.emplace(relation.to, true);
      }
      if (relation.to == kDocument && relation.type == "DESCRIBED_BY") {
        described_.emplace(relation.from, true);
      }
    }
  }

  void read_subject(const SpdxPackage& package) {
    Artifact& artifact = out_.artifact;
    bool ours = false;
    for (const std::string& comment : package.annotations) {
      ours |= each_fact(comment, "bulkhead-artifact", [&](std::string_view key, auto value) {
        apply_artifact_fact(key, value, artifact);
      });
      ours |= each_fact(comment, "bulkhead-distro", [&](std::string_view key, auto value) {
        apply_distro_fact(key, value, artifact.distro);
      });
    }
    if (ours) return;
    if (is_distro(package) && !artifact.distro.known()) {
      artifact.distro.id = base::lower(package.name);
      artifact.distro.version = package.version;
    }
    if (!described_.contains(package.id) || !stands_for_something_else(package)) return;
    artifact.name = package.name;
    if (package.purpose == "CONTAINER" || package.id.find("Image") != std::string::npos) {
      artifact.kind = model::ArtifactKind::kImage;
    }
    auto purl = model::Purl::parse_lenient(package.purl);
    if (purl && purl->version.starts_with("sha256:")) artifact.digest = purl->version;
    for (const std::string& comment : package.annotations) {
      if (auto parts = base::cut(comment, ": ")) {
        take_artifact_property("aquasecurity:trivy:" + std::string(parts->first), parts->second,
                               artifact);
      }
    }
  }

  void read_package(const SpdxPackage& from) {
    if (stands_for_something_else(from)) return;
    Package package;
    package.origin = model::Origin::kSbom;
    package.supplier = plain_supplier(from.supplier);
    package.digest = from.digest;
    bool ours = false;
    auto purl = model::Purl::parse_lenient(from.purl);
    if (purl) {
      take_purl(*purl, package);
      if (package.version.empty()) package.version = from.version;
    } else {
      package.type = "generic";
      package.name = from.name;
      package.version = from.version;
    }
    ForeignProperties foreign;
    for (const std::string& comment : from.annotations) {
      bool facts = each_fact(comment, "bulkhead-package", [&](std::string_view key, auto value) {
        apply_package_fact(key, value, package);
      });
      ours |= facts;
      auto parts = base::cut(comment, ": ");
      if (!facts && parts) {
        foreign.take("aquasecurity:trivy:" + std::string(parts->first), parts->second, package,
                     out_.artifact);
      }
    }
    if (!ours) {
      foreign.finish(package);
      take_source_info(from.source_info, package);
      take_licence(from, package);
    }
    note_bad_purl(from.purl, package.name, where_, diagnostics_);
    if (package.name.empty()) return;
    if (!package.depends_on.empty()) told_.insert(out_.packages.size());
    if (!from.id.empty()) by_id_.emplace(from.id, out_.packages.size());
    out_.packages.push_back(std::move(package));
  }

  static void take_licence(const SpdxPackage& from, Package& package) {
    auto says = [](const std::string& text) {
      return !text.empty() && text != "NOASSERTION" && text != "NONE";
    };
    const std::string* text = says(from.licence_declared)    ? &from.licence_declared
                              : says(from.licence_concluded) ? &from.licence_concluded
                                                             : nullptr;
    if (text == nullptr) return;
    package.licences.push_back(canonical_licence(*text).value_or(std::string(base::trim(*text))));
  }

  void read_dependencies() {
    for (const SpdxRelation& relation : model_.relations) {
      bool forward = relation.type == "DEPENDS_ON";
      if (!forward && relation.type != "DEPENDENCY_OF") continue;
      auto from = by_id_.find(forward ? relation.from : relation.to);
      auto to = by_id_.find(forward ? relation.to : relation.from);
      if (from == by_id_.end() || to == by_id_.end() || told_.contains(from->second)) continue;
      out_.packages[from->second].depends_on.push_back(out_.packages[to->second].purl());
    }
    sort_dependencies(out_.packages, told_);
  }

  SpdxModel model_;
  std::string_view where_;
  SbomDocument& out_;
  base::Diagnostics& diagnostics_;
  std::unordered_map<std::string, bool> described_;
  std::unordered_map<std::string, size_t> by_id_;
  std::unordered_set<size_t> told_;  // packages whose facts already name dependencies
};

}  // namespace

void take_reference(std::string_view type, std::string_view locator, SpdxPackage& package) {
  // A bare word, or the URI of it: http://spdx.org/rdf/references/purl.
  size_t at = type.find_last_of("/#");
  if (at != std::string_view::npos) type.remove_prefix(at + 1);
  if (type == "purl" && package.purl.empty()) package.purl = base::trim(locator);
}

void take_checksum(std::string_view algorithm, std::string_view hex, SpdxPackage& package) {
  std::string digest = digest_of(algorithm, hex);
  if (!digest.empty() && (package.digest.empty() || digest.starts_with("sha256:"))) {
    package.digest = std::move(digest);
  }
}

void assemble_spdx(SpdxModel model, std::string_view where, SbomDocument& out,
                   base::Diagnostics& diagnostics) {
  out.spec_version = model.version.starts_with("SPDX-") ? model.version.substr(5) : model.version;
  Breaches breaches;
  check(model, breaches);
  breaches.report(where, diagnostics);
  Assembler(std::move(model), where, out, diagnostics).run();
}

}  // namespace bulkhead::sbom
