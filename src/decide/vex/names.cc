// SPDX-License-Identifier: Apache-2.0
// Names beside names. In doubt they differ: a statement that is not understood to be about a
// package leaves its finding where it is.
#include "decide/vex/names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "oci/reference.h"
#include "sbom/identity.h"
#include "version/scheme.h"

namespace bulkhead::decide {

using model::Artifact;
using model::Distro;
using model::Purl;

namespace {

// "12" is a prefix of "12.5" but not of "120".
bool is_version_prefix(std::string_view prefix, std::string_view version) {
  return version == prefix || (version.starts_with(prefix) && version.size() > prefix.size() &&
                               version[prefix.size()] == '.');
}

// "debian-12", "bookworm", "debian-bookworm", "12", "el9", "alpine-3.19" of alpine 3.19.1.
bool same_distro(std::string_view stated, std::string_view own, const Distro& distro) {
  if (stated == own) return true;
  if (!distro.known()) return false;
  if (!distro.codename.empty() && stated == distro.codename) return true;
  std::string_view rest = stated;
  if (rest.starts_with(distro.id + "-")) {
    rest.remove_prefix(distro.id.size() + 1);
  } else if (rest.starts_with("el") && distro.id != "debian") {
    rest.remove_prefix(2);
  }
  if (rest.empty()) return false;
  return rest == distro.codename || is_version_prefix(rest, distro.version);
}

bool qualifier_fits(const std::string& key, const std::string& value, const Purl& own,
                    const Distro& distro) {
  auto mine = own.qualifiers.find(key);
  std::string_view text = mine == own.qualifiers.end() ? std::string_view() : mine->second;
  if (key == "distro") return same_distro(value, text, distro);
  if (key == "epoch") return value == text || (value == "0" && text.empty());
  if (key == "type" && own.type == "maven") return value == (text.empty() ? "jar" : text);
  return value == text;
}

// The names that the image goes by.
std::vector<oci::Reference> references_of(const Artifact& artifact) {
  std::vector<oci::Reference> out;
  std::vector<std::string> names = artifact.tags;
  // What a directory was scanned as is a path; it has the names that it was given.
  bool image =
      artifact.kind == model::ArtifactKind::kImage || artifact.kind == model::ArtifactKind::kSbom;
  if (image) names.push_back(artifact.name);
  for (const std::string& name : names) {
    bool path = name.starts_with('/') || name.starts_with('.');
    auto reference = oci::Reference::parse(name);
    if (reference && !path) out.push_back(*std::move(reference));
  }
  return out;
}

std::string repository_of(const oci::Reference& reference) {
  return reference.registry + "/" + reference.repository;
}

// A repository_url, with or without the name of the image behind it, in full.
bool repository_fits(std::string_view url, std::string_view name, const oci::Reference& reference) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  std::string own = repository_of(reference);
  if (url == own || std::string(url) + "/" + std::string(name) == own) return true;
  // "debian" is docker.io/library/debian, "docker.io" alone its registry.
  auto full = oci::Reference::parse(url);
  bool host = url.find('/') == std::string_view::npos && url.find('.') != std::string_view::npos;
  return full && !host && repository_of(*full) == own;
}

bool is_digest(std::string_view text) { return text.starts_with("sha256:"); }

std::string_view architecture_of(const Artifact& artifact) {
  auto parts = base::split(artifact.platform, '/');
  return parts.size() > 1 ? parts[1] : std::string_view();
}

bool arch_fits(const Purl& purl, const Artifact& artifact) {
  auto arch = purl.qualifiers.find("arch");
  return arch == purl.qualifiers.end() || arch->second == architecture_of(artifact);
}

bool is_image_purl(const Purl& purl) { return purl.type == "oci" || purl.type == "docker"; }

bool reference_fits(const Purl& purl, const oci::Reference& reference) {
  std::string path = purl.name_space.empty() ? purl.name : purl.name_space + "/" + purl.name;
  bool docker = purl.type == "docker";
  auto url = purl.qualifiers.find("repository_url");
  if (docker) {
    std::string registry = url == purl.qualifiers.end() ? "docker.io" : url->second;
    bool official = registry == "docker.io" && purl.name_space.empty();
    bool same = reference.repository == (official ? "library/" + path : path);
    if (!same || reference.registry != registry) return false;
  } else {
    if (!base::equals_ignore_case(base::basename(reference.repository), purl.name)) return false;
    // The type has no namespace; one that is there all the same must not say less than nothing.
    if (!purl.name_space.empty() && reference.repository != path) return false;
    if (url != purl.qualifiers.end() && !repository_fits(url->second, purl.name, reference)) {
      return false;
    }
  }
  auto tag = purl.qualifiers.find("tag");
  if (tag != purl.qualifiers.end() && tag->second != reference.tag) return false;
  bool tagged = !purl.version.empty() && !is_digest(purl.version);
  return !tagged || purl.version == reference.tag;
}

struct CpeName {
  std::string_view vendor, product, distro;
};

constexpr std::array<CpeName, 13> kCpes = {{{"redhat", "enterprise_linux", "rhel"},
                                            {"debian", "debian_linux", "debian"},
                                            {"canonical", "ubuntu_linux", "ubuntu"},
                                            {"alpinelinux", "alpine_linux", "alpine"},
                                            {"fedoraproject", "fedora", "fedora"},
                                            {"oracle", "linux", "ol"},
                                            {"almalinux", "almalinux", "almalinux"},
                                            {"rocky", "rocky", "rocky"},
                                            {"centos", "centos", "centos"},
                                            {"suse", "linux_enterprise_server", "sles"},
                                            {"opensuse", "leap", "opensuse-leap"},
                                            {"amazon", "amazon_linux", "amzn"},
                                            {"amazon", "linux", "amzn"}}};

}  // namespace

