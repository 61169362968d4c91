// SPDX-License-Identifier: Apache-2.0
// What tells one build of the program from every other.
#pragma once

#include <string>

namespace bulkhead::base {

// The build id that the linker wrote into the running program (note NT_GNU_BUILD_ID), in hex; ""
// when there is none. Opens nothing.
std::string build_id();

}  // namespace bulkhead::base
