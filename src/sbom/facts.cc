// SPDX-License-Identifier: Apache-2.0
// Facts in both directions. Keys are tables of member pointers where a fact is one plain string, so
// that a writer and its reader cannot drift apart.
#include "sbom/facts.h"

#include <algorithm>
#include <span>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "model/purl.h"
#include "sbom/foreign.h"

namespace bulkhead::sbom {

namespace json = base::json;
using model::Artifact;
using model::Distro;
using model::Package;

namespace {

// Packages have shared texts, of the others there are few.
template <typename T>
using TextOf = std::conditional_t<std::is_same_v<T, Package>, base::SharedText, std::string>;

template <typename T>
struct TextFact {
  std::string_view key;
  TextOf<T> T::* member;
};
template <typename T>
struct ListFact {
  std::string_view key;
  std::vector<std::string> T::* member;
};

constexpr TextFact<Package> kPackageTexts[] = {
    {"source-name", &Package::source_name},
    {"source-version", &Package::source_version},
    {"cataloger", &Package::cataloger},
    {"requirement", &Package::requirement},
    {"owner", &Package::owner},
};
constexpr ListFact<Package> kPackageLists[] = {
    {"licence", &Package::licences},
    {"depends-on", &Package::depends_on},
};
constexpr TextFact<Artifact> kArtifactTexts[] = {
    {"name", &Artifact::name},
    {"digest", &Artifact::digest},
    {"index-digest", &Artifact::index_digest},
    {"config-digest", &Artifact::config_digest},
    {"platform", &Artifact::platform},
    {"created", &Artifact::created},
};
constexpr ListFact<Artifact> kArtifactLists[] = {{"tag", &Artifact::tags}};
constexpr TextFact<Distro> kDistroTexts[] = {
    {"id", &Distro::id},
    {"version", &Distro::version},
    {"codename", &Distro::codename},
    {"name", &Distro::name},
    {"variant", &Distro::variant},
    {"end-of-life", &Distro::end_of_life},
    {"end-of-extended-life", &Distro::end_of_extended_life},
    {"path", &Distro::path},
};
constexpr ListFact<Distro> kDistroLists[] = {{"like", &Distro::like}};

template <typename T>
void put(const T& from, std::span<const TextFact<T>> texts, std::span<const ListFact<T>> lists,
         Facts& out) {
  for (const auto& fact : texts) {
    const auto& text = from.*fact.member;
    if (!text.empty()) out.push_back({std::string(fact.key), std::string(text)});
  }
  for (const auto& fact : lists) {
    for (const auto& value : from.*fact.member) out.push_back({std::string(fact.key), value});
  }
}

template <typename T>
bool take(std::string_view key, std::string_view value, std::span<const TextFact<T>> texts,
          std::span<const ListFact<T>> lists, T& to) {
  for (const auto& fact : texts) {
    if (fact.key != key) continue;
    to.*fact.member = value;
    return true;
  }
  for (const auto& fact : lists) {
    if (fact.key != key) continue;
    (to.*fact.member).emplace_back(value);
    return true;
  }
  return false;
}

// "layer:line:path"; a path may hold colons, the numbers cannot.
std::string location_text(const model::Location& location) {
  return std::to_string(location.layer) + ":" + std::to_string(location.line) + ":" + location.path;
}

std::optional<model::Location> parse_location(std::string_view text) {
  auto layer = base::cut(text, ":");
  auto line = layer ? base::cut(layer->second, ":") : std::nullopt;
  if (!line) return std::nullopt;
  auto layer_number = base::to_number<int32_t>(layer->first);
  auto line_number = base::to_number<uint32_t>(line->first);
  if (!layer_number || !line_number || *layer_number < -1) return std::nullopt;
  return model::Location{std::string(line->second), *line_number, *layer_number};
}

std::string claim_text(const model::FixClaim& claim) {
  json::Writer writer(0);
  writer.begin_object().member("id", claim.id).member("version", claim.version);
  writer.member("path", claim.path).end_object();
  return writer.take();
}

std::string layer_text(const model::Layer& layer) {
  json::Writer writer(0);
  writer.begin_object().member("diffId", layer.diff_id).member_if("digest", layer.digest);
  writer.member_if("mediaType", layer.media_type).member("size", layer.size_bytes);
  writer.member_if("createdBy", layer.created_by).end_object();
  return writer.take();
}

void take_claim(std::string_view text, Package& package) {
  auto parsed = json::Document::parse(text);
  if (!parsed) return;
  json::Value claim = parsed->root();
  package.fix_claims.push_back({std::string(claim["id"].string_or("")),
                                std::string(claim["version"].string_or("")),
                                std::string(claim["path"].string_or(""))});
}

void take_layer(std::string_view text, Artifact& artifact) {
  auto parsed = json::Document::parse(text);
  if (!parsed) return;
  json::Value layer = parsed->root();
  model::Layer& out = artifact.layers.emplace_back();
  out.diff_id = layer["diffId"].string_or("");
  out.digest = layer["digest"].string_or("");
  out.media_type = layer["mediaType"].string_or("");
  out.created_by = layer["createdBy"].string_or("");
  out.size_bytes = static_cast<uint64_t>(std::max<int64_t>(0, layer["size"].integer().value_or(0)));
}

// Whether the purl alone gives the package's identity back: it folds case in some types, and some
// names it cannot express.
bool purl_is_enough(const Package& package, std::string_view text) {
  auto purl = model::Purl::parse_lenient(text);
  if (!purl) return false;
  Package back;
  take_purl(*purl, back);
  return back.type == package.type && back.name_space == package.name_space &&
         back.name == package.name && back.version == package.version &&
         back.arch == package.arch && back.qualifiers == package.qualifiers &&
         back.source_name.empty();
}

constexpr TextFact<Package> kIdentity[] = {
    {"namespace", &Package::name_space},
    {"name", &Package::name},
    {"version", &Package::version},
    {"arch", &Package::arch},
};

void put_identity(const Package& package, Facts& out) {
  out.push_back({"type", package.type.str()});
  put<Package>(package, kIdentity, {}, out);
  for (const auto& [key, value] : package.qualifiers) {
    out.push_back({"qualifier", key + "=" + value});
  }
}

// "type" opens an identity in facts: what the purl said no longer counts.
void begin_identity(std::string_view type, Package& package) {
  package.type = type;
  for (const auto& fact : kIdentity) (package.*fact.member).clear();
  package.qualifiers.clear();
}

}  // namespace

Facts package_facts(const Package& package, std::string_view purl) {
  Facts out;
  if (!purl_is_enough(package, purl)) put_identity(package, out);
  put<Package>(package, kPackageTexts, kPackageLists, out);
  out.push_back({"origin", std::string(origin_name(package.origin))});
  if (package.relation != model::Relation::kUnknown) {
    out.push_back({"relation", std::string(relation_name(package.relation))});
  }
  if (package.dev) out.push_back({"dev", "true"});
  if (package.optional) out.push_back({"optional", "true"});
  for (const auto& location : package.locations) {
    out.push_back({"location", location_text(location)});
  }
  for (const auto& claim : package.fix_claims) out.push_back({"fix-claim", claim_text(claim)});
  return out;
}

void apply_package_fact(std::string_view key, std::string_view value, Package& package) {
  if (take<Package>(key, value, kPackageTexts, kPackageLists, package)) return;
  if (take<Package>(key, value, kIdentity, {}, package)) return;
  if (key == "type") {
    begin_identity(value, package);
  } else if (key == "origin") {
    package.origin = model::parse_origin(value).value_or(package.origin);
  } else if (key == "relation") {
    package.relation = model::parse_relation(value).value_or(package.relation);
  } else if (key == "dev") {
    package.dev = value == "true";
  } else if (key == "optional") {
    package.optional = value == "true";
  } else if (key == "location") {
    if (auto location = parse_location(value)) package.locations.push_back(*std::move(location));
  } else if (key == "fix-claim") {
    take_claim(value, package);
  } else if (key == "qualifier") {
    if (auto pair = base::cut(value, "=")) {
      package.qualifiers[pair->first] = pair->second;
    }
  }
}

void sort_dependencies(std::vector<Package>& packages,
                       const std::unordered_set<size_t>& from_facts) {
  for (size_t i = 0; i < packages.size(); ++i) {
    auto& list = packages[i].depends_on;
    if (!from_facts.contains(i)) std::sort(list.begin(), list.end());
  }
}

Facts artifact_facts(const Artifact& artifact) {
  Facts out = {{"kind", std::string(artifact_kind_name(artifact.kind))}};
  put<Artifact>(artifact, kArtifactTexts, kArtifactLists, out);
  for (const auto& [key, value] : artifact.labels) out.push_back({"label", key + "=" + value});
  for (const auto& layer : artifact.layers) out.push_back({"layer", layer_text(layer)});
  return out;
}

void apply_artifact_fact(std::string_view key, std::string_view value, Artifact& artifact) {
  if (take<Artifact>(key, value, kArtifactTexts, kArtifactLists, artifact)) return;
  if (key == "kind") {
    artifact.kind = model::parse_artifact_kind(value).value_or(artifact.kind);
  } else if (key == "label") {
    if (auto pair = base::cut(value, "=")) artifact.labels[std::string(pair->first)] = pair->second;
  } else if (key == "layer") {
    take_layer(value, artifact);
  }
}

Facts distro_facts(const Distro& distro) {
  Facts out;
  put<Distro>(distro, kDistroTexts, kDistroLists, out);
  return out;
}

void apply_distro_fact(std::string_view key, std::string_view value, Distro& distro) {
  take<Distro>(key, value, kDistroTexts, kDistroLists, distro);
}

std::string digest_of(std::string_view algorithm, std::string_view hex) {
  std::string name = base::lower(algorithm);
  std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
  size_t digits = name == "sha256" ? 64 : name == "sha512" ? 128 : 0;
  bool fits = digits != 0 && hex.size() == digits && base::from_hex(hex).has_value();
  return fits ? name + ":" + base::lower(hex) : "";
}

}  // namespace bulkhead::sbom
