// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/format.h"

#include <gtest/gtest.h>

namespace bulkhead::policy::rego {
namespace {

std::string formatted(std::string_view text) {
  auto out = format("x.rego", text);
  return out ? *out : "error: " + out.error().message();
}

TEST(RegoFormat, DecidesBlanksAndIndentation) {
  struct Case {
    const char* text;
    const char* want;
  };
  for (const Case& c : {
           Case{"package  a\n\n\n\nimport rego.v1\n", "package a\n\nimport rego.v1\n"},
           Case{"package a\nx:=1+2\n", "package a\nx := 1 + 2\n"},
           Case{"package a\nx := -1\ny := 3 - -2\n", "package a\nx := -1\ny := 3 - -2\n"},
           Case{"package a\nx := f( 1,2 )[ 0 ]\n", "package a\nx := f(1, 2)[0]\n"},
           Case{"package a\nx := {\"a\":1 ,\"b\":[ 1,2 ]}\n",
                "package a\nx := {\"a\": 1, \"b\": [1, 2]}\n"},
           Case{"package a\nx if {\n  true\n    y\n}\n", "package a\nx if {\n\ttrue\n\ty\n}\n"},
           Case{"package a\nx if {y;z}\n", "package a\nx if { y; z }\n"},
           Case{"package a\nx := {y|y := [1,2][_]}\n", "package a\nx := {y | y := [1, 2][_]}\n"},
           Case{"package a\nx := [\n1,\n{\n\"k\": 2,\n},\n]\n",
                "package a\nx := [\n\t1,\n\t{\n\t\t\"k\": 2,\n\t},\n]\n"},
           Case{"package a\nx := f({\n\"k\": 2,\n})\n", "package a\nx := f({\n\t\"k\": 2,\n})\n"},
           Case{"package a\nx :=\ny +\nz\n", "package a\nx :=\n\ty +\n\tz\n"},
           Case{"package a\n#c  \nx if y #d\n", "package a\n#c\nx if y #d\n"},
           Case{"package a\ndeny[m] { m := \"x\" }\n", "package a\ndeny[m] { m := \"x\" }\n"},
           Case{"package a\nx if {\n\n\ty\n\n\n\tz\n\n}\n", "package a\nx if {\n\ty\n\n\tz\n}\n"},
           Case{"package a\nx := `raw\n  kept`\n", "package a\nx := `raw\n  kept`\n"},
           Case{"package a\nx if not y.z\nsome_name := 1",
                "package a\nx if not y.z\nsome_name := 1\n"},
           Case{"package a\nx := [y |\nsome y in z\ny > 1\n]\n",
                "package a\nx := [y |\n\tsome y in z\n\ty > 1\n]\n"},
           Case{"package a\nx if contains(a,\"b\")\n", "package a\nx if contains(a, \"b\")\n"},
           Case{"", ""},
       }) {
    EXPECT_EQ(formatted(c.text), c.want) << c.text;
    EXPECT_EQ(formatted(c.want), c.want) << "again: " << c.want;
  }
}

TEST(RegoFormat, RefusesWhatIsNoRego) {
  EXPECT_NE(formatted("package a\nx := \"open\n").find("x.rego:2:"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::policy::rego
