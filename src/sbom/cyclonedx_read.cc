// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.0 to 1.7 (https://cyclonedx.org/specification/overview/), JSON and XML through View.
//
// A component is a package when it has a purl, or a name and a kind that is software; without a
// purl it is "generic", which nothing can judge, and is reported as such later. Nested components
// count like the others. The reader is not a validator: what it does not need it does not look at.
#include "sbom/cyclonedx_read.h"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "sbom/facts.h"
#include "sbom/foreign.h"
#include "sbom/identity.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::Package;

namespace {

constexpr int kMaxNesting = 64;

bool is_software(std::string_view type) {
  return type == "library" || type == "framework" || type == "application" || type == "firmware" ||
         type == "platform" || type == "device-driver" || type.empty();
}

uint32_t to_line(std::optional<int64_t> number) {
  return number && *number > 0 && *number <= UINT32_MAX ? static_cast<uint32_t>(*number) : 0;
}

// "layer 3", as our writer puts it beside an occurrence.
int32_t parse_layer(std::string_view context) {
  auto parts = base::cut(context, "layer ");
  if (!parts || !parts->first.empty()) return -1;
  auto layer = base::to_number<int32_t>(parts->second);
  return layer && *layer >= 0 ? *layer : -1;
}

class Reader {
 public:
  Reader(View root, std::string_view where, const base::Limits& limits, SbomDocument& out,
         base::Diagnostics& diagnostics)
      : root_(root), where_(where), limits_(limits), out_(out), diagnostics_(diagnostics) {}

  Status run() {
    out_.id = root_.text("serialNumber");
    std::string version = std::to_string(root_.integer("version").value_or(1));
    out_.artifact.document = bom_link(out_.id, version);
    View metadata = root_["metadata"];
    View subject = metadata["component"];
    if (!subject.missing()) {
      read_subject(subject);
      TRY(read_components(subject, 1));
    }
    TRY(read_components(root_, 0));
    if (!out_.artifact.distro.known()) out_.artifact.distro = distro_of(out_.packages);
    read_dependencies();
    return {};
  }

 private:
  // What the document is about: names the artifact, is no package itself.
  void read_subject(View subject) {
    ++out_.components;
    model::Artifact& artifact = out_.artifact;
    std::string_view name = subject.text("name");
    if (!name.empty()) out_.name = artifact.name = name;
    std::string_view type = subject.text("type");
    if (type == "container") artifact.kind = model::ArtifactKind::kImage;
    std::string_view version = subject.text("version");
    if (version.starts_with("sha256:")) artifact.digest = version;
    if (auto purl = model::Purl::parse_lenient(subject.text("purl"))) {
      if (purl->type == "oci" && purl->version.starts_with("sha256:")) {
        artifact.digest = purl->version;
      }
    }
    each_property(subject, [&](std::string_view key, std::string_view value) {
      if (key.starts_with(kFactPrefix)) {
        apply_artifact_fact(key.substr(kFactPrefix.size()), value, artifact);
      } else {
        take_artifact_property(key, value, artifact);
      }
    });
  }

  Status read_components(View parent, int depth) {
    if (depth > kMaxNesting) {
      return Error(Code::kLimit, "CycloneDX: components are nested too deeply");
    }
    Status status;
    parent.each("components", "component", [&](View component) {
      if (!status) return;
      if (++out_.components > limits_.max_entries) {
        status = Error(Code::kLimit, "CycloneDX: more than " + std::to_string(limits_.max_entries) +
                                         " components");
        return;
      }
      if (component.text("type") == "operating-system") {
        read_distro(component);
      } else {
        read_package(component);
      }
      status = read_components(component, depth + 1);
    });
    return status;
  }

  void read_distro(View component) {
    model::Distro& distro = out_.artifact.distro;
    if (distro.known()) return;
    distro.id = base::lower(component.text("name"));
    distro.version = component.text("version");
    each_property(component, [&](std::string_view key, std::string_view value) {
      if (key.starts_with(kFactPrefix)) {
        apply_distro_fact(key.substr(kFactPrefix.size()), value, distro);
      } else {
        take_distro_property(key, value, distro);
      }
    });
  }

