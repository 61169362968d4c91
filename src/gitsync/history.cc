// SPDX-License-Identifier: Apache-2.0
// A plain walk with a set of what was seen. Commit times would make it shorter, but they are
// claims.
#include "gitsync/history.h"

#include <set>
#include <utility>
#include <vector>

#include "gitsync/object.h"

namespace bulkhead::gitsync {

using base::Result;

Result<bool> reaches(const ObjectStore& store, const std::string& commit,
                     const std::string& ancestor, const Deadline& deadline) {
  std::set<std::string> seen{commit};
  std::vector<std::string> pending{commit};
  while (!pending.empty()) {
    std::string id = std::move(pending.back());
    pending.pop_back();
    if (id == ancestor) return true;
    TRY(deadline.check());
    if (!store.has(id)) continue;
    auto bytes = TRY(store.read_as(ObjectType::kCommit, id, kMaxCommitBytes));
    auto object = TRY_AT("commit " + id, parse_commit(bytes));
    for (std::string& parent : object.parents) {
      if (seen.insert(parent).second) pending.push_back(std::move(parent));
    }
  }
  return false;
}

}  // namespace bulkhead::gitsync
