// SPDX-License-Identifier: Apache-2.0
// Platforms: which image of a multi-platform index runs where. The rules are containerd's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::oci {

// Normalized: arm64 without variant is v8, arm without variant v7, amd64 without variant v1.
struct Platform {
  std::string os, architecture, variant;
  bool operator==(const Platform&) const = default;

  // "os/architecture", "os/architecture/variant", or one of both: "arm64" (linux is meant),
  // "windows" (of this machine's architecture). Common other names (x86_64, aarch64, armhf) are
  // understood. kInvalid for anything else.
  static base::Result<Platform> parse(std::string_view text);
  static Platform host();
  std::string to_string() const;
};

// How well an offered platform serves the wanted one: 0 is exact, larger is an older variant or the
// 32-bit form of the processor; nullopt cannot run.
std::optional<size_t> platform_rank(const Platform& wanted, const Platform& offered);

}  // namespace bulkhead::oci
