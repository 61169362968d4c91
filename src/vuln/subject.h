// SPDX-License-Identifier: Apache-2.0
// Which packages can be judged at all, and why the others cannot.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/scan_report.h"
#include "vuln/judge.h"

namespace bulkhead::vuln {

enum class Standing : uint8_t {
  kJudged,      // `subject` is complete
  kNoEntries,   // its source knows nothing against it
  kOwned,       // its files belong to a package of the distribution, which is judged instead
  kNoSource,    // no feed in the database speaks about its ecosystem
  kNoVersion,   // a requirement without an exact version
  kBadVersion,  // not a version of its ecosystem's scheme
};

struct Placed {
  Standing standing = Standing::kNoSource;
  Case subject;
  std::string reason;  // for kNoSource, kNoVersion, kBadVersion
};

class Placer {
 public:
  Placer(const Database::State& state, const model::Distro& distro);
  Placed place(const model::Package& package);
  // "fedora 40", "NuGet": the group a package without a source is counted under.
  std::string group_name(const model::Package& package, const Question& question) const;
  const DistroFeed& feed() const { return feed_; }

 private:
  bool covers(const std::string& ecosystem);
  std::string no_source(const model::Package& package, const Question& question) const;

  const Database::State& state_;
  const model::Distro& distro_;
  DistroFeed feed_;
  std::map<std::string, bool, std::less<>> covered_;
};

}  // namespace bulkhead::vuln
