// SPDX-License-Identifier: Apache-2.0
// Licences out of /usr/share/doc/<package>/copyright.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog::debian {

// The licences that a copyright file declares, each once, in order of appearance: SPDX expressions
// where the names are known, else the text as declared. Machine-readable files (DEP-5) are read by
// their License fields; of others only references to /usr/share/common-licenses are taken.
std::vector<std::string> parse_copyright(std::string_view text);

// A Debian licence expression ("GPL-2+ or Artistic-2.0, and Expat") as SPDX; the text itself when a
// name in it is unknown.
std::string licence_expression(std::string_view declared);

}  // namespace bulkhead::catalog::debian
