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

}  // namespace bulkhead::decide
