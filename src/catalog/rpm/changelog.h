// SPDX-License-Identifier: Apache-2.0
// Fix claims in the changelogs that rpm packages carry.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog::rpm {

// Reads the entries of one changelog, newest first.
class FixReader {
 public:
  // The CVE ids that the entry claims to fix, sorted, each once. Conservative: an item ("- ..." and
  // its continuation lines) that speaks of not being affected or of not fixing claims nothing, and
  // what an item takes back is not claimed by this or any older entry.
  std::vector<std::string> fixed_ids(std::string_view entry);

 private:
  void close(std::string_view item, std::vector<std::string>& fixed);

  std::set<std::string> taken_back_;
};

}  // namespace bulkhead::catalog::rpm
