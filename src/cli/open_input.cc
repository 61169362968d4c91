// SPDX-License-Identifier: Apache-2.0
// One function per kind of input.
#include "cli/open_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "cli/open_registry.h"
#include "scan/spill.h"
#include "scan/spool.h"

namespace bulkhead::cli {
namespace {

// Standard input, a pipe, a device: read to its end first.
base::Status open_stream(OpenedInput& out, const std::string& path, const std::string& directory) {
  auto stream = path.empty() ? base::Result<base::Fd>(base::Fd(::dup(STDIN_FILENO)))
                             : scan::open_stream(path);
  base::Fd in = TRY(std::move(stream));
  if (!in.valid()) return base::errno_error("open", "standard input");
  out.file = TRY_AT(out.name, scan::spool(in, directory, scan::SpoolLimits()));
  return {};
}

base::Status open_file(OpenedInput& out, const std::string& path, const std::string& directory) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return base::Error(base::Code::kInvalid,
                       path + " is a directory; use oci:" + path + " for an OCI layout");
  }
  bool seekable = S_ISREG(info.st_mode) || info.st_mode == 0;
  if (!seekable) return open_stream(out, path, directory);
  out.file = TRY(base::open_regular(path));
  return {};
}

base::Status open_either(OpenedInput& out, const std::string& directory) {
  TRY(open_stream(out, out.input.value, directory));
  bool tar = scan::looks_like_tar(out.file);
  out.input.kind = tar ? scan::InputKind::kArchive : scan::InputKind::kSbom;
  out.local.path = out.name;
  out.unpacked = TRY(scan::make_spill_file(directory));
  return {};
}

// "oci-archive:x.tar" is called by its path: the report shall not depend on how it was named.
std::string plain_name(const scan::Input& input) {
  return input.value.empty() ? "standard input" : input.value;
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
      TRY(open_file(out, out.local.path, spool_directory));
      out.unpacked = TRY(scan::make_spill_file(spool_directory));
      return out;
    case scan::InputKind::kDirectory:
    case scan::InputKind::kRepository:
      if (out.input.single) {
        out.file = TRY(base::open_regular(out.input.value));
        return out;
      }
      out.directory = TRY(base::open_directory(out.input.value));
      return out;
    case scan::InputKind::kSbom: TRY(open_file(out, out.input.value, spool_directory)); return out;
    case scan::InputKind::kStream: TRY(open_either(out, spool_directory)); return out;
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
