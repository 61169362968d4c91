// SPDX-License-Identifier: Apache-2.0
// The embedded files as a bundle's files.
#include "decide/bundle/shipped.h"

namespace bulkhead::decide {

const Files& shipped_policies() {
  static const Files files = [] {
    Files out;
    for (const EmbeddedFile& file : embedded_policies()) out.emplace(file.path, file.bytes);
    return out;
  }();
  return files;
}

bool is_shipped_module(std::string_view path) {
  if (!path.starts_with(kShippedFolder)) return false;
  return shipped_policies().contains(std::string(path.substr(kShippedFolder.size())));
}

}  // namespace bulkhead::decide
