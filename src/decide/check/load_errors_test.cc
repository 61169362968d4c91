// SPDX-License-Identifier: Apache-2.0
#include "decide/check/load_errors.h"

#include <gtest/gtest.h>

#include <string>

namespace bulkhead::decide {
namespace {

const Files kBroken = {
    {"packs/x/pack.yaml", "id: x\npackage: bulkhead.x\nrules:\n  - {id: A}\n  - {title: t}\n"},
    {"packs/x/x.rego", "package bulkhead.x\n\ndeny contains x if {\n"},
    {"packs/y/pack.yaml", "a: b: c\n"},
    {"policy.yaml", "version: 1\npacks: [x, x2]\non_error: never\n"}};

std::string shown(const std::vector<Remark>& remarks) {
  std::string out;
  for (const Remark& remark : remarks) {
    EXPECT_EQ(remark.kind, Remark::Kind::kError);
    out += (out.empty() ? "" : "\n") + remark.path + ":" + std::to_string(remark.line) + ":" +
           std::to_string(remark.column) + " " + remark.message;
  }
  return out;
}

TEST(LoadErrors, AreToldForEveryPart) {
  auto policy = PolicySet::load(kBroken, {}, {});
  ASSERT_FALSE(policy);
  EXPECT_EQ(shown(load_errors(kBroken, {}, policy.error())),
            "packs/x/pack.yaml:4:0 rule: \"title\" is missing\n"
            "packs/x/pack.yaml:5:0 rule: \"id\" is missing\n"
            "packs/x/x.rego:4:1 expecting expression\n"
            "packs/y/pack.yaml:1:5 mapping values are not allowed in this context\n"
            "policy.yaml:2:0 there is no pack \"x2\", neither in the bundle nor among those that "
            "ship (bulkhead policy show)\n"
            "policy.yaml:3:0 policy: on_error is deny (closed, the default) or warn (open)");
}

TEST(LoadErrors, WhatNoPartShowsIsToldAsItIs) {
  auto remarks = load_errors({{"packs/z/z.rego", "package other\n"}}, {},
                             base::Error(base::Code::kInvalid, "nothing: to do\n  a.rego:1:2: x"));
  EXPECT_EQ(shown(remarks), ":0:0 a.rego:1:2: x\n:0:0 nothing: to do");
}

// What somebody may have changed is not parsed.
TEST(LoadErrors, NothingIsReadOfABundleThatIsRefused) {
  auto remarks =
      load_errors(kBroken, {}, base::Error(base::Code::kDenied, "policy.yaml: was changed"));
  EXPECT_EQ(shown(remarks), "policy.yaml:0:0 was changed");
}

}  // namespace
}  // namespace bulkhead::decide
