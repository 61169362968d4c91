// SPDX-License-Identifier: Apache-2.0
// The docker-archive format: manifest.json and what it names. Internal to archive.cc, docker_v1.cc
// and their test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/layout.h"
#include "oci/transport.h"

namespace bulkhead::oci {

// The annotation of a kArchiveManifest that carries RepoTags, separated by blanks.
inline constexpr const char* kRepoTags = "bulkhead.repo-tags";

// The annotation of a kArchiveManifest whose archive has no digests at all.
inline constexpr const char* kNoDigests = "bulkhead.no-digests";

struct DockerArchiveImage {
  std::string config;               // names of members
  std::vector<std::string> layers;  // base first
  std::vector<std::string> tags;    // "alpine:3.19"
  bool no_digests = false;          // the config was made here from what is not verified
};
base::Result<std::vector<DockerArchiveImage>> parse_docker_archive(std::string_view manifest_json);

// The one that the reference names, else the only one; kInvalid and kNotFound list what there is.
base::Result<DockerArchiveImage> choose_image(const std::vector<DockerArchiveImage>& images,
                                              const LocalReference& reference);

// The sha256 digest of a stream of at most max_bytes, and its size.
base::Result<std::string> digest_of_stream(base::Source& source, uint64_t max_bytes,
                                           uint64_t& size);

// One image of an archive as a transport.
base::Result<std::unique_ptr<Transport>> open_docker_image(std::unique_ptr<FileTree> tree,
                                                           const DockerArchiveImage& image);

base::Result<std::unique_ptr<Transport>> open_docker_archive(std::unique_ptr<FileTree> tree,
                                                             const LocalReference& reference);

}  // namespace bulkhead::oci
