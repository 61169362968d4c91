// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gtest/gtest.h>

namespace bulkhead::base::json {
namespace {

TEST(Json, ReadsFields) {
  auto document = Document::parse(R"({"a":{"b":[1,2.5,"x",true,null]},"n":-7})");
  ASSERT_TRUE(document);
  Value root = document->root();
  EXPECT_EQ(root["n"].integer(), -7);
  EXPECT_EQ(root["a"]["b"].size(), 5u);
  EXPECT_TRUE(root["a"]["zzz"]["deeper"].missing());
  std::vector<Kind> kinds;
  root["a"]["b"].each([&](Value v) { kinds.push_back(v.kind()); });
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::kNumber, Kind::kNumber, Kind::kString, Kind::kBool,
                                      Kind::kNull}));
  EXPECT_EQ(root["n"].string_or("none"), "none");
}

TEST(Json, RefusesHostileDocuments) {
  EXPECT_FALSE(Document::parse(R"({"a":1,"a":2})"));
  EXPECT_FALSE(Document::parse(R"([{"x":{"a":1,"b":2,"a":3}}])"));
  EXPECT_FALSE(Document::parse("{"));
  EXPECT_FALSE(Document::parse(""));
  EXPECT_FALSE(Document::parse("\"\xff\""));
  EXPECT_FALSE(Document::parse(std::string(1000, '[') + std::string(1000, ']')));
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_FALSE(Document::parse(many + "\"k42\":2}"));
  EXPECT_TRUE(Document::parse(many + "\"k100\":2}"));
  Document::Options options;
  options.allow_duplicate_keys = true;
  auto kept = Document::parse(R"({"a":1,"a":2})", options);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->root()["a"].integer(), 2);
  options.limits.max_bytes = 3;
  EXPECT_EQ(Document::parse("[1,2]", options).error().code(), Code::kLimit);
}

TEST(Json, KeepsTheLastOfRepeatedKeysAndNamesThem) {
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  struct {
    std::string text;
    std::string first;
    uint64_t count;
    std::string left;
  } cases[] = {
      {R"({"a":1,"b":[1]})", "", 0, R"({"a":1,"b":[1]})"},
      {R"({"a":{"x":1},"b":2,"a":{"y":3}})", "/a", 1, R"({"b":2,"a":{"y":3}})"},
      {R"({"p":[{"q":{"a":1,"a":2,"a":3}}],"n":18446744073709551615})", "/p/q/a", 2, ""},
      {R"({"a\u0062":1,"ab":"\u009b"})", "/ab", 1, "{\"ab\":\"\\u009b\"}"},
      {many + R"("z":0})", "", 0, ""},
      {many + R"("k42":2})", "/k42", 1, ""},
  };
  for (const auto& c : cases) {
    RepeatedKeys repeated;
    auto document = Document::parse(c.text, {{}, false, &repeated});
    ASSERT_TRUE(document) << c.text;
    EXPECT_EQ(repeated.first, c.first) << c.text;
    EXPECT_EQ(repeated.count, c.count) << c.text;
    Writer writer(0);
    write_json(writer, document->root());
    std::string left = writer.take();
    EXPECT_EQ(c.left.empty() ? left : c.left, left);
  }
}

TEST(Json, WritesWhatItReads) {
  Writer writer(0);
  writer.begin_object()
      .member("text", "a\"\\\n\x01\xff")
      .member("number", 3)
      .member("real", 0.5)
      .key("list")
      .begin_array()
      .value(true)
      .null()
      .begin_object()
      .end_object()
      .end_array()
      .end_object();
  EXPECT_EQ(writer.take(),
            "{\"text\":\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\",\"number\":3,\"real\":0.5,"
            "\"list\":[true,null,{}]}");
}

TEST(Json, WritesWhatItRead) {
  constexpr std::string_view kText = R"({"z":[1,-2,2.5,true,null,"\u00e9\n"],"a":{},"b":[]})";
  auto document = Document::parse(kText);
  ASSERT_TRUE(document) << document.error().message();
  Writer writer(0);
  write_json(writer, document->root());
  EXPECT_EQ(writer.take(), "{\"z\":[1,-2,2.5,true,null,\"é\\n\"],\"a\":{},\"b\":[]}");
}

TEST(Json, EscapesWhatATerminalWouldObey) {
  struct Case {
    std::string_view text;
    std::string_view want;
  };
  for (const Case& c :
       {Case{"plain text of several words", "plain text of several words"},
        Case{"quote \" and \\ in a text", "quote \\\" and \\\\ in a text"},
        Case{"delete \x7f", "delete \\u007f"}, Case{"csi \xc2\x9b[31m", "csi \\u009b[31m"},
        Case{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        Case{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, Case{"\xe2\x80\xae", "\\u202e"},
        Case{"\xe2\x80\xa8", "\\u2028"}, Case{"\xf3\xa0\x81\x81", "\\udb40\\udc41"},
        Case{"cut \xe2\x80", "cut \xef\xbf\xbd\xef\xbf\xbd"}}) {
    Writer writer(0);
    writer.value(c.text);
    std::string got = writer.take();
    EXPECT_EQ(got, "\"" + std::string(c.want) + "\"");
    auto read = Document::parse("[" + got + "]");
    ASSERT_TRUE(read) << got;
  }
}

}  // namespace
}  // namespace bulkhead::base::json
