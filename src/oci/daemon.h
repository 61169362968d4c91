// SPDX-License-Identifier: Apache-2.0
// Images that a container engine on this machine has: docker and podman, asked through their API
// sockets (Docker Engine API, which podman speaks, too).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::oci {

enum class Daemon { kDocker, kPodman };
std::string_view daemon_name(Daemon daemon);  // "docker", "podman"

struct DaemonOptions {
  std::string socket;     // "": find_daemon_socket()
  std::string directory;  // where the unlinked file lies; "": TMPDIR, else /var/tmp
  uint64_t max_bytes = 64ull << 30;
};

struct DaemonImage {
  base::Fd archive;                  // a docker-archive in an unlinked file, at its start
  std::string id;                    // "sha256:..." of the config
  std::vector<std::string> tags;     // "docker.io/library/debian:12"
  std::vector<std::string> digests;  // "docker.io/library/debian@sha256:..."
};

// The socket of DOCKER_HOST or CONTAINER_HOST (unix:// only, else kUnsupported), or the first of
// the usual places that has one. kNotFound says where was looked and how to start the service.
base::Result<std::string> find_daemon_socket(Daemon daemon);

// Exports an image: a name as the engine knows it, or an id. kNotFound when it has none like that,
// kDenied when the socket may not be used, kLimit above max_bytes.
base::Result<DaemonImage> export_from_daemon(Daemon daemon, const std::string& name,
                                             const DaemonOptions& options);

}  // namespace bulkhead::oci
