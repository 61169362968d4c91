// SPDX-License-Identifier: Apache-2.0
// The document of a Dockerfile: stages, what is known of images and values, commands; and back.
#include "posture/dockerfile_document.h"

#include <gtest/gtest.h>

namespace bulkhead::posture {
namespace {

using base::json::Document;
using base::json::Value;

std::string document_of(std::string_view text,
                        const std::optional<Dockerignore>& ignore = std::nullopt) {
  auto file = parse_dockerfile(text, base::Limits());
  EXPECT_TRUE(file);
  return file ? dockerfile_document(*file, ignore) : "";
}

TEST(DockerfileDocument, WholeShape) {
  EXPECT_EQ(
      document_of("# syntax=docker/dockerfile:1\nARG V=3.20\nFROM alpine:$V AS Base\n"
                  "# why\nENV A=\"x y\"\nRUN --mount=type=cache,target=/c apk add \\\n  curl\n"
                  "FROM base\nUSER $A\n"),
      R"({"args":[{"cmd":"arg","value":["V=3.20"],"pairs":[{"key":"V","value":"3.20"}],)"
      R"("flags":{},"raw":"ARG V=3.20","line":2,"end_line":2,"stage":-1}],)"
      R"("stages":[{"index":0,"name":"base","from":{"raw":"FROM alpine:$V AS Base","line":3,)"
      R"("tag":"3.20","image":"alpine","alias":"base"},"instructions":[)"
      R"({"cmd":"env","value":["A=\"x y\""],"pairs":[{"key":"A","value":"x y"}],"flags":{},)"
      R"("comments":["why"],"raw":"ENV A=\"x y\"","line":5,"end_line":5,"stage":0},)"
      R"({"cmd":"run","value":["apk add   curl"],)"
      R"("flags":{"mount":["type=cache,target=/c"]},"form":"shell",)"
      R"("commands":[{"words":["apk","add","curl"],"before":""}],)"
      R"("raw":"RUN --mount=type=cache,target=/c apk add \\\n  curl","line":6,"end_line":7,)"
      R"("stage":0}]},)"
      R"({"index":1,"from":{"raw":"FROM base","line":8,"image":"base","stage":0},)"
      R"("instructions":[{"cmd":"user","value":["$A"],"resolved":["x y"],"flags":{},)"
      R"("raw":"USER $A","line":9,"end_line":9,"stage":1}]}],)"
      R"("directives":{"syntax":"docker/dockerfile:1"}})");
}

// One member of the first stage's FROM as JSON text.
Value from(const Document& document) { return document.root()["stages"]; }

TEST(DockerfileDocument, Images) {
  struct Case {
    std::string_view text, image, tag, digest, unresolved;
  };
  const Case kCases[] = {
      {"FROM scratch", "scratch", "", "", ""},
      {"FROM r.io:5000/a/b", "r.io:5000/a/b", "", "", ""},
      {"FROM r.io:5000/a/b:1@sha256:ab", "r.io:5000/a/b", "1", "sha256:ab", ""},
      {"ARG R=r.io\nARG I=$R/x\nFROM ${I}:${T:-9}", "r.io/x", "9", "", ""},
      {"ARG T\nFROM x:$T", "x", "$T", "", "T"},
      {"FROM x:${T}", "x", "${T}", "", "T"},
      {"FROM x-$TARGETARCH", "x-$TARGETARCH", "", "", "TARGETARCH"},
  };
  for (const Case& c : kCases) {
    auto document = Document::parse(document_of(c.text));
    ASSERT_TRUE(document) << c.text;
    from(*document).each([&](Value stage) {
      Value made = stage["from"];
      EXPECT_EQ(made["image"].string_or(""), c.image) << c.text;
      EXPECT_EQ(made["tag"].string_or(""), c.tag) << c.text;
      EXPECT_EQ(made["digest"].string_or(""), c.digest) << c.text;
      std::string unresolved;
      made["unresolved"].each([&](Value name) { unresolved += name.string_or(""); });
      EXPECT_EQ(unresolved, c.unresolved) << c.text;
    });
  }
}

// What the last instruction of the last stage says of a member, as compact text.
std::string last(std::string_view text, std::string_view member) {
  std::string json = document_of(text);
  size_t at = json.rfind("{\"cmd\":");
  size_t found = json.find("\"" + std::string(member) + "\":", at);
  if (found == std::string::npos) return "";
  size_t begin = found + member.size() + 3;
  return json.substr(begin, json.find(']', begin) - begin + 1);
}

