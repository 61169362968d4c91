// SPDX-License-Identifier: Apache-2.0
// Scope of VEX statements. A product is what was scanned when its digest, its purl (type oci or
// docker), its name or the serial number of the scanned SBOM says so; else it may be a package, or
// one that holds the package in question and through which alone it came: what an application says
// about a library says nothing about another application's use of it.
//
// A purl names a package when type, namespace, name, version and all qualifiers that it has agree;
// one without version names every version. Where a range cannot be compared, because the order of
// its versions is not known here, it names nothing.
#include "decide/vex/scope.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "decide/vex/names.h"
#include "model/purl.h"
#include "sbom/identity.h"
#include "version/vers.h"

namespace bulkhead::decide {

using model::Package;
using model::Purl;
using model::VexComponent;

struct VexScope::Component {
  const VexComponent* source;
  std::vector<Purl> purls;
  std::vector<version::VersRange> ranges;
  bool unreadable_range = false;
};

// Who brings whom: dependencies, and the distribution's package that owns a language package.
struct VexScope::Graph {
  std::vector<std::vector<size_t>> children;
  std::vector<size_t> roots;
  std::map<std::vector<size_t>, std::vector<bool>> reached_without;

  explicit Graph(const model::ScanReport& report) : children(report.packages.size()) {
    std::vector<std::string> refs = sbom::package_refs(report);
    sbom::Dependencies dependencies(report, refs);
    std::map<std::string_view, size_t> by_ref;
    for (size_t i = 0; i < refs.size(); ++i) by_ref.emplace(refs[i], i);
    std::vector<bool> held(children.size());
    auto add = [&](size_t from, size_t to) {
      if (from == to) return;
      children[from].push_back(to);
      held[to] = true;
    };
    for (size_t i = 0; i < children.size(); ++i) {
      for (size_t to : dependencies.of(i)) add(i, to);
      auto owner = by_ref.find(report.packages[i].owner);
      if (owner != by_ref.end()) add(owner->second, i);
    }
    for (size_t i = 0; i < children.size(); ++i) {
      if (!held[i]) roots.push_back(i);
    }
    // What only hangs together in a circle has no root; each of it may be one.
    std::vector<bool> reached = reach({});
    for (size_t i = 0; i < children.size(); ++i) {
      if (!reached[i]) roots.push_back(i);
    }
  }

