// SPDX-License-Identifier: Apache-2.0
// Identity from content. Parts of the digest are length-prefixed, so that no choice of names can
// make two different documents share a serial number.
#include "sbom/identity.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/purl.h"

namespace bulkhead::sbom {

using model::Package;
using model::ScanReport;

namespace {

class PartHasher {
 public:
  PartHasher& add(std::string_view part) {
    std::string length = std::to_string(part.size()) + ":";
    hasher_.update(base::as_bytes(length));
    hasher_.update(base::as_bytes(part));
    return *this;
  }
  std::string finish() { return hasher_.finish_hex(); }

 private:
  crypto::Hasher hasher_{crypto::Algorithm::kSha256};
};

std::string uuid_of(std::string hex) {
  hex.resize(32);
  hex[12] = '8';                           // version
  hex[16] = "89ab"[(hex[16] | 0x20) % 4];  // variant
  for (size_t at : {20, 16, 12, 8}) hex.insert(at, 1, '-');
  return hex;
}

std::string full_name(const Package& package) {
  return package.name_space.empty() ? package.name.str() : package.name_space + "/" + package.name;
}

}  // namespace

std::string content_uuid(const ScanReport& report, std::string_view format) {
  PartHasher hash;
  hash.add(format).add(report.created).add(report.tool_version).add(report.database_digest);
  const model::Artifact& artifact = report.artifact;
  hash.add(artifact.name).add(artifact.digest).add(artifact.config_digest);
  hash.add(artifact.distro.id).add(artifact.distro.version);
  for (const Package& package : report.packages) {
    hash.add(package.purl());
    for (const auto& location : package.locations) hash.add(location.path);
  }
  for (const auto& finding : report.findings) {
    hash.add(finding.id).add(std::to_string(finding.package));
    hash.add(severity_name(finding.severity));
    for (const auto& note : finding.vex) hash.add(vex_status_name(note.status)).add(note.where);
  }
  for (const auto& ignored : report.ignored) hash.add(ignored.finding.id).add(ignored.file);
  return uuid_of(hash.finish());
}

std::string text_uuid(std::string_view text) {
  PartHasher hash;
  return uuid_of(hash.add("text").add(text).finish());
}

std::string bom_link(std::string_view serial_number, std::string_view version) {
  constexpr std::string_view kUuid = "urn:uuid:";
  if (!serial_number.starts_with(kUuid)) return "";
  return "urn:cdx:" + std::string(serial_number.substr(kUuid.size())) + "/" + std::string(version);
}

std::string urn_escape(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (base::is_alnum(c) || std::string_view("-._:/@").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

std::string artifact_urn(const model::Artifact& artifact) {
  return "urn:bulkhead:artifact:" + urn_escape(artifact.name);
}

std::vector<std::string> package_refs(const ScanReport& report) {
  std::vector<std::string> out;
  out.reserve(report.packages.size());
  std::unordered_map<std::string, size_t> seen;
  for (const Package& package : report.packages) {
    std::string purl = package.purl();
    size_t number = ++seen[purl];
    out.push_back(number == 1 ? std::move(purl) : purl + "#" + std::to_string(number));
  }
  return out;
}

Dependencies::Dependencies(const ScanReport& report, const std::vector<std::string>& refs)
    : report_(report) {
  bool any = std::any_of(report.packages.begin(), report.packages.end(),
                         [](const Package& package) { return !package.depends_on.empty(); });
  if (!any) return;
  for (size_t i = 0; i < refs.size(); ++i) {
    const Package& package = report.packages[i];
    by_purl_.emplace(refs[i], i);
    by_name_.emplace(package.type + "/" + full_name(package) + "@" + package.version, i);
  }
}

std::vector<size_t> Dependencies::of(size_t package) const {
  std::vector<size_t> out;
  const Package& from = report_.packages[package];
  for (const std::string& text : from.depends_on) {
    auto purl = by_purl_.find(text);
    if (purl != by_purl_.end()) {
      out.push_back(purl->second);
    } else if (auto name = by_name_.find(from.type + "/" + text); name != by_name_.end()) {
      out.push_back(name->second);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool Dependencies::is_exact(size_t package) const {
  const auto& texts = report_.packages[package].depends_on;
  std::vector<std::string> purls;
  for (size_t index : of(package)) purls.push_back(report_.packages[index].purl());
  std::sort(purls.begin(), purls.end());
  return purls == texts;
}

std::string artifact_purl(const model::Artifact& artifact) {
  if (artifact.digest.empty() || artifact.tags.empty()) return "";
  std::string_view repository = artifact.tags.front();
  auto tag = base::cut_last(repository, ":");
  if (tag && tag->second.find('/') == std::string_view::npos) repository = tag->first;
  model::Purl purl;
  purl.type = "oci";
  purl.name = base::basename(repository);
  purl.version = artifact.digest;
  purl.qualifiers["repository_url"] = repository;
  auto arch = base::cut(artifact.platform, "/");
  if (arch) purl.qualifiers["arch"] = arch->second;
  auto built = model::Purl::build(std::move(purl));
  return built ? built->to_string() : "";
}

}  // namespace bulkhead::sbom
