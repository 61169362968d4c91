// SPDX-License-Identifier: Apache-2.0
// Artifact: what was scanned. Layer: one of its file system layers. Distro: what it is built on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/image_config.h"

namespace bulkhead::model {

struct Layer {
  std::string diff_id;     // "sha256:..." of the uncompressed tar; identity of the node
  std::string digest;      // "sha256:..." of the blob as stored
  std::string media_type;
  uint64_t size_bytes = 0; // of the blob
  std::string created_by;  // instruction from the history, "" unknown
};

struct Distro {
  std::string id;            // os-release ID: debian, ubuntu, alpine, rhel, ...
  std::string version;       // VERSION_ID: "12", "22.04", "3.19.1"; "" when rolling
  std::string point_release; // "12.11", "22.04.3", "7.9.2009"; "" where none is written down
  std::string codename;      // bookworm, jammy, LTS-SP3 (openEuler)
  std::string name;          // PRETTY_NAME
  std::vector<std::string> like;  // ID_LIKE
  std::string variant;       // distroless, chiselled, ubi, stream, VARIANT_ID; "" else
  std::string end_of_life;   // date "2028-06-30"; "" unknown
  std::string end_of_extended_life;  // LTS/ESM/ELS date; "" none known
  std::string path;          // file it was read from
  bool known() const { return !id.empty(); }
};

enum class ArtifactKind : uint8_t { kImage, kDirectory, kRepository, kSbom };
std::string_view artifact_kind_name(ArtifactKind kind);
std::optional<ArtifactKind> parse_artifact_kind(std::string_view name);

struct Artifact {
  ArtifactKind kind = ArtifactKind::kImage;
  std::string name;              // as the user named it, without credentials
  std::string digest;            // manifest digest; "" for directories
  std::string index_digest;      // of the multi-platform index it was chosen from, "" if none
  std::string config_digest;     // image id
  std::string document;          // BOM-Link of the SBOM it was read from, "" else
  std::string platform;          // "linux/amd64", "linux/arm64/v8"
  std::string created;           // RFC 3339, from the config
  std::vector<std::string> tags; // repository tags
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;  // of the manifest
  std::optional<ImageConfig> config;               // images only
  std::vector<Layer> layers;     // base first
  Distro distro;
};

}  // namespace bulkhead::model
