// SPDX-License-Identifier: Apache-2.0
// poll(2) before every read, so that a pipe that nobody writes to ends with an error too.
#include "scan/spool.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "scan/input.h"
#include "scan/spill.h"

namespace bulkhead::scan {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Reader {
 public:
  Reader(const base::Fd& stream, uint32_t timeout_ms)
      : stream_(stream), end_(steady_clock::now() + milliseconds(timeout_ms)) {}

  // 0 at the end.
  base::Result<size_t> read(std::span<std::byte> out) {
    while (true) {
      auto left = std::chrono::duration_cast<milliseconds>(end_ - steady_clock::now()).count();
      pollfd wait{stream_.get(), POLLIN, 0};
      int ready = left <= 0 ? 0 : ::poll(&wait, 1, static_cast<int>(left));
      if (ready < 0 && errno != EINTR) return base::errno_error("wait for", "the input");
      if (ready == 0) return base::Error(base::Code::kTimeout, "the input does not end");
      if (ready < 0) continue;
      ssize_t got = ::read(stream_.get(), out.data(), out.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR && errno != EAGAIN) return base::errno_error("read", "the input");
    }
  }

 private:
  const base::Fd& stream_;
  steady_clock::time_point end_;
};

base::Error too_large(bool archive, uint64_t bytes) {
  std::string text = archive ? "the archive has more than "
                             : "not an image archive, and for a bill of materials too large: more "
                               "than ";
  return base::Error(base::Code::kLimit, text + std::to_string(bytes >> 20) + " MiB");
}

}  // namespace

base::Result<base::Fd> open_stream(const std::string& path) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.valid()) return base::errno_error("open", path);
  return fd;
}

base::Result<base::Fd> spool(const base::Fd& stream, const std::string& directory,
                             const SpoolLimits& limits) {
  base::Fd file = TRY(make_spill_file(directory));
  Reader reader(stream, limits.timeout_ms);
  base::Bytes buffer(256 * 1024);
  constexpr uint64_t kHeadBytes = 512;  // what tells an archive
  uint64_t total = 0;
  bool archive = false;
  while (size_t got = TRY(reader.read(buffer))) {
    TRY_AT("keep the input in " + directory,
           base::write_all(file, base::ByteView(buffer).first(got)));
    if (total < kHeadBytes) archive = looks_like_tar(file);
    total += got;
    uint64_t most = archive ? limits.max_archive_bytes : limits.max_document_bytes;
    if (total > most) return too_large(archive, most);
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return base::errno_error("seek", "temporary file");
  return file;
}

}  // namespace bulkhead::scan
