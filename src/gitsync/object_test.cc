// SPDX-License-Identifier: Apache-2.0
#include "gitsync/object.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

const std::string kTree = "tree " + std::string(40, 'a') + "\n";
const std::string kParent = "parent " + std::string(40, 'b') + "\n";
const std::string kPeople =
    "author Ada <ada@example.com> 1790000000 +0200\n"
    "committer Bob <bob@example.com> 1790000001 -0100\n";
const std::string kSignature = "gpgsig -----BEGIN X-----\n line\n \n -----END X-----\n";

std::string code(const std::string& bytes) {
  auto commit = parse_commit(bytes);
  return commit ? "good" : std::string(base::code_name(commit.error().code()));
}

TEST(Commit, IsRead) {
  auto commit = parse_commit(kTree + kParent + kParent + kPeople + "encoding latin1\n" +
                             kSignature + "mergetag object x\n type y\n\nSubject\n\nBody\n");
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->tree, std::string(40, 'a'));
  EXPECT_EQ(commit->parents.size(), 2u);
  EXPECT_EQ(commit->author.name, "Ada");
  EXPECT_EQ(commit->author.time, 1790000000);
  EXPECT_EQ(commit->committer.email, "bob@example.com");
  EXPECT_EQ(commit->message, "Subject\n\nBody\n");
  EXPECT_EQ(commit->signature, "-----BEGIN X-----\nline\n\n-----END X-----\n");
  EXPECT_EQ(commit->payload,
            kTree + kParent + kParent + kPeople +
                "encoding latin1\nmergetag object x\n type y\n\nSubject\n\nBody\n");
}

TEST(Commit, DropsTheSignatureOfTheOtherHash) {
  auto commit =
      parse_commit(kTree + kPeople + "gpgsig-sha256 other\n more\n" + kSignature + "\nx\n");
  ASSERT_TRUE(commit);
  EXPECT_EQ(commit->payload, kTree + kPeople + "\nx\n");
  EXPECT_EQ(commit->signature, "-----BEGIN X-----\nline\n\n-----END X-----\n");
}

TEST(Commit, IsRefusedWhenOdd) {
  ASSERT_EQ(code(kTree + kPeople + "\nx"), "good");
  std::string bad(base::code_name(base::Code::kInvalid));
  EXPECT_EQ(code(""), bad);
  EXPECT_EQ(code(kTree), bad);
  EXPECT_EQ(code(kTree + kPeople), bad) << "no end of the header";
  EXPECT_EQ(code(kPeople + kTree + "\n"), bad);
  EXPECT_EQ(code(kTree + kTree + kPeople + "\n"), bad);
  EXPECT_EQ(code(kTree + kPeople + kTree + "\n"), bad);
  EXPECT_EQ(code(kTree + kPeople + kParent + "\n"), bad);
  EXPECT_EQ(code(kTree + kPeople + kPeople + "\n"), bad);
  EXPECT_EQ(code(kTree + kPeople + kSignature + kSignature + "\n"), bad);
  EXPECT_EQ(code(kTree + " more\n" + kPeople + "\n"), bad) << "a tree of two lines";
  EXPECT_EQ(code(kTree + kParent + " more\n" + kPeople + "\n"), bad);
  EXPECT_EQ(code(kTree + "author A <a> 1 +0000\n more\n" + kPeople + "\n"), bad);
  EXPECT_EQ(code(kTree + kPeople + "x" + std::string(1, '\0') + " y\n\n"), bad);
  EXPECT_EQ(code("tree short\n" + kPeople + "\n"), bad);
  for (std::string who : {"Ada", "Ada <a", "Ada a> 1 +0000", "Ada <a> x +0000", "Ada <a> -1 +0000",
                          "Ada <a> <b> 1 +0000", "Ada <a>", "Ada <a> 999999999999999 +0000"}) {
    EXPECT_EQ(code(kTree + "author " + who + "\ncommitter " + who + "\n\n"), bad) << who;
  }
}

TEST(Tag, IsRead) {
  std::string head =
      "object " + std::string(40, 'a') + "\ntype commit\ntag v1\ntagger T <t> 1 +0000\n";
  std::string signature = "-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n";
  auto tag = parse_tag(head + "\nmessage\n" + signature);
  ASSERT_TRUE(tag) << tag.error().message();
  EXPECT_EQ(tag->target, std::string(40, 'a'));
  EXPECT_EQ(tag->target_type, "commit");
  EXPECT_EQ(tag->name, "v1");
  EXPECT_EQ(tag->time, 1);
  EXPECT_EQ(tag->signature, signature);
  EXPECT_EQ(tag->payload, head + "\nmessage\n");
  EXPECT_EQ(parse_tag(head + "\n x-----BEGIN PGP SIGNATURE-----\n")->signature, "");
  EXPECT_FALSE(parse_tag(head + "tagger T <t> 2 +0000\n\nmessage\n"));
  EXPECT_FALSE(parse_tag(head + "tag v2\n\nmessage\n"));
  EXPECT_FALSE(parse_tag("type commit\n\n"));
}

TEST(Claims, AreTrailersOfTheLastParagraph) {
  EXPECT_TRUE(parse_claims("Reviewed-by: Subject").empty());
  EXPECT_TRUE(parse_claims("S\n\nReviewed-by: A\n\nlast").empty());
  auto claims =
      parse_claims("S\n\nBody\n\nreviewed-BY:  A <a>\x1b[1m\nOther: x\nSigned-off-by: B\n\n");
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[0].key, "Reviewed-by");
  EXPECT_EQ(claims[0].value.find('\x1b'), std::string::npos);
  EXPECT_EQ(claims[1].value, "B");
}

}  // namespace
}  // namespace bulkhead::gitsync