  void read_package(View component) {
    Package package;
    package.origin = model::Origin::kSbom;
    auto purl = model::Purl::parse_lenient(component.text("purl"));
    if (purl) {
      take_purl(*purl, package);
      if (package.version.empty()) package.version = component.text("version");
    } else {
      package.type = "generic";
      package.name_space = component.text("group");
      package.name = component.text("name");
      package.version = component.text("version");
    }
    package.optional = component.text("scope") == "optional";
    package.supplier = component["supplier"].text("name");
    if (package.supplier.empty()) package.supplier = component.text("publisher");
    read_licences(component, package);
    read_hashes(component, package);
    read_occurrences(component, package);
    ForeignProperties foreign;
    bool ours = false;
    each_property(component, [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(kFactPrefix)) {
        return foreign.take(key, value, package, out_.artifact);
      }
      ours = true;
      apply_package_fact(key.substr(kFactPrefix.size()), value, package);
    });
    if (!ours) {
      foreign.finish(package);
      if (!purl && (!foreign.is_package() || !is_software(component.text("type")))) return;
    }
    if (!purl) note_bad_purl(component.text("purl"), package.name, where_, diagnostics_);
    if (package.name.empty() || component.text("type") == "container") return;
    std::string_view ref = component.text("bom-ref");
    if (!ref.empty()) refs_.emplace(ref, out_.packages.size());
    package.bom_ref = ref;
    // Our own facts name dependencies as the lock file does; the graph is for other tools then.
    if (!package.depends_on.empty()) told_.insert(out_.packages.size());
    out_.packages.push_back(std::move(package));
  }

  static void read_licences(View component, Package& package) {
    component.each_kind("licenses", [&](std::string_view kind, View licence) {
      std::string_view text;
      if (kind == "expression") text = licence.text();
      if (kind == "expression-detailed") text = licence.text("expression");  // XML of 1.7
      if (kind == "license")
        text = licence.text("id").empty() ? licence.text("name") : licence.text("id");
      if (!text.empty()) package.licences.emplace_back(text);
    });
  }

  static void read_hashes(View component, Package& package) {
    component.each("hashes", "hash", [&](View hash) {
      std::string digest = digest_of(hash.text("alg"), hash.content("content"));
      // SHA-256 before SHA-512, whatever the order.
      if (!digest.empty() && (package.digest.empty() || digest.starts_with("sha256:"))) {
        package.digest = std::move(digest);
      }
    });
  }

  static void read_occurrences(View component, Package& package) {
    component["evidence"].each("occurrences", "occurrence", [&](View occurrence) {
      std::string_view path = occurrence.text("location");
      while (!path.empty() && path.front() == '/') path.remove_prefix(1);
      if (path.empty()) return;
      model::Location& location = package.locations.emplace_back();
      location.path = path;
      location.line = to_line(occurrence.integer("line"));
      location.layer = parse_layer(occurrence.text("additionalContext"));
    });
  }

  template <typename F>
  static void each_property(View component, F&& f) {
    component.each("properties", "property",
                   [&](View property) { f(property.text("name"), property.content("value")); });
  }

  void read_dependencies() {
    root_.each("dependencies", "dependency", [&](View dependency) {
      auto from = refs_.find(std::string(dependency.text("ref")));
      if (from == refs_.end() || told_.contains(from->second)) return;
      Package& package = out_.packages[from->second];
      auto add = [&](std::string_view ref) {
        auto to = refs_.find(std::string(ref));
        if (to != refs_.end()) package.depends_on.push_back(out_.packages[to->second].purl());
      };
      dependency.each("dependsOn", "", [&](View ref) { add(ref.text()); });            // JSON
      dependency.each("dependency", "", [&](View inner) { add(inner.text("ref")); });  // XML
    });
    sort_dependencies(out_.packages, told_);
  }

  View root_;
  std::string_view where_;
  const base::Limits& limits_;
  SbomDocument& out_;
  base::Diagnostics& diagnostics_;
  std::unordered_map<std::string, size_t> refs_;
  std::unordered_set<size_t> told_;  // packages whose facts already name dependencies
};

}  // namespace

Status read_cyclonedx(View root, std::string_view where, const base::Limits& limits,
                      SbomDocument& out, base::Diagnostics& diagnostics) {
  return Reader(root, where, limits, out, diagnostics).run();
}

}  // namespace bulkhead::sbom
