// SPDX-License-Identifier: Apache-2.0
// Components with one name each, names for people, ids that are IRIs.
#include "sbom/vex/write_common.h"

#include "base/json_format.h"
#include "base/text.h"
#include "model/purl.h"
#include "sbom/identity.h"

namespace bulkhead::sbom {

using model::Purl;
using model::VexComponent;

namespace {

// "vers:npm/<2" as the qualifier that the purl specification has for it.
std::string with(const std::string& text, std::string_view version, std::string_view range) {
  auto purl = Purl::parse_lenient(text);
  if (!purl) return text;
  if (!version.empty() && purl->version.empty()) purl->version = version;
  if (range.starts_with("vers:")) purl->qualifiers["vers"] = range;
  return purl->to_string();
}

}  // namespace

std::vector<VexComponent> single_names(const VexComponent& component) {
  VexComponent plain = component;
  plain.versions.clear();
  plain.ranges.clear();
  std::vector<VexComponent> out;
  std::vector<std::string> purls = component.purls;
  if (purls.empty()) purls.emplace_back();
  for (const std::string& purl : purls) {
    auto add = [&](std::string_view version, const std::string& range) {
      VexComponent one = plain;
      one.purls.clear();
      if (!purl.empty()) one.purls = {with(purl, version, range)};
      if (purl.empty() && !version.empty()) one.versions = {std::string(version)};
      if (!range.empty()) one.ranges = {range};
      // An id that is a purl would say the old thing.
      if (one.id.starts_with("pkg:") && !one.purls.empty()) one.id = one.purls.front();
      out.push_back(std::move(one));
    };
    for (const std::string& version : component.versions) add(version, "");
    for (const std::string& range : component.ranges) add("", range);
    if (component.versions.empty() && component.ranges.empty()) add("", "");
  }
  return out;
}

std::string display_name(const VexComponent& component) {
  if (!component.name.empty()) return component.name;
  if (component.purls.empty()) return component.id.empty() ? "unnamed" : component.id;
  auto purl = Purl::parse_lenient(component.purls.front());
  if (!purl) return component.purls.front();
  std::string out = purl->name_space.empty() ? purl->name : purl->name_space + "/" + purl->name;
  return purl->version.empty() ? out : out + " " + purl->version;
}

std::string iri_of(std::string_view kind, std::string_view text) {
  // What only looks like a purl must not be read as one.
  if (!text.starts_with("pkg:") && base::json::matches_format("iri", text))
    return std::string(text);
  return "urn:bulkhead:" + std::string(kind) + ":" + urn_escape(text);
}

std::string component_key(const VexComponent& component) {
  std::string out = component.id + '\n' + component.name;
  for (const auto* list : {&component.purls, &component.cpes, &component.hashes,
                           &component.versions, &component.ranges}) {
    out += '\n';
    out += base::join(*list, "\t");
  }
  return out;
}

}  // namespace bulkhead::sbom
