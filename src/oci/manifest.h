// SPDX-License-Identifier: Apache-2.0
// Manifests, indexes and image configs: OCI image specification v1.1 and Docker image manifest
// version 2, schema 2.
//
// Strict where a reader that guesses could see another image than the one that runs: duplicate
// keys, keys that differ from a known one by case only (Go's decoder takes those too), documents
// that are index and manifest at once, and fields of a wrong type are refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/compress.h"
#include "base/result.h"
#include "model/image_config.h"
#include "oci/transport.h"

namespace bulkhead::oci {

inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
// Made by the transport for a docker-archive, which has no manifest; never read from elsewhere.
inline constexpr std::string_view kArchiveManifest =
    "application/vnd.bulkhead.docker-archive.manifest.v1+json";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";

inline constexpr uint64_t kMaxManifestBytes = 4 << 20;
inline constexpr uint64_t kMaxConfigBytes = 8 << 20;
inline constexpr size_t kMaxLayers = 1000;
inline constexpr size_t kMaxIndexEntries = 10'000;

struct Index {
  std::vector<Descriptor> manifests;
  std::map<std::string, std::string> annotations;
};

struct Manifest {
  std::string media_type;     // kOciManifest or kDockerManifest
  std::string artifact_type;  // OCI: what it is when it is no image
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  std::map<std::string, std::string> annotations;
};

enum class DocumentKind { kIndex, kManifest };

// What a document is: by its own mediaType, else as announced (may be "" or a generic type), else
// by its members. kInvalid when these contradict; kUnsupported names Docker schema 1 and others.
base::Result<DocumentKind> document_kind(std::string_view bytes, std::string_view announced);

base::Result<Index> parse_index(std::string_view bytes);
base::Result<Manifest> parse_manifest(std::string_view bytes);

// How a layer is stored. kUnsupported names a media type that is no tar layer (encrypted ones too).
struct LayerFormat {
  archive::Compression compression = archive::Compression::kNone;
  bool foreign = false;  // not distributable: its bytes may live elsewhere (Descriptor::urls)
};
base::Result<LayerFormat> layer_format(std::string_view media_type);

using model::Healthcheck;
using model::HistoryEntry;
using model::ImageConfig;
// Refuses what config.md does not allow; names the member.
base::Result<ImageConfig> parse_config(std::string_view bytes);

// kCorrupt unless size and digest of the bytes are those of the descriptor. `what` is "manifest" or
// "config", for the message; kUnsupported for digests other than sha256 and sha512.
base::Status verify_document(std::string_view what, const Descriptor& descriptor,
                             std::string_view bytes);

}  // namespace bulkhead::oci
