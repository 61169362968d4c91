// SPDX-License-Identifier: Apache-2.0
// Small files that a flag names.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace bulkhead::cli {

// Where streams are kept while they are read: TMPDIR, else /tmp.
std::string spool_directory();

// The whole file. A pipe (`--ignore-file <(...)`) or device is read to its end, for at most a
// minute.
base::Result<std::string> read_named_file(const std::string& path, uint64_t max_bytes);

}  // namespace bulkhead::cli
