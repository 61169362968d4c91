// SPDX-License-Identifier: Apache-2.0
// Which files of a tree are programs worth opening for what their linker left in them.
#pragma once

#include "catalog/cataloger.h"

namespace bulkhead::catalog {

// For Cataloger::wants: the head of what may be a program. That is a file with an executable bit or
// in a directory for programs, unless its name is that of a library, a script or data.
Want wants_program(const FileInfo& file);
// For Cataloger::wants_head: the head of an ELF executable.
bool is_program(const FileInfo& file, base::ByteView head);

}  // namespace bulkhead::catalog
