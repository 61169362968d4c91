// SPDX-License-Identifier: Apache-2.0
// A short name is looked for among branches and tags only, and must be one of them: git's own rules
// would let a tag that somebody adds shadow the branch that was meant.
#include "gitsync/origin.h"

#include "base/check.h"
#include "base/text.h"

namespace bulkhead::gitsync {

using base::Code;
using base::Error;
using base::Result;

std::vector<std::string> candidates(const std::string& ref) {
  if (ref.empty()) return {"HEAD"};
  if (ref == "HEAD" || ref.starts_with("refs/")) return {ref};
  return {"refs/heads/" + ref, "refs/tags/" + ref};
}

Result<std::string> choose(const std::string& ref,
                           const std::vector<std::optional<std::string>>& found) {
  std::string shown = base::printable(ref.empty() ? "HEAD" : ref, 200);
  std::optional<std::string> chosen;
  for (const auto& id : found) {
    if (!id) continue;
    if (chosen) {
      return Error(Code::kInvalid, "\"" + shown + "\" is a branch and a tag: say refs/heads/" +
                                       shown + " or refs/tags/" + shown);
    }
    chosen = id;
  }
  if (chosen) return *chosen;
  return Error(Code::kNotFound, ref.empty() ? "the repository is empty"
                                            : "there is no branch or tag \"" + shown + "\"");
}

}  // namespace bulkhead::gitsync
