// SPDX-License-Identifier: Apache-2.0
// Identities of evidence nodes. Parts of a hashed identity are length-prefixed, so that no choice
// of names can make two different things the same node.
#include "model/ids.h"

#include "crypto/digest.h"

namespace bulkhead::model {
namespace {

std::string node(NodeKind kind, std::string_view identity) {
  return std::string(node_kind_name(kind)) + ":" + std::string(identity);
}

std::string hash_parts(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (std::string_view part : parts) {
    text += std::to_string(part.size()) + ":";
    text += part;
  }
  return crypto::sha256_hex(base::as_bytes(text)).substr(0, 16);
}

}  // namespace

std::string artifact_id(std::string_view manifest_digest) {
  return node(NodeKind::kArtifact, manifest_digest);
}

std::string layer_id(std::string_view diff_id) { return node(NodeKind::kLayer, diff_id); }

std::string file_id(std::string_view diff_id, std::string_view path) {
  return node(NodeKind::kFile, std::string(diff_id) + "/" + std::string(path));
}

std::string package_id(const Package& package) {
  std::string where = package.locations.empty() ? "" : package.locations.front().path.str();
  return node(NodeKind::kPackage, package.purl() + "#" + where);
}

std::string advisory_id(std::string_view id) { return node(NodeKind::kAdvisory, id); }

std::string finding_class_id(std::string_view kind, std::string_view rule_or_advisory,
                             std::string_view package_or_path) {
  return hash_parts({kind, rule_or_advisory, package_or_path});
}

std::string finding_instance_id(std::string_view class_id, std::string_view subject_digest,
                                std::string_view location) {
  return hash_parts({class_id, subject_digest, location});
}

}  // namespace bulkhead::model
