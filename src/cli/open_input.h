// SPDX-License-Identifier: Apache-2.0
// Opening what the user named: files, directories, registries, daemons. In the parent.
#pragma once

#include <memory>
#include <string>

#include "base/fs.h"
#include "base/result.h"
#include "cli/command.h"
#include "oci/layout.h"
#include "oci/transport.h"
#include "scan/input.h"

namespace bulkhead::cli {

struct OpenedInput {
  scan::Input input;                       // daemons and archives on stdin have become kArchive
  std::string name;                        // as the report calls it, without credentials
  oci::LocalReference local;               // layout or archive: which image is meant
  base::Fd file;                           // archive, SBOM, or the one file of a source tree
  base::Fd unpacked;                       // empty unlinked file, for archives that are packed
  base::Fd directory;                      // layout, directory, repository
  std::unique_ptr<oci::Transport> remote;  // registry
};

// spool_directory: where streams that cannot seek are kept (unlinked).
base::Result<OpenedInput> open_input(const Invocation& invocation, const std::string& argument,
                                     const std::string& spool_directory);

}  // namespace bulkhead::cli
