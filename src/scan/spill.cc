// SPDX-License-Identifier: Apache-2.0
// A growing buffer up to a bound, a mapped temporary file above it.
#include "scan/spill.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace bulkhead::scan {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;

base::Error ended_early(uint64_t got, uint64_t want) {
  return base::Error(base::Code::kCorrupt, "file ends after " + std::to_string(got) + " of " +
                                               std::to_string(want) + " bytes");
}

}  // namespace

base::Result<base::ByteView> Spill::gather(base::ByteView head, base::Source& content,
                                           uint64_t size) {
  head = head.first(static_cast<size_t>(std::min<uint64_t>(head.size(), size)));
  if (size > kMemoryBytes) return to_file(head, content, size);
  if (buffer_.size() < size) buffer_.resize(static_cast<size_t>(size));
  std::copy(head.begin(), head.end(), buffer_.begin());
  auto rest = std::span(buffer_).subspan(head.size(), static_cast<size_t>(size) - head.size());
  size_t got = TRY(base::read_full(content, rest));
  if (got < rest.size()) return ended_early(head.size() + got, size);
  return base::ByteView(buffer_).first(static_cast<size_t>(size));
}

base::Result<base::ByteView> Spill::to_file(base::ByteView head, base::Source& content,
                                            uint64_t size) {
  if (!file_.valid()) {
    return base::Error(base::Code::kUnsupported, "file of " + std::to_string(size) +
                                                     " bytes and no temporary file to hold it");
  }
  release();
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return base::errno_error("seek", "temporary file");
  TRY(base::write_all(file_, head));
  uint64_t filled = head.size();
  buffer_.resize(kChunkBytes);
  while (filled < size) {
    size_t want = static_cast<size_t>(std::min<uint64_t>(kChunkBytes, size - filled));
    size_t got = TRY(content.read(std::span(buffer_).first(want)));
    if (got == 0) return ended_early(filled, size);
    TRY_AT("temporary file", base::write_all(file_, base::ByteView(buffer_).first(got)));
    filled += got;
  }
  mapping_ = TRY_AT("temporary file", base::Mapping::open(file_));
  return mapping_.bytes();
}

void Spill::release() {
  mapping_ = base::Mapping();
  if (file_.valid() && ::ftruncate(file_.get(), 0) != 0) file_.reset();
}

base::Result<base::Fd> make_spill_file(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return base::Fd(fd);
  // File systems without O_TMPFILE: create and unlink.
  std::string path = directory + "/bulkhead-XXXXXX";
  base::Fd file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file.valid()) return base::errno_error("create temporary file in", directory);
  ::unlink(path.c_str());
  return file;
}

}  // namespace bulkhead::scan