  // What can be reached from the roots without going through these.
  std::vector<bool> reach(const std::vector<size_t>& without) const {
    std::vector<bool> seen(children.size());
    std::vector<bool> closed(children.size());
    for (size_t i : without) closed[i] = true;
    std::vector<size_t> open = roots;
    while (!open.empty()) {
      size_t at = open.back();
      open.pop_back();
      if (seen[at] || closed[at]) continue;
      seen[at] = true;
      open.insert(open.end(), children[at].begin(), children[at].end());
    }
    return seen;
  }
};

namespace {

std::string name_key(std::string_view type, std::string_view name_space, std::string_view name) {
  return std::string(type) + "/" + std::string(name_space) + "/" + std::string(name);
}

bool is_source_purl(const Purl& purl) {
  auto arch = purl.qualifiers.find("arch");
  return arch != purl.qualifiers.end() && (arch->second == "src" || arch->second == "source");
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return !text.empty() && std::find(list.begin(), list.end(), text) != list.end();
}

// What the purl and the component say about versions; the version as purls write it.
bool version_fits(const Purl& purl, const VexComponent& component,
                  const std::vector<version::VersRange>& ranges, bool unreadable,
                  std::string_view version) {
  if (!purl.version.empty() && !same_version(purl.type, purl.version, version)) return false;
  auto range = purl.qualifiers.find("vers");
  if (range != purl.qualifiers.end()) {
    auto parsed = version::VersRange::parse(range->second);
    if (!parsed || !parsed->contains(version).value_or(false)) return false;
  }
  if (component.versions.empty() && ranges.empty() && !unreadable) return true;
  return std::any_of(component.versions.begin(), component.versions.end(),
                     [&](const std::string& v) { return same_version(purl.type, v, version); }) ||
         std::any_of(ranges.begin(), ranges.end(), [&](const version::VersRange& r) {
           return r.contains(version).value_or(false);
         });
}

}  // namespace

VexScope::VexScope(const model::ScanReport& report) : report_(report) {
  for (size_t i = 0; i < report.packages.size(); ++i) {
    auto purl = Purl::parse_lenient(report.packages[i].purl());
    if (!purl) continue;
    by_name_.emplace(name_key(purl->type, purl->name_space, purl->name), i);
    std::string_view source = report.packages[i].source_name;
    if (source.empty() || source == report.packages[i].name) continue;
    by_name_.emplace(name_key(purl->type, purl->name_space, source), i);
  }
}

VexScope::~VexScope() = default;

const VexScope::Component& VexScope::parsed(const VexComponent& component) {
  std::unique_ptr<Component>& out = parsed_[&component];
  if (out) return *out;
  out = std::make_unique<Component>();
  out->source = &component;
  for (const std::string& text : component.purls) {
    auto purl = Purl::parse_lenient(text);
    if (purl) out->purls.push_back(*std::move(purl));
  }
  for (const std::string& text : component.ranges) {
    auto range = version::VersRange::parse(text);
    if (range) out->ranges.push_back(*std::move(range));
    if (!range) out->unreadable_range = true;
  }
  return *out;
}

std::string VexScope::stands_for_artifact(const Component& component) const {
  const model::Artifact& artifact = report_.artifact;
  const VexComponent& names = *component.source;
  for (const std::string* digest : {&artifact.digest, &artifact.index_digest}) {
    if (contains(names.hashes, *digest)) return "the image's digest";
  }
  bool serial = !artifact.document.empty() && names.id == artifact.document;
  if (serial) return "the SBOM's serial number";
  for (const Purl& purl : component.purls) {
    ImageFit how = image_purl_fits(purl, artifact);
    // A digest says it all; of names, only some versions may be meant.
    if (how == ImageFit::kByDigest) return "the image's digest";
    if (how == ImageFit::kNo || !image_version_fits(names, artifact)) continue;
    return how == ImageFit::kByName ? "the image's name" : "the image's name only, of any registry";
  }
  // One with a purl is called by that; its other names are for people.
  if (!component.purls.empty()) return "";
  for (const std::string* name : {&names.id, &names.name}) {
    bool same = !name->empty() && artifact_is_named(*name, artifact);
    if (same && image_version_fits(names, artifact)) return "the name of what was scanned";
  }
  return "";
}

bool VexScope::is_distribution(const Component& component) const {
  const auto& cpes = component.source->cpes;
  return std::any_of(cpes.begin(), cpes.end(), [&](const std::string& cpe) {
    return cpe_names_distribution(cpe, report_.artifact.distro);
  });
}

bool VexScope::names_package(const Component& component, std::string_view document,
                             size_t index) const {
  const Package& package = report_.packages[index];
  const VexComponent& names = *component.source;
  if (contains(names.hashes, package.digest)) return true;
  bool same_document = !document.empty() && document == report_.artifact.document;
  if (same_document && !package.bom_ref.empty() && package.bom_ref == names.id) return true;
  auto own = Purl::parse_lenient(package.purl());
  if (!own) return false;
  return std::any_of(component.purls.begin(), component.purls.end(), [&](const Purl& purl) {
    bool source = is_source_purl(purl) && !package.source_name_or_name().empty();
    if (!package_purl_fits(purl, *own, package, report_.artifact.distro, source)) return false;
    std::string version = source && !package.source_version.empty()
                              ? without_epoch(package.type, package.source_version)
                              : own->version;
    return version_fits(purl, names, component.ranges, component.unreadable_range, version);
  });
}

std::vector<size_t> VexScope::packages_named(const Component& component,
                                             std::string_view document) const {
  std::vector<size_t> out;
  for (const Purl& purl : component.purls) {
    auto [from, to] = by_name_.equal_range(name_key(purl.type, purl.name_space, purl.name));
    for (auto at = from; at != to; ++at) {
      if (names_package(component, document, at->second)) out.push_back(at->second);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool VexScope::only_through(const std::vector<size_t>& holders, size_t package) {
  if (!graph_) graph_ = std::make_unique<Graph>(report_);
  auto [at, fresh] = graph_->reached_without.try_emplace(holders);
  if (fresh) at->second = graph_->reach(holders);
  return !at->second[package];
}

std::string VexScope::incomparable(const model::VexProduct& product) {
  const Component& whole = parsed(product.component);
  for (size_t i = 0; i < whole.purls.size(); ++i) {
    std::string key = incomparable_qualifier(whole.purls[i], report_.artifact);
    if (!key.empty()) return whole.purls[i].to_string() + ": the qualifier " + key;
  }
  return "";
}

std::string VexScope::covers(const model::VexProduct& product, std::string_view document,
                             size_t package) {
  const Component& whole = parsed(product.component);
  bool part = product.subcomponents.empty();
  for (const VexComponent& subcomponent : product.subcomponents) {
    part = part || names_package(parsed(subcomponent), document, package);
  }
  if (!part) return "";
  std::string artifact = stands_for_artifact(whole);
  if (!artifact.empty()) return artifact;
  // What holds everything is too much to be meant without a part.
  if (!product.subcomponents.empty() && is_distribution(whole)) return "the distribution";
  if (names_package(whole, document, package)) return "the package itself";
  std::vector<size_t> holders = packages_named(whole, document);
  if (holders.empty() || !only_through(holders, package)) return "";
  return report_.packages[holders.front()].purl() + ", which alone brings it";
}

}  // namespace bulkhead::decide
