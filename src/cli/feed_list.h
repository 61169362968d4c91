// SPDX-License-Identifier: Apache-2.0
// Which advisory feeds there are, and where: at the public services, or on a mirror of them.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::cli {

struct FeedPlace {
  std::string path;  // in a mirror: "osv/npm/all.zip"
  std::string url;
};

// Ecosystems as packages are looked up: "Debian:12", "npm".
using Ecosystems = std::set<std::string>;

// mirror: base URL without a slash at its end, "" = the public services.
class FeedList {
 public:
  explicit FeedList(std::string mirror) : mirror_(std::move(mirror)) {}

  // The list of ecosystems that OSV's bucket and copies of it keep.
  FeedPlace ecosystems() const;
  // The feeds about these ecosystems, nullopt = all, and what is known about exploitation. offered:
  // what ecosystems() lists; empty when there is no such list and each has to be tried.
  std::vector<FeedPlace> feeds(const std::optional<Ecosystems>& needed,
                               const Ecosystems& offered) const;
  // A repository of a branch of Alpine: "v3.21", "main".
  FeedPlace alpine(std::string_view branch, std::string_view repository) const;

  // The newest branch of Alpine that feeds() names unasked; later ones are found by trying.
  static constexpr unsigned kLastAlpine = 22;

 private:
  FeedPlace place(std::string path, std::string url) const;
  std::string mirror_;
};

// The first parts of the lines of ecosystems(): "Debian" for "Debian:12". What we do not know is
// left out, so the answer is safe to make paths of.
Ecosystems parse_offered(std::string_view text);

}  // namespace bulkhead::cli