bool same_version(std::string_view purl_type, std::string_view a, std::string_view b) {
  if (a == b) return true;
  const version::Scheme* scheme = version::scheme_for_purl_type(purl_type);
  return scheme != nullptr && scheme->valid(a) && scheme->valid(b) && scheme->compare(a, b) == 0;
}

std::string without_epoch(std::string_view purl_type, std::string_view version) {
  auto parts = base::cut(version, ":");
  return std::string(purl_type == "rpm" && parts ? parts->second : version);
}

bool package_purl_fits(const Purl& stated, const Purl& own, const model::Package& package,
                       const Distro& distro, bool source) {
  std::string_view name = source ? package.source_name_or_name() : std::string_view(own.name);
  if (stated.type != own.type || stated.name_space != own.name_space || stated.name != name) {
    return false;
  }
  if (!stated.subpath.empty() && stated.subpath != own.subpath) return false;
  return std::all_of(stated.qualifiers.begin(), stated.qualifiers.end(), [&](const auto& entry) {
    const auto& [key, value] = entry;
    // A range is compared elsewhere; the other two are notes of a scanner to itself.
    if (key == "vers" || key == "package-id" || key == "upstream") return true;
    if (source && (key == "arch" || key == "epoch")) return true;
    return qualifier_fits(key, value, own, distro);
  });
}

std::string incomparable_qualifier(const Purl& purl, const Artifact& artifact) {
  if (!is_image_purl(purl) || is_digest(purl.version)) return "";
  for (const auto& [key, value] : purl.qualifiers) {
    if (key == "repository_url" || key == "tag") continue;
    if (key != "arch" || architecture_of(artifact).empty()) return key;
  }
  return "";
}

ImageFit image_purl_fits(const Purl& purl, const Artifact& artifact) {
  if (!is_image_purl(purl)) return ImageFit::kNo;
  if (is_digest(purl.version)) {
    // Docker's own ids are digests of the config.
    bool same = purl.version == artifact.digest ||
                (purl.type == "docker" && purl.version == artifact.config_digest);
    // An index is of several images, of which the architecture chooses; of one image it can only be
    // wrong.
    bool chosen = purl.version == artifact.index_digest;
    bool fits = arch_fits(purl, artifact) || (same && architecture_of(artifact).empty());
    return (same || chosen) && fits ? ImageFit::kByDigest : ImageFit::kNo;
  }
  if (!incomparable_qualifier(purl, artifact).empty() || !arch_fits(purl, artifact)) {
    return ImageFit::kNo;
  }
  bool bare = purl.type == "oci" && !purl.qualifiers.contains("repository_url");
  for (const oci::Reference& reference : references_of(artifact)) {
    if (!reference_fits(purl, reference)) continue;
    return bare ? ImageFit::kByBareName : ImageFit::kByName;
  }
  return ImageFit::kNo;
}

bool image_version_fits(const model::VexComponent& component, const Artifact& artifact) {
  if (component.versions.empty()) return component.ranges.empty();
  for (const oci::Reference& reference : references_of(artifact)) {
    const auto& versions = component.versions;
    if (std::find(versions.begin(), versions.end(), reference.tag) != versions.end()) return true;
  }
  return false;
}

bool artifact_is_named(std::string_view name, const Artifact& artifact) {
  if (name == sbom::artifact_urn(artifact) || name == artifact.name) return true;
  if (artifact.kind == model::ArtifactKind::kSbom) return false;
  auto stated = oci::Reference::parse(name);
  if (!stated) return false;
  // "nginx" means any tag here, "nginx:latest" that one.
  std::string_view last = name.substr(name.rfind('/') + 1);
  bool tagged = last.find(':') != std::string_view::npos;
  if (!stated->digest.empty()) {
    return stated->digest == artifact.digest || stated->digest == artifact.index_digest;
  }
  for (const oci::Reference& reference : references_of(artifact)) {
    bool same = repository_of(reference) == repository_of(*stated);
    if (same && (!tagged || reference.tag == stated->tag)) return true;
  }
  return false;
}

bool cpe_names_distribution(std::string_view cpe, const Distro& distro) {
  std::vector<std::string_view> parts;  // part, vendor, product, version
  if (cpe.starts_with("cpe:/")) {
    parts = base::split(cpe.substr(5), ':');
  } else if (cpe.starts_with("cpe:2.3:")) {
    parts = base::split(cpe.substr(8), ':');
  }
  if (parts.size() < 3 || !distro.known()) return false;
  bool known = std::any_of(kCpes.begin(), kCpes.end(), [&](const CpeName& entry) {
    return entry.vendor == parts[1] && entry.product == parts[2] && entry.distro == distro.id;
  });
  if (!known) return false;
  std::string_view version = parts.size() > 3 ? parts[3] : std::string_view();
  // A distribution in all its versions would be too much to mean.
  return !version.empty() && version != "*" && is_version_prefix(version, distro.version);
}

}  // namespace bulkhead::decide
