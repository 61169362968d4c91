// SPDX-License-Identifier: Apache-2.0
// The packs, lists and mappings that are part of this program (data/policies).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace bulkhead::decide {

struct EmbeddedFile {
  std::string_view path;  // within data/policies
  std::string_view bytes;
};

using Files = std::map<std::string, std::string>;  // path within a bundle -> bytes

// Everything of data/policies that policies use, tests included.
std::span<const EmbeddedFile> embedded_policies();
// The same by path.
const Files& shipped_policies();

// What tells their modules from those of a bundle's own: they are compiled below this folder.
inline constexpr std::string_view kShippedFolder = "bulkhead/";
// Whether a module of a program is one of them, by its path there.
bool is_shipped_module(std::string_view path);

// data/schemas/policy-input-1.schema.json: what `input` can be.
std::string_view policy_input_schema();

}  // namespace bulkhead::decide
