// SPDX-License-Identifier: Apache-2.0
// Names of platforms and the order in which variants stand in for each other, as containerd's
// platforms package has them: newer processors run what was built for older ones.
#include "oci/platform.h"

#include <sys/utsname.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/text.h"

namespace bulkhead::oci {
namespace {

// The number of "v7" or "7"; nullopt for anything else.
std::optional<unsigned> version_of(std::string_view variant) {
  if (variant.starts_with('v')) variant.remove_prefix(1);
  return base::to_number<unsigned>(variant);
}

Platform normalized(std::string_view os, std::string_view architecture, std::string_view variant) {
  Platform out{base::lower(os), base::lower(architecture), base::lower(variant)};
  if (out.os == "macos") out.os = "darwin";
  if (base::to_number<unsigned>(out.variant)) out.variant.insert(0, "v");
  if (out.architecture == "i386") out.architecture = "386";
  if (out.architecture == "x86_64" || out.architecture == "x86-64") out.architecture = "amd64";
  if (out.architecture == "aarch64") out.architecture = "arm64";
  if (out.architecture == "armhf" || out.architecture == "armv7l") {
    out.architecture = "arm";
    out.variant = "v7";
  }
  if (out.architecture == "armel" || out.architecture == "armv6l") {
    out.architecture = "arm";
    out.variant = "v6";
  }
  if (out.architecture == "loongarch64") out.architecture = "loong64";
  // The default variant has one spelling.
  if (out.architecture == "amd64" && out.variant == "v1") out.variant.clear();
  if (out.architecture == "arm64" && out.variant == "v8") out.variant.clear();
  if (out.architecture == "arm" && out.variant.empty()) out.variant = "v7";
  return out;
}

// One word alone has to be known, or a misspelt one would pass where no platform is asked for.
bool is_architecture(std::string_view name) {
  constexpr std::string_view kKnown[] = {
      "386",   "amd64",   "arm",   "arm64",   "loong64", "mips",  "mips64",  "mips64le", "mipsle",
      "ppc64", "ppc64le", "riscv", "riscv64", "s390",    "s390x", "sparc64", "wasm"};
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

// What runs on the wanted platform, best first.
std::vector<Platform> accepted(const Platform& wanted) {
  std::vector<Platform> out = {wanted};
  auto add = [&](std::string_view architecture, std::string_view variant) {
    out.push_back(normalized(wanted.os, architecture, variant));
  };
  auto older = [&](std::string_view architecture, unsigned from, unsigned to) {
    for (unsigned version = from; version >= to; --version) {
      add(architecture, "v" + std::to_string(version));
    }
  };
  constexpr unsigned kNewest = 32;  // no such variant yet; bounds the list
  unsigned version = std::min(version_of(wanted.variant).value_or(0), kNewest);
  if (wanted.architecture == "amd64") {
    if (version > 1) older("amd64", version - 1, 1);
    add("386", "");
  } else if (wanted.architecture == "arm64") {
    if (!wanted.variant.empty()) add("arm64", "");
    older("arm", 8, 5);
  } else if (wanted.architecture == "arm" && version > 5) {
    older("arm", version - 1, 5);
  }
  return out;
}

}  // namespace

base::Result<Platform> Platform::parse(std::string_view text) {
  std::vector<std::string_view> parts = base::split(text, '/');
  bool good = parts.size() <= 3 && text.size() <= 200;
  for (std::string_view part : parts) {
    good = good && !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
             return base::is_alnum(c) || c == '_' || c == '-' || c == '.';
           });
  }
  if (!good) {
    return base::Error(base::Code::kInvalid, "platform \"" + base::printable(text, 100) +
                                                 "\": write os/architecture or "
                                                 "os/architecture/variant, as linux/arm64");
  }
  if (parts.size() == 1) {
    for (std::string_view os : {"linux", "windows", "darwin", "freebsd"}) {
      if (parts[0] == os) return normalized(os, host().architecture, host().variant);
    }
    Platform out = normalized("linux", parts[0], "");
    if (is_architecture(out.architecture)) return out;
    return base::Error(base::Code::kInvalid, "platform \"" + std::string(text) +
                                                 "\" is neither a known operating system nor a "
                                                 "known architecture; write os/architecture, as "
                                                 "linux/arm64");
  }
  return normalized(parts[0], parts[1], parts.size() == 3 ? parts[2] : "");
}

Platform Platform::host() {
  utsname name{};
  CHECK(::uname(&name) == 0);
  return normalized("linux", name.machine, "");
}

std::string Platform::to_string() const {
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

std::optional<size_t> platform_rank(const Platform& wanted, const Platform& offered) {
  std::vector<Platform> order = accepted(wanted);
  auto found = std::find(order.begin(), order.end(), offered);
  if (found == order.end()) return std::nullopt;
  return static_cast<size_t>(found - order.begin());
}

}  // namespace bulkhead::oci
