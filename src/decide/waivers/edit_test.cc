// SPDX-License-Identifier: Apache-2.0
#include "decide/waivers/edit.h"

#include <gtest/gtest.h>

namespace bulkhead::decide {
namespace {

const base::UnixTime kNow = *base::parse_time("2026-01-01");

Waiver waiver() {
  Waiver out;
  out.id = "CVE-2026-1";
  out.reason = "not reachable: see \"ADR 7\"";
  out.owner = "team-web";
  out.expires = "2027-01-31";
  out.waiver = "W-1";
  return out;
}

std::string added(std::string_view text, const Waiver& entry = waiver()) {
  auto out = add_waiver("w.yaml", text, entry, kNow);
  return out ? *out : "! " + out.error().message();
}

const std::string kEntry =
    "  - id: \"CVE-2026-1\"\n"
    "    waiver: \"W-1\"\n"
    "    owner: \"team-web\"\n"
    "    reason: \"not reachable: see \\\"ADR 7\\\"\"\n"
    "    expires: 2027-01-31\n";

TEST(AddWaiver, StartsAListWhereThereIsNone) {
  EXPECT_EQ(added(""), "ignore:\n" + kEntry);
  EXPECT_EQ(added("# ours\n\n"), "# ours\n\nignore:\n" + kEntry);
  EXPECT_EQ(added("---\nversion: 1"), "---\nversion: 1\nignore:\n" + kEntry);
  EXPECT_EQ(added("ignore:\n"), "ignore:\n" + kEntry);
}

TEST(AddWaiver, TouchesNothingElse) {
  const std::string head =
      "# Kept by hand.\n"
      "ignore:   # the list\n"
      "\n"
      "  # the first\n"
      "  - id: CVE-2020-1   # why not\n"
      "    reason: >-\n"
      "      long\n"
      "      # no comment\n"
      "\n"
      "      text\n"
      "  - {id: CVE-2020-2, paths: ['a/**']}\n"
      "    # deeper than an entry\n";
  const std::string tail =
      "\n"
      "# about the rest\n"
      "other: {a: 1}\n";
  EXPECT_EQ(added(head + tail), head + kEntry + tail);
  EXPECT_EQ(added(head), head + kEntry);
}

TEST(AddWaiver, KeepsTheStyleOfTheFile) {
  EXPECT_EQ(
      added("ignore:\n- id: CVE-1\nother: 1\n").find("ignore:\n- id: CVE-1\n- id: \"CVE-2026"), 0u);
  EXPECT_EQ(added("vulnerabilities:\n    - id: CVE-1\n")
                .find("vulnerabilities:\n    - id: CVE-1\n    - id: \"CVE-2026-1\"\n      waiver"),
            0u);
  EXPECT_EQ(added("ignore:\r\n  - id: CVE-1\r\n").find("ignore:\r\n  - id: CVE-1\r\n  - id: \"CV"),
            0u);
  EXPECT_EQ(
      added("ignore:\n  - id: CVE-1").find("ignore:\n  - id: CVE-1\n  - id: \"CVE-2026-1\"\n"), 0u);
}

TEST(AddWaiver, WritesEverythingSoThatItReadsBack) {
  Waiver entry = waiver();
  entry.id = "0123456789abcdef";
  entry.purls = {"pkg:npm/%40a/b", "pkg:npm/c@1"};
  entry.paths = {"opt/**", "a, b"};
  entry.reason = "line\nline\ttab \x01 \\ ' : # {";
  entry.owner = "\xc3\x84rger & Co";
  entry.justification = model::VexJustification::kMitigationsExist;
  auto back = parse_waivers("w.yaml", added("", entry));
  ASSERT_TRUE(back) << back.error().message();
  ASSERT_EQ(back->size(), 1u);
  EXPECT_EQ(back->front().id, entry.id);
  EXPECT_EQ(back->front().purls, entry.purls);
  EXPECT_EQ(back->front().paths, entry.paths);
  EXPECT_EQ(back->front().reason, entry.reason);
  EXPECT_EQ(back->front().owner, entry.owner);
  EXPECT_EQ(back->front().justification, entry.justification);
  entry.purls = {"pkg:npm/c@1"};
  EXPECT_NE(added("", entry).find("    package: \"pkg:npm/c@1\"\n"), std::string::npos);
}

TEST(AddWaiver, RefusesWhatItCannotEditOrNeedNot) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const Case& c : {
           Case{"ignore: [{id: CVE-1}]\n", "is written in one line"},
           Case{"ignore: []\n", "is written in one line"},
           Case{"\"ignore\":\n  - id: CVE-1\n", "does not edit"},
           Case{"{ignore: [{id: CVE-1}]}\n", "does not edit"},
           Case{"- id: CVE-1\n", "it is no mapping"},
           Case{"ignore: [\n", "w.yaml"},
           Case{"ignore:\n  - id: CVE-2026-1\n",
                "w.yaml:2: CVE-2026-1 is waived there already, without end"},
           Case{"ignore:\n  - {id: CVE-2026-1, expires: 2026-06-01}\n",
                "is waived there already, until 2026-06-01"},
           Case{"ignore:\n  - reason: nobody\n", "a rule needs an id"},
       }) {
    std::string message = added(c.text);
    EXPECT_EQ(message.substr(0, 2), "! ") << c.text;
    EXPECT_NE(message.find(c.message), std::string::npos) << c.text << ": " << message;
  }
  // One that has run out, or is about something narrower, is no hindrance.
  EXPECT_EQ(added("ignore:\n  - {id: CVE-2026-1, expires: 2025-06-01}\n").front(), 'i');
  EXPECT_EQ(added("ignore:\n  - {id: CVE-2026-1, package: pkg:npm/a}\n").front(), 'i');
  EXPECT_FALSE(add_waiver(".trivyignore", "", waiver(), kNow));
}

TEST(WaiverName, IsMadeOfWhatIsWaived) {
  Waiver other = waiver();
  EXPECT_EQ(waiver_name(other), waiver_name(waiver()));
  EXPECT_EQ(waiver_name(other).size(), 10u);
  other.paths = {"a"};
  EXPECT_NE(waiver_name(other), waiver_name(waiver()));
}

}  // namespace
}  // namespace bulkhead::decide
