// SPDX-License-Identifier: Apache-2.0
// One function per kind of input.
#include "cli/open_input.h"

#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "cli/open_registry.h"
#include "scan/spill.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxSpoolBytes = 1ull << 40;

base::Status open_archive_file(OpenedInput& out, const std::string& spool_directory) {
  out.file = TRY(base::open_read(out.local.path));
  struct stat info = TRY(base::stat_fd(out.file));
  if (S_ISDIR(info.st_mode)) {
    return base::Error(base::Code::kInvalid, out.local.path + " is a directory; use oci:" +
                                                 out.local.path + " for an OCI layout");
  }
  if (!S_ISREG(info.st_mode)) {
    out.file = TRY(scan::spool(out.file, spool_directory, kMaxSpoolBytes));
  }
  out.unpacked = TRY(scan::make_spill_file(spool_directory));
  return {};
}

base::Status open_stdin(OpenedInput& out, const std::string& spool_directory) {
  base::Fd in(::dup(STDIN_FILENO));
  if (!in.valid()) return base::errno_error("open", "standard input");
  out.file = TRY(scan::spool(in, spool_directory, kMaxSpoolBytes));
  bool tar = scan::looks_like_tar(out.file);
  out.input.kind = tar ? scan::InputKind::kArchive : scan::InputKind::kSbom;
  out.local.path = "standard input";
  out.unpacked = TRY(scan::make_spill_file(spool_directory));
  return {};
}

// "oci-archive:x.tar" is called by its path: the report shall not depend on how it was named.
std::string plain_name(const scan::Input& input) {
  return input.kind == scan::InputKind::kStdin ? "standard input" : input.value;
}

}  // namespace

base::Result<OpenedInput> open_input(const Invocation& invocation, const std::string& argument,
                                     const std::string& spool_directory) {
  OpenedInput out;
  out.input = TRY(scan::recognise_input(argument));
  out.name = plain_name(out.input);
  switch (out.input.kind) {
    case scan::InputKind::kLayout:
      out.local = TRY(oci::LocalReference::parse(out.input.value));
      out.directory = TRY(base::open_directory(out.local.path));
      return out;
    case scan::InputKind::kArchive:
      out.local = TRY(oci::LocalReference::parse(out.input.value));
      TRY(open_archive_file(out, spool_directory));
      return out;
    case scan::InputKind::kDirectory:
    case scan::InputKind::kRepository:
      out.directory = TRY(base::open_directory(out.input.value));
      return out;
    case scan::InputKind::kSbom: out.file = TRY(base::open_read(out.input.value)); return out;
    case scan::InputKind::kStdin: TRY(open_stdin(out, spool_directory)); return out;
    case scan::InputKind::kRegistry: TRY(open_registry(invocation, out)); return out;
    case scan::InputKind::kDockerDaemon:
    case scan::InputKind::kPodman:
      TRY(open_daemon(invocation, out, spool_directory));
      out.unpacked = TRY(scan::make_spill_file(spool_directory));
      return out;
  }
  return base::Error(base::Code::kInternal, "unknown kind of input");
}

}  // namespace bulkhead::cli
