// SPDX-License-Identifier: Apache-2.0
// What the Go linker writes into a program: the toolchain, the modules it was built from, and how
// (https://pkg.go.dev/debug/buildinfo, https://pkg.go.dev/runtime/debug#BuildInfo).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/elf.h"

namespace bulkhead::catalog::golang {

struct Module {
  std::string_view path;
  std::string_view version;
  // replace directive; empty when there is none
  std::string_view replaced_by;
  std::string_view replaced_by_version;
};

struct BuildInfo {
  std::string_view go_version;  // "go1.22.3"
  std::string_view main_package;
  Module main;  // empty path when built from files outside of a module
  std::vector<Module> dependencies;
  std::vector<std::pair<std::string, std::string>> settings;  // "-ldflags", "vcs.revision", ...

  std::string_view setting(std::string_view key) const;
};

// The text of the two strings that the linker embeds, as views into the file. nullopt: not built by
// Go 1.13 or later, or by a linker that leaves nothing.
struct EmbeddedStrings {
  std::string_view go_version;
  std::string_view modules;
};
std::optional<EmbeddedStrings> find_build_info(const Elf& elf);

// Reads the lines of the second string. Views point into it.
BuildInfo parse_build_info(const EmbeddedStrings& strings);

// The version that -ldflags "-X main.version=1.2.3" sets, as a module version ("v1.2.3"); "" when
// no such flag holds a version or several disagree.
std::string version_from_ldflags(std::string_view ldflags, std::string_view main_module);

}  // namespace bulkhead::catalog::golang
