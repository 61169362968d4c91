// SPDX-License-Identifier: Apache-2.0
// What rules say, in words for people: machines' names of packages are read out, long paths cut.
#pragma once

#include <string>
#include <string_view>

namespace bulkhead::report {

// "openssl 3.0.1-1" for "pkg:deb/debian/openssl@3.0.1-1?arch=amd64"; text that is no package URL
// stays as it is.
std::string package_name(std::string_view purl);
// The text with every package URL in it read out.
std::string without_purls(std::string_view text);
// At most `columns`: the first folder and as much of the end as there is room for, since the file's
// name says most: "opt/.../node_modules/left-shift/package.json".
std::string short_path(std::string_view path, size_t columns);

}  // namespace bulkhead::report
