// SPDX-License-Identifier: Apache-2.0
// Transport: where the parts of an image come from. Layouts, archives and registries implement it;
// so does the confined scanner process, which asks its parent for each part.
//
// A transport moves bytes and verifies nothing: whoever reads them checks the digest.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/io.h"
#include "base/result.h"

namespace bulkhead::oci {

// OCI image specification v1.1, descriptor.md.
struct Descriptor {
  std::string media_type;
  std::string digest;        // "sha256:..."
  uint64_t size = 0;
  std::vector<std::string> urls;
  std::map<std::string, std::string> annotations;
  std::string platform;      // "linux/amd64", "linux/arm/v7"; "" when the index says nothing
  std::string artifact_type;
};

// What makes a local file the same file as before: the key of "already verified".
struct FileIdentity {
  uint64_t device = 0, inode = 0, size = 0;
  int64_t mtime_ns = 0, ctime_ns = 0;
  uint64_t offset = 0;       // of the blob inside an archive
  bool operator==(const FileIdentity&) const = default;
};
// Of the file that fstat described; offset is the blob's place in it.
FileIdentity identity_of(const struct stat& info, uint64_t offset);

// Bytes of a blob: either a range of a local file, which can be handed to another process and read
// again, or a stream that can be read once.
struct OpenedBlob {
  base::Fd file;             // local: the bytes [offset, offset + size)
  uint64_t offset = 0;
  uint64_t size = 0;
  std::optional<FileIdentity> identity;  // local files only
  std::unique_ptr<base::Source> stream;  // remote; null when file is valid

  // The bytes as a stream, whichever kind they are.
  std::unique_ptr<base::Source> source() &&;
};

// The document a reference leads to: an index or a manifest.
struct RootDocument {
  std::string bytes;
  std::string media_type;   // as announced; may be empty
  std::string digest;       // expected digest, "" when the reference names none
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Whether opening a blob costs a download.
  virtual bool remote() const { return false; }
  virtual base::Result<RootDocument> root() = 0;
  // A manifest named by an index. At most 4 MiB (distribution specification).
  virtual base::Result<std::string> manifest(const Descriptor& descriptor) = 0;
  // A config or layer.
  virtual base::Result<OpenedBlob> blob(const Descriptor& descriptor) = 0;
};

}  // namespace bulkhead::oci
