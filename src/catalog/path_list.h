// SPDX-License-Identifier: Apache-2.0
// A package's file list in small: one string in FileFacts instead of thousands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog {

// Sorts the paths and packs them front-coded (how many bytes are shared with the path before, then
// the rest), about a quarter of the text. Leading "/" or "./" are dropped, and so are empty paths,
// repetitions, directories (paths that another one continues) and paths longer than 4096 bytes.
std::string pack_paths(std::vector<std::string_view> paths);

// What pack_paths packed; stops at the first thing that it cannot have written.
void unpack_paths(std::string_view packed, std::vector<std::string>& out);

}  // namespace bulkhead::catalog
