// SPDX-License-Identifier: Apache-2.0
// The docker-archive format: manifest.json and what it names. Internal to archive.cc and its test.
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

struct DockerArchiveImage {
  std::string config;               // names of members
  std::vector<std::string> layers;  // base first
  std::vector<std::string> tags;    // "alpine:3.19"
};
base::Result<std::vector<DockerArchiveImage>> parse_docker_archive(std::string_view manifest_json);

base::Result<std::unique_ptr<Transport>> open_docker_archive(std::unique_ptr<FileTree> tree,
                                                             const LocalReference& reference);

}  // namespace bulkhead::oci
