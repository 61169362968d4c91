// SPDX-License-Identifier: Apache-2.0
#include "decide/bundle/lists.h"

#include <gtest/gtest.h>

#include "decide/check/load_errors.h"

namespace bulkhead::decide {
namespace {

Files bundle_with_list(const std::string& path, const std::string& text) {
  return {{"policy.yaml", "version: 1\npacks: [image-hygiene]\n"}, {path, text}};
}

TEST(Lists, OfAnotherShapeAreErrorsOfLoading) {
  struct Case {
    const char* path;
    const char* text;
    const char* error;  // what it begins with; "" none
  };
  for (const Case& c : {
           Case{"secret_names.yaml", "is: PASSWORD\nnot: ^$\n", ""},
           Case{"secret_names.yaml", "is: [PASSWORD, TOKEN]\nnot: ^$\n",
                "lists/secret_names.yaml:1: \"is\" of the list secret_names must be a text, not a "
                "list ([...])"},
           Case{"secret_names.json", "{\"is\":\t\"A\",\n\t\"not\": [\"B\"]}",
                "lists/secret_names.json:2: \"not\" of the list secret_names must be a text"},
           Case{"secret_names.yaml", "is: PASSWORD\n",
                "lists/secret_names.yaml:1: \"not\" is missing in the list secret_names"},
           Case{"secret_names.yaml", "is: ((\nnot: ^$\n",
                "lists/secret_names.yaml:1: \"is\" of the list secret_names is no regular "
                "expression: (("},
           Case{"unsafe_options.yaml",
                "variables: {A: ['1']}\nprograms:\n  curl: -k\n  wget: '['\n",
                "lists/unsafe_options.yaml:4: \"wget\" of \"programs\" of the list unsafe_options "
                "is no regular"},
           Case{"trusted_bases.yaml", "[scratch]\n",
                "lists/trusted_bases.yaml:1: the list trusted_bases must be a mapping ({...})"},
           Case{"trusted_bases.yaml", "images: [scratch]\n", ""},
           Case{"trusted_bases.yaml", "images: [scratch]\nlayers: {a: [b]}\n", ""},
           Case{"trusted_bases.yaml", "images: [scratch]\nlayer: {a: [b]}\n",
                "lists/trusted_bases.yaml:2: the list trusted_bases has no member \"layer\"; did "
                "you mean layers?"},
           Case{"trusted_bases.yaml", "images:\n  - a\n  - 1.0\n",
                "lists/trusted_bases.yaml:3: an element of \"images\" of the list trusted_bases "
                "must be a text, not a number"},
           Case{"package_managers.yaml", "system: [apt]\nlanguage: []\nours: [x]\n", ""},
           Case{"package_managers.yaml", "system: [apt]\nlanguage: []\nours: x\n",
                "lists/package_managers.yaml:3: \"ours\" of the list package_managers must be a "
                "list"},
           Case{"high_risk_services.yaml",
                "services:\n  - {name: a, severity: low, packages: [p], ports: [], why: w}\n", ""},
           Case{"high_risk_services.yaml",
                "services:\n  - {name: a, severity: low, packages: [p], why: w}\n",
                "lists/high_risk_services.yaml:2: \"ports\" is missing in an element of"},
           Case{"high_risk_services.yaml",
                "services:\n  - {name: a, severity: low, packages: [p], ports: ['22'], why: w}\n",
                "lists/high_risk_services.yaml:2: an element of \"ports\" of an element of"},
           Case{"mine.yaml", "[a, 1]\n", ""},
       }) {
    auto policy = PolicySet::load(bundle_with_list(std::string("lists/") + c.path, c.text), {}, {});
    std::string message = policy ? "" : policy.error().message();
    EXPECT_EQ(message.empty(), *c.error == '\0') << c.text << ": " << message;
    EXPECT_TRUE(message.starts_with(c.error)) << message;
  }
}

TEST(Lists, ThatShipFitThemselves) {
  for (const auto& [path, text] : shipped_policies()) {
    if (list_name(path).empty()) continue;
    auto policy = PolicySet::load(bundle_with_list(path, text), {}, {});
    EXPECT_TRUE(policy) << policy.error().message();
  }
}

TEST(Lists, AllMistakesAreToldByCheck) {
  Files files = bundle_with_list("lists/trusted_bases.yaml", "images: a\nlayer: {}\n");
  auto policy = PolicySet::load(files, {}, {});
  ASSERT_FALSE(policy);
  auto remarks = load_errors(files, {}, policy.error());
  ASSERT_EQ(remarks.size(), 2u);
  EXPECT_EQ(remarks[0].line, 1u);
  EXPECT_EQ(remarks[1].line, 2u);
}

}  // namespace
}  // namespace bulkhead::decide
