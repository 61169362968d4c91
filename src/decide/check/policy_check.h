// SPDX-License-Identifier: Apache-2.0
// Looking a policy over before it is in force: what compiles but is wrong all the same.
//
// Errors: a path of `input` that the document's schema does not have (a misspelt member would make
// its rule silent for ever), a list or parameter in `data` that there is none of, a result whose id
// pack.yaml does not know, an id that two packs use, a rule named as other programs name theirs
// (violation, deny_*), which nothing asks here.
// Warnings: a pack that policy.yaml does not name, a control of a mapping whose rule no pack has, a
// rule of pack.yaml that no module mentions, a rule that nothing uses, a rule without a
// test that fails and one that passes, a rule without why, fix or references; content of another
// program that is not in force, and ids that it shares with another pack.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decide/bundle/policy_set.h"

namespace bulkhead::decide {

struct Remark {
  enum class Kind { kError, kWarning };
  Kind kind = Kind::kWarning;
  std::string path;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string code;  // "unknown-input", "unknown-id", "duplicate-id", "unused-rule", ...
  std::string message;
};

// The policy must have been loaded from these files with LoadOptions::tests; the schema is that of
// the policy's document. Sorted by place.
base::Result<std::vector<Remark>> check_policy(const PolicySet& policy, const Files& files,
                                               std::string_view schema);

}  // namespace bulkhead::decide