TEST(DockerfileDocument, ResolvedValues) {
  EXPECT_EQ(last("FROM a\nENV U=app\nUSER $U:$U", "resolved"), R"(["app:app"])");
  EXPECT_EQ(last("FROM a\nUSER app", "resolved"), "");
  EXPECT_EQ(last("FROM a\nUSER $U", "resolved"), "");  // the base image may set it
  EXPECT_EQ(last("FROM scratch\nUSER ${U:-0}", "resolved"), R"(["0"])");
  EXPECT_EQ(last("ARG P=80\nFROM a\nARG P\nEXPOSE $P/tcp 443", "resolved"), R"(["80/tcp","443"])");
  EXPECT_EQ(last("ARG P=80\nFROM a\nEXPOSE $P", "resolved"), "");
  EXPECT_EQ(last("FROM a\nARG P=1\nENV P=2\nEXPOSE $P", "resolved"), R"(["2"])");
  EXPECT_EQ(last("FROM a\nENV A=1\nENV A=2 B=$A\nEXPOSE $B", "resolved"), R"(["1"])");
  EXPECT_EQ(last("FROM a AS x\nENV A=1\nARG B=2\nFROM x\nWORKDIR /$A", "resolved"), R"(["/1"])");
  EXPECT_EQ(last("FROM a AS x\nARG B=2\nFROM x\nWORKDIR /$B", "resolved"), "");
}

TEST(DockerfileDocument, CommandsOfShellText) {
  EXPECT_EQ(last("FROM a\nRUN [\"sh\", \"-ec\", \"x; y\"]", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last("FROM a\nRUN [\"x\", \"y\"]", "commands"), "");
  EXPECT_EQ(last("FROM a\nSHELL [\"powershell\", \"-c\"]\nRUN x", "commands"), "");
  EXPECT_EQ(last("FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nRUN x", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last("# escape=`\nFROM a\nRUN x", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last("FROM mcr.microsoft.com/Windows/servercore:$V\nRUN x", "commands"), "");
  EXPECT_EQ(last("FROM --platform=windows/amd64 a\nRUN x", "commands"), "");
  const std::string cmd = "FROM x:nanoserver AS w\nFROM a\n";
  EXPECT_EQ(last(cmd + "RUN x", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last(cmd + "FROM w\nRUN x", "commands"), "");
  EXPECT_EQ(last("FROM a\nRUN 'x", "commands"), "");
  EXPECT_EQ(last("FROM a\nRUN <<EOF\nx\nEOF\n", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last("FROM a\nRUN <<EOF\n#!/usr/bin/python3\nx\nEOF\n", "commands"), "");
  EXPECT_EQ(last("FROM a\nRUN cat <<EOF >/y\nx\nEOF\n", "commands"), R"([{"words":["cat"])");
  EXPECT_EQ(last("FROM a\nHEALTHCHECK CMD x", "commands"), R"([{"words":["x"])");
  EXPECT_EQ(last("FROM a\nONBUILD RUN x", "commands"), R"([{"words":["x"])");
}

TEST(DockerfileDocument, ComesBack) {
  for (std::string_view text :
       {"# syntax=x\n# escape=`\n\n# c\nFROM a AS b\nRUN x `\n  y\nONBUILD RUN <<E\nz\nE\n",
        "ARG V\nFROM a:$V\n# why\n\nENV A=1 B=\"2 3\"\nCOPY <<A <<-B /x\n1\nA\n\t2\nB\nUSER c"}) {
    std::string json = document_of(text);
    auto document = Document::parse(json);
    ASSERT_TRUE(document);
    auto file = dockerfile_of_document(document->root(), base::Limits());
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(dockerfile_document(*file, std::nullopt), json);
  }
  auto other = Document::parse(R"({"stages":[{"from":{"line":0}}]})");
  EXPECT_FALSE(dockerfile_of_document(other->root(), base::Limits()));
}

TEST(DockerfileDocument, UnfoldingIsBounded) {
  std::string text = "FROM scratch\nENV A=0123456789\n";
  for (int i = 0; i < 40; ++i) text += "ENV A=$A$A\n";
  EXPECT_EQ(last(text + "USER $A\n", "resolved"), "");
}

}  // namespace
}  // namespace bulkhead::posture
