// SPDX-License-Identifier: Apache-2.0
// One view of the two kinds of blob.
#include "oci/transport.h"

namespace bulkhead::oci {

FileIdentity identity_of(const struct stat& info, uint64_t offset) {
  auto nanoseconds = [](const timespec& time) {
    return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  FileIdentity out;
  out.device = info.st_dev;
  out.inode = info.st_ino;
  out.size = static_cast<uint64_t>(info.st_size);
  out.mtime_ns = nanoseconds(info.st_mtim);
  out.ctime_ns = nanoseconds(info.st_ctim);
  out.offset = offset;
  return out;
}

std::unique_ptr<base::Source> OpenedBlob::source() && {
  if (!file.valid()) return std::move(stream);
  return std::make_unique<base::RangeSource>(std::move(file), offset, size);
}

}  // namespace bulkhead::oci
