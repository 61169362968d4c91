// SPDX-License-Identifier: Apache-2.0
// What links of lower layers do to what an upper layer brings. A file that an upper layer writes
// through a link of a lower one: "lib/apk/db/installed" where the base has "lib -> usr/lib".
// Whether the unpacked image has it in usr/lib (containerd and Docker on file systems that unpack
// one layer over another) or in a directory that took the place of the link (overlay file systems,
// which unpack each layer by itself), whoever opens lib/apk/db/installed gets the upper file. So it
// replaces the lower one. This is looked at for package databases only.
//
// What a link leads to, and how that is read, is in view.h and plan.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scan/facts.h"

namespace bulkhead::scan {

// Where a link at `path` leads by its text, without leading slash; ".." does not leave the tree.
std::string resolve_link(std::string_view path, std::string_view target);

// Where package databases stand: files, and directories of files.
std::span<const std::string_view> database_paths();

// Those of them that are directories.
bool is_directory_database(std::string_view path);

// Directories of files that are read with a package database: which files its packages have, and
// what their documents say.
std::span<const std::string_view> paths_beside_databases();

// Whether a package database stands at this path or below it.
bool leads_to_database(std::string_view path);

// The links of lower layers that a new layer on top leaves in place and whose target needs no
// further link.
class LinksBelow {
 public:
  LinksBelow(std::span<const TreeFacts* const> lower, const TreeFacts& top, const PathKey& key);

  // Whether the layer on top removes or replaces, by a path through one of them, what a lower layer
  // has at a path.
  bool hide(std::string_view path) const;

 private:
  struct Link {
    std::string path;
    std::string target;  // from the root, without leading slash
  };

  const TreeFacts& top_;
  const PathKey& key_;
  std::vector<Link> links_;
};

}  // namespace bulkhead::scan
