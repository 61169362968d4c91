// SPDX-License-Identifier: Apache-2.0
// Walks the segments of both parts.
#include "base/link_path.h"

#include <vector>

#include "base/text.h"

namespace bulkhead::base {

std::optional<std::string> path_in_tree(std::string_view directory, std::string_view target) {
  std::vector<std::string> segments;
  for (std::string_view part : {directory, target}) {
    for (std::string_view segment : split(part, '/')) {
      if (segment.empty() || segment == ".") continue;
      if (segment != "..") {
        segments.emplace_back(segment);
      } else if (segments.empty()) {
        return std::nullopt;
      } else {
        segments.pop_back();
      }
    }
  }
  return join(segments, "/");
}

}  // namespace bulkhead::base
