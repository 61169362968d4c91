// SPDX-License-Identifier: Apache-2.0
// Other tools' habits. Trivy: properties "aquasecurity:trivy:*", the source version in three
// pieces, layers by diff-id, in SPDX sentences in sourceInfo. Syft: properties "syft:*", the source
// package as purl qualifier "upstream" ("name" or "name@version", for rpm the name of the source
// rpm's file).
// Both: "distro=debian-12", Trivy for Alpine only "distro=3.19.1", an rpm's epoch as a qualifier.
#include "sbom/foreign.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "model/purl.h"

namespace bulkhead::sbom {

using model::Artifact;
using model::Distro;
using model::Package;

namespace {

constexpr std::string_view kTrivy = "aquasecurity:trivy:";
constexpr std::string_view kSyft = "syft:";

// The rest of text behind a prefix; nullopt when it does not begin so.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

std::string relative_path(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return std::string(path);
}

void set_source(Package& package, std::string_view name, std::string_view version) {
  package.source_name = name == package.name ? "" : name;
  if (!version.empty()) package.source_version = version == package.version ? "" : version;
}

std::string take_qualifier(Package& package, const char* key) {
  auto found = package.qualifiers.find(key);
  if (found == package.qualifiers.end()) return "";
  std::string value = found->second.str();
  package.qualifiers.erase(found);
  return value;
}

model::Location& only_location(Package& package) {
  return package.locations.empty() ? package.locations.emplace_back() : package.locations.front();
}

int32_t layer_index(const Artifact& artifact, std::string_view diff_id) {
  for (size_t i = 0; i < artifact.layers.size(); ++i) {
    if (artifact.layers[i].diff_id == diff_id) return static_cast<int32_t>(i);
  }
  return -1;
}

bool is_system_package(std::string_view type) {
  return type == "deb" || type == "rpm" || type == "apk" || type == "alpm";
}

}  // namespace

std::string source_rpm_name(std::string_view file) {
  constexpr std::string_view kEnd = ".src.rpm";
  if (!file.ends_with(kEnd)) return "";
  auto release = base::cut_last(file.substr(0, file.size() - kEnd.size()), "-");
  auto version = release ? base::cut_last(release->first, "-") : std::nullopt;
  return version ? std::string(version->first) : "";
}

void take_purl(const model::Purl& purl, Package& package) {
  package.type = purl.type;
  package.name_space = purl.name_space;
  package.name = purl.name;
  package.version = purl.version;
  package.qualifiers = model::Qualifiers(purl.qualifiers);
  package.arch = take_qualifier(package, "arch");
  std::string epoch = take_qualifier(package, "epoch");
  if (purl.type == "rpm" && !epoch.empty() && epoch != "0" &&
      package.version.find(':') == std::string::npos) {
    package.version = epoch + ":" + package.version;
  }
  std::string upstream = take_qualifier(package, "upstream");
  if (upstream.empty()) return;
  if (std::string source = source_rpm_name(upstream); !source.empty()) {
    set_source(package, source, "");
  } else if (auto parts = base::cut_last(upstream, "@"); parts && !parts->first.empty()) {
    set_source(package, parts->first, parts->second);
  } else {
    set_source(package, upstream, "");
  }
}

void ForeignProperties::take(std::string_view name, std::string_view value, Package& package,
                             const Artifact& artifact) {
  if (auto key = after(name, kTrivy)) {
    if (*key == "SrcName") src_name_ = value;
    if (*key == "SrcEpoch") src_epoch_ = value;
    if (*key == "SrcVersion") src_version_ = value;
    if (*key == "SrcRelease") src_release_ = value;
    if (*key == "Modularitylabel") package.qualifiers["modularity"] = value;
    if (*key == "FilePath") only_location(package).path = relative_path(value);
    if (*key == "LayerDiffID") {
      int32_t layer = layer_index(artifact, value);
      if (layer >= 0) only_location(package).layer = layer;
    }
    if (*key == "Class" || *key == "Type") is_package_ = false;
    return;
  }
  auto key = after(name, kSyft);
  if (!key) return;
  if (*key == "metadata:source" || *key == "metadata:originPackage") src_name_ = value;
  if (*key == "metadata:sourceVersion") src_version_ = value;
  if (*key == "metadata:sourceRpm") src_name_ = source_rpm_name(value);
  if (*key == "package:foundBy") package.cataloger = value;
  if (*key == "location:0:path") only_location(package).path = relative_path(value);
  if (*key == "location:0:layerID") {
    int32_t layer = layer_index(artifact, value);
    if (layer >= 0) only_location(package).layer = layer;
  }
}

void ForeignProperties::finish(Package& package) const {
  if (src_name_.empty() || !is_system_package(package.type)) return;
  std::string version = src_version_;
  if (!version.empty() && !src_release_.empty()) version += "-" + src_release_;
  if (!version.empty() && !src_epoch_.empty() && src_epoch_ != "0") {
    version = src_epoch_ + ":" + version;
  }
  set_source(package, src_name_, version);
}

void take_artifact_property(std::string_view name, std::string_view value, Artifact& artifact) {
  if (auto key = after(name, kTrivy)) {
    if (*key == "ImageID") artifact.config_digest = value;
    if (*key == "RepoTag") artifact.tags.emplace_back(value);
    if (*key == "DiffID") artifact.layers.emplace_back().diff_id = value;
    if (*key == "RepoDigest") {
      if (auto parts = base::cut_last(value, "@")) artifact.digest = parts->second;
    }
  } else if (auto label = after(name, "syft:image:labels:")) {
    artifact.labels[std::string(*label)] = value;
  }
}

void take_distro_property(std::string_view name, std::string_view value, Distro& distro) {
  auto key = after(name, "syft:distro:");
  if (!key) return;
  if (*key == "id") distro.id = value;
  if (*key == "versionID") distro.version = value;
  if (*key == "versionCodename") distro.codename = value;
  if (*key == "prettyName") distro.name = value;
  if (key->starts_with("idLike:")) distro.like.emplace_back(value);
}

void take_source_info(std::string_view text, Package& package) {
  auto source = after(text, "built package from: ");
  if (!source || !is_system_package(package.type)) return;
  auto parts = base::cut(*source, " ");
  set_source(package, parts ? parts->first : *source, parts ? parts->second : "");
}

Distro distro_of(std::span<const Package> packages) {
  std::map<std::pair<std::string, std::string>, size_t> votes;
  for (const Package& package : packages) {
    if (!is_system_package(package.type)) continue;
    auto qualifier = package.qualifiers.find("distro");
    if (qualifier == package.qualifiers.end() || qualifier->second.empty()) continue;
    std::string_view text = qualifier->second;
    auto parts = base::cut_last(text, "-");
    bool named = parts && !parts->first.empty() && !base::is_digit(text.front());
    if (named) ++votes[{std::string(parts->first), std::string(parts->second)}];
    if (!named && base::is_digit(text.front()))
      ++votes[{package.name_space.str(), std::string(text)}];
  }
  Distro distro;
  size_t most = 0;
  for (const auto& [which, count] : votes) {
    if (count <= most) continue;
    most = count;
    distro.id = which.first;
    distro.version = which.second;
  }
  return distro;
}

void note_bad_purl(std::string_view text, std::string_view package, std::string_view where,
                   base::Diagnostics& diagnostics) {
  if (text.empty()) return;
  auto purl = model::Purl::parse_lenient(text);
  if (purl) return;
  diagnostics.skipped("bad-purl", where,
                      "\"" + base::printable(package, 100) + "\" has the purl \"" +
                          base::printable(text, 100) + "\", which is none (" +
                          purl.error().message() +
                          "); it is listed by its name, and nothing can judge it");
}

}  // namespace bulkhead::sbom
