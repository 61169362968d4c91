// SPDX-License-Identifier: Apache-2.0
// What a whole image came to, kept beside the facts of its layers, so that an unchanged image is
// neither merged nor joined again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "catalog/cataloger.h"
#include "model/scan_report.h"
#include "scan/cache/cache.h"

namespace bulkhead::scan {

// Everything of an image that follows from its layers alone. Packages have no list of their files
// any more: those are for joining.
struct ImageFacts {
  catalog::Catalog catalog;
  std::vector<model::PrivilegedFile> privileged;
  base::Diagnostics diagnostics;
};

class ImageCache {
 public:
  // Results are those of these layers, left out directories and this very program. store may be
  // null: nothing is ever found and nothing kept.
  ImageCache(Store* store, std::span<const std::string> diff_ids,
             std::span<const std::string> skip_dirs);

  // Damaged entries, and those of other programs, count as absent.
  std::optional<ImageFacts> find() const;
  // Images of very many packages are not kept.
  void keep(const ImageFacts& facts);

 private:
  Store* store_;
  std::string name_;
};

}  // namespace bulkhead::scan
