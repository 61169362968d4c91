// SPDX-License-Identifier: Apache-2.0
// A regular file is read where it lies; everything else goes through the spool, which bounds size
// and time.
#include "cli/named_file.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "scan/spool.h"

namespace bulkhead::cli {

std::string spool_directory() { return base::temporary_directory("/tmp"); }

base::Result<std::string> read_named_file(const std::string& path, uint64_t max_bytes) {
  struct stat info{};
  bool stream =
      ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  if (!stream) return base::read_file(path, max_bytes);
  base::Fd pipe = TRY(scan::open_stream(path));
  scan::SpoolLimits limits;
  limits.max_archive_bytes = limits.max_document_bytes = max_bytes;
  limits.timeout_ms = 60 * 1000;
  base::Fd file = TRY_AT(path, scan::spool(pipe, spool_directory(), limits));
  return base::read_fd(file, max_bytes);
}

}  // namespace bulkhead::cli
