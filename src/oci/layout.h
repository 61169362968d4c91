// SPDX-License-Identifier: Apache-2.0
// Images in local files: OCI image layouts (image-layout.md of the OCI image specification v1.1) in
// a directory; and how a reference names one image among several.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/transport.h"

namespace bulkhead::oci {

// What stands behind "oci:", "oci-archive:" and "docker-archive:".
struct LocalReference {
  std::string path;
  std::string tag;     // "1.0", "alpine:3.19"; "" when none is named
  std::string digest;  // "sha256:..."; "" when none is named

  // "PATH", "PATH:tag", "PATH@digest", "PATH:tag@digest". Both paths and tags may have colons: the
  // longest path that exists is meant. kNotFound when there is none, kInvalid for a bad digest.
  static base::Result<LocalReference> parse(std::string_view text);
};

// Files by name, wherever they are: beneath a directory or in a tar archive.
class FileTree {
 public:
  virtual ~FileTree() = default;
  // kNotFound when there is no such regular file.
  virtual base::Result<OpenedBlob> open(const std::string& path) const = 0;
};

// A layout in a directory. Opens nothing but oci-layout, index.json and blobs, and only beneath it.
// root() is the manifest or index that the reference names. With neither tag nor digest: the only
// one, or index.json itself when its entries are the platforms of one image; else kInvalid with a
// list of what could be named.
base::Result<std::unique_ptr<Transport>> open_layout(const LocalReference& reference);

// The same for any tree that holds a layout.
base::Result<std::unique_ptr<Transport>> open_layout_tree(std::unique_ptr<FileTree> tree,
                                                          const LocalReference& reference);

// Reads a small file of a tree; kLimit above max_bytes.
base::Result<std::string> read_small(const FileTree& tree, const std::string& path,
                                     uint64_t max_bytes);

// "a, b, c, ..." of at most 20 printable names, for messages.
std::string listed(std::vector<std::string> names);

}  // namespace bulkhead::oci
