// SPDX-License-Identifier: Apache-2.0
// The Dockerfile reader: lines, words, here-documents, and what it says of bad ones.
#include "posture/dockerfile.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "posture/dockerfile_expand.h"
#include "posture/dockerfile_words.h"

namespace bulkhead::posture {
namespace {

Dockerfile parse(std::string_view text) {
  auto file = parse_dockerfile(text, base::Limits());
  EXPECT_TRUE(file) << (file ? "" : file.error().message());
  return file ? std::move(*file) : Dockerfile();
}

// "cmd[flags](args)" with JSON text for the lists, lines in front: what a case compares.
std::string show_dockerfile(const Instruction& i) {
  base::json::Writer json(0);
  auto list = [&](const std::vector<std::string>& items) {
    json.begin_array();
    for (const std::string& item : items) json.value(item);
    json.end_array();
  };
  list(i.args);
  std::string args = json.take();
  std::string out = std::to_string(i.line) + "-" + std::to_string(i.end_line) + " " + i.cmd;
  if (!i.flags.empty()) {
    base::json::Writer flags(0);
    flags.begin_array();
    for (const std::string& flag : i.flags) flags.value(flag);
    flags.end_array();
    out += " " + flags.take();
  }
  out += (i.exec_form ? " exec " : " ") + args;
  for (const Heredoc& h : i.heredocs) {
    out += " <<" + h.name + (h.chomp ? "-" : "") + (h.expand ? "" : "'") + "{" + h.text + "}";
  }
  for (const Instruction& inner : i.inner) out += " -> " + show_dockerfile(inner);
  return out;
}

std::vector<std::string> show_all(const Dockerfile& file) {
  std::vector<std::string> out;
  for (const Instruction& instruction : file.instructions)
    out.push_back(show_dockerfile(instruction));
  return out;
}

using Lines = std::vector<std::string>;

struct Case {
  const char* name;
  std::string_view text;
  Lines want;
  size_t problems = 0;
};

const Case kDockerfileCases[] = {
    {"one stage",
     "FROM alpine:3.20\nRUN apk add curl\n",
     {R"(1-1 from ["alpine:3.20"])", R"(2-2 run ["apk add curl"])"}},
    {"case does not matter",
     "from a as B\nEnTrYpOiNt [\"x\",\"y\"]\n",
     {R"(1-1 from ["a","as","B"])", R"(2-2 entrypoint exec ["x","y"])"}},
    {"arguments before the first FROM",
     "ARG V=1 W\nFROM a:$V\n",
     {R"(1-1 arg ["V=1","W"])", R"(2-2 from ["a:$V"])"}},
    {"continuation with comments and empty lines",
     "FROM a\nRUN one && \\\n  # not this\n\n   two \\\n\n# nor this\nthree\nUSER x\n",
     {R"(1-1 from ["a"])", R"(2-8 run ["one &&    two three"])", R"(9-9 user ["x"])"}},
    {"a doubled escape does not continue",
     "FROM a\nRUN x \\\\\nUSER y\n",
     {R"(1-1 from ["a"])", R"(2-2 run ["x \\\\"])", R"(3-3 user ["y"])"}},
    {"blanks after the escape",
     "FROM a\nRUN x \\ \t\n y\n",
     {R"(1-1 from ["a"])", R"(2-3 run ["x  y"])"}},
    {"continuation up to the end of the file",
     "FROM a\nRUN x \\",
     {R"(1-1 from ["a"])", R"(2-2 run ["x"])"}},
    {"escape directive",
     "# escape=`\nFROM a\nCOPY x `\n  c:\\y\n",
     {R"(2-2 from ["a"])", R"(3-4 copy ["x","c:\\y"])"}},
    {"a directive after a comment is a comment",
     "# hello\n# escape=`\nFROM a\nRUN a `\n",
     {R"(3-3 from ["a"])", R"(4-4 run ["a `"])"}},
    {"line ends of Windows",
     "FROM a\r\nRUN b \\\r\n c\r\n",
     {R"(1-1 from ["a"])", R"(2-3 run ["b  c"])"}},
    {"byte order mark",
     "\xef\xbb\xbf"
     "FROM a\n",
     {R"(1-1 from ["a"])"}},
    {"flags",
     "FROM --platform=linux/amd64 a\nRUN --mount=type=secret,id=x --network=none make\n"
     "COPY --from=b --chown=\"1 2\" --link x y\n",
     {R"(1-1 from ["--platform=linux/amd64"] ["a"])",
      R"(2-2 run ["--mount=type=secret,id=x","--network=none"] ["make"])",
      R"(3-3 copy ["--from=b","--chown=1 2","--link"] ["x","y"])"}},
    {"two dashes end the flags",
     "FROM a\nRUN --network=none -- --mount=x\n",
     {R"(1-1 from ["a"])", R"(2-2 run ["--network=none"] ["--mount=x"])"}},
    {"shell form when the array is none",
     "FROM a\nCMD [ \"x\", y ]\nRUN [ -f x ]\n",
     {R"(1-1 from ["a"])", R"(2-2 cmd ["[ \"x\", y ]"])", R"(3-3 run ["[ -f x ]"])"}},
    {"an array may hold strings only",
     "FROM a\nCMD [\"x\", 1]\n",
     {R"(1-1 from ["a"])", R"(2-2 cmd ["[\"x\", 1]"])"},
     1},
    {"empty array", "FROM a\nENTRYPOINT []\n", {R"(1-1 from ["a"])", R"(2-2 entrypoint exec [])"}},
    {"ENV in both forms",
     "FROM a\nENV a=1 b=\"x y\" c=d\\ e\nENV old the rest \"here\"\n",
     {R"(1-1 from ["a"])", R"(2-2 env ["a","1","=","b","\"x y\"","=","c","d\\ e","="])",
      R"(3-3 env ["old","the rest \"here\"",""])"}},
    {"LABEL",
     "FROM a\nLABEL \"a.b\"=\"c d\" e='f=g'\n",
     {R"(1-1 from ["a"])", R"(2-2 label ["\"a.b\"","\"c d\"","=","e","'f=g'","="])"}},
    {"HEALTHCHECK",
     "FROM a\nHEALTHCHECK NONE\nHEALTHCHECK --interval=5s CMD curl -f x\n"
     "HEALTHCHECK CMD [\"a\",\"b\"]\n",
     {R"(1-1 from ["a"])", R"(2-2 healthcheck ["NONE"])",
      R"(3-3 healthcheck ["--interval=5s"] ["CMD","curl -f x"])",
      R"(4-4 healthcheck exec ["CMD","a","b"])"}},
    {"ONBUILD",
     "FROM a\nONBUILD COPY --from=x . /y\n",
     {R"(1-1 from ["a"])", R"(2-2 onbuild [] -> 2-2 copy ["--from=x"] [".","/y"])"}},
    {"here-document",
     "FROM a\nRUN <<EOF\nb\n  c\nEOF\nUSER d\n",
     {R"(1-1 from ["a"])", "2-5 run [\"<<EOF\"] <<EOF{b\n  c\n}", R"(6-6 user ["d"])"}},
    {"several here-documents",
     "FROM a\nCOPY <<A <<-'B' /x/\n1\nA\n\t2\n\tB\n",
     {R"(1-1 from ["a"])", "2-6 copy [\"<<A\",\"<<-'B'\",\"/x/\"] <<A{1\n} <<B-'{\t2\n}"}},
    {"a here-document inside a command",
     "FROM a\nRUN cat <<EOF > /x && y\nz\nEOF\n",
     {R"(1-1 from ["a"])", "2-4 run [\"cat <<EOF > /x && y\"] <<EOF{z\n}"}},
    {"no here-document",
     "FROM a\nRUN echo $((1<<2)) a<<b \"<<c\" <<<d\nUSER e\n",
     {R"(1-1 from ["a"])", R"(2-2 run ["echo $((1<<2)) a<<b \"<<c\" <<<d"])", R"(3-3 user ["e"])"}},
    {"a here-document in ONBUILD",
     "FROM a\nONBUILD RUN <<E\nx\nE\n",
     {R"(1-1 from ["a"])", "2-4 onbuild [] -> 2-4 run [\"<<E\"] <<E{x\n}"}},
    {"a here-document that is not ended",
     "FROM a\nRUN <<E\nx\n",
     {R"(1-1 from ["a"])", "2-3 run [\"<<E\"] <<E{x\n}"},
     1},
    {"words of EXPOSE and VOLUME",
     "FROM a\nEXPOSE 80/tcp  443\nVOLUME [\"/a b\"]\nVOLUME /c /d\n",
     {R"(1-1 from ["a"])", R"(2-2 expose ["80/tcp","443"])", R"(3-3 volume exec ["/a b"])",
      R"(4-4 volume ["/c","/d"])"}},
    {"unknown instruction",
     "FROM a\nRUNN x\nUSER b\n",
     {R"(1-1 from ["a"])", R"(3-3 user ["b"])"},
     1},
    {"instruction before FROM", "USER x\nFROM a\n", {R"(2-2 from ["a"])"}, 1},
    {"ONBUILD of ONBUILD",
     "FROM a\nONBUILD ONBUILD RUN x\n",
     {R"(1-1 from ["a"])", R"(2-2 onbuild [])"},
     2},
    {"nothing", "", {}, 1},
};

TEST(Dockerfile, Instructions) {
  for (const Case& c : kDockerfileCases) {
    Dockerfile file = parse(c.text);
    EXPECT_EQ(show_all(file), c.want) << c.name;
    EXPECT_EQ(file.problems.size(), c.problems) << c.name;
  }
}

TEST(Dockerfile, DirectivesCommentsAndStages) {
  Dockerfile file = parse(
      "# syntax = docker/dockerfile:1 \n# check=skip=all\n\n# the base\nFROM a AS one\n"
      "# why\n# more\nRUN b\nFROM one\nUSER c\n");
  EXPECT_EQ(file.directives.at("syntax"), "docker/dockerfile:1");
  EXPECT_EQ(file.directives.at("check"), "skip=all");
  ASSERT_EQ(file.instructions.size(), 4u);
  EXPECT_EQ(file.instructions[0].comments, Lines{"the base"});
  EXPECT_EQ(file.instructions[1].comments, (Lines{"why", "more"}));
  EXPECT_EQ(file.instructions[1].stage, 0);
  EXPECT_EQ(file.instructions[3].stage, 1);
  EXPECT_EQ(file.instructions[1].raw, "RUN b");
}

TEST(Dockerfile, ProblemsSayWhereAndWhat) {
  Dockerfile file = parse("# escape=x\nFROM a b\nCOPY x\nRUNN y\n");
  ASSERT_EQ(file.problems.size(), 4u);
  EXPECT_EQ(file.problems[0].line, 1u);
  EXPECT_EQ(file.problems[0].message, "escape must be \\ or `");
  EXPECT_EQ(file.problems[1].message, "FROM takes an image, or an image AS a name");
  EXPECT_EQ(file.problems[2].message, "COPY needs a source and a destination");
  EXPECT_EQ(file.problems[3].message, "unknown instruction RUNN");
}

TEST(Dockerfile, Limits) {
  base::Limits limits;
  limits.max_entries = 2;
  EXPECT_EQ(parse_dockerfile("FROM a\nUSER b\nUSER c\n", limits).error().code(),
            base::Code::kLimit);
  limits.max_bytes = 5;
  EXPECT_EQ(parse_dockerfile("FROM a\n", limits).error().code(), base::Code::kLimit);
  EXPECT_EQ(parse_dockerfile(std::string_view("F\0", 2), base::Limits()).error().code(),
            base::Code::kInvalid);
}

TEST(Dockerfile, PairsAndFlags) {
  Dockerfile file = parse(
      "FROM a\nENV a=\"x y\" b='$c' d=e\\ f\nARG g h=\"\"\n"
      "RUN --mount=type=cache --mount=type=secret,id=x --foo y\n");
  auto env = file.instructions[1].pairs('\\');
  ASSERT_EQ(env.size(), 3u);
  EXPECT_EQ(env[0].value, "x y");
  EXPECT_EQ(env[1].value, "$c");
  EXPECT_EQ(env[2].value, "e f");
  auto args = file.instructions[2].pairs('\\');
  ASSERT_EQ(args.size(), 2u);
  EXPECT_FALSE(args[0].value);
  EXPECT_EQ(args[1].value, "");
  EXPECT_EQ(file.instructions[3].flag("mount"), (Lines{"type=cache", "type=secret,id=x"}));
  EXPECT_EQ(file.instructions[3].flag("foo"), Lines{"true"});
  EXPECT_TRUE(file.instructions[3].flag("chown").empty());
}

struct Expansion {
  std::string_view word;
  std::string_view want;
  Lines unresolved = {};
};

// a is "x.y.z", empty is "", unset has no value, and of all others nothing is known.
Variable sample(std::string_view name) {
  using State = Variable::State;
  if (name == "a") return {State::kKnown, "x.y.z"};
  if (name == "empty") return {State::kKnown, ""};
  if (name == "unset") return {State::kUnset, ""};
  return {State::kUnknown, ""};
}

TEST(DockerfileExpand, Words) {
  const Expansion kWords[] = {
      {"plain", "plain"},
      {"$a/${a}b", "x.y.z/x.y.zb"},
      {"'$a'\"$a\"", "$ax.y.z"},
      {"\\$a\\b \"\\$a\\b\"", "$ab $a\\b"},
      {"$other/${other}", "$other/${other}", {"other"}},
      {"$unset", "$unset", {"unset"}},
      {"${a:-d}${empty:-d}${empty-d}${unset-d}", "x.y.zdd"},
      {"${other:-d}", "${other:-d}", {"other"}},
      {"${a:+d}${empty:+d}${empty+e}${unset+d}", "de"},
      {"${unset:-${a}}${unset:-'q }'}", "x.y.zq }"},
      {"${unset:-$other}", "$other", {"other"}},
      {"${a:-$other}", "x.y.z"},
      {"${a:?bad}", "x.y.z"},
      {"${unset:?bad}", "${unset:?bad}", {"unset"}},
      {"${a#*.} ${a##*.} ${a%.*} ${a%%.*}", "y.z z x.y x"},
      {"${a#?} ${a#q} ${a%.?}", ".y.z x.y.z x.y"},
      {"${a/./-} ${a//./-} ${a/y*/}", "x-y.z x-y-z x."},
      {"$ $$ $1", "$ $$ $1", {"$", "1"}},
  };
  for (const Expansion& c : kWords) {
    ExpandBudget budget;
    auto got = expand_word(c.word, '\\', sample, budget);
    ASSERT_TRUE(got) << c.word << ": " << got.error().message();
    EXPECT_EQ(got->text, c.want) << c.word;
    EXPECT_EQ(got->unresolved, c.unresolved) << c.word;
  }
  for (std::string_view bad : {"${", "${a", "${}", "${a!}", "${a:#b}", "'a", "\"a", "${a/b}"}) {
    ExpandBudget budget;
    EXPECT_FALSE(expand_word(bad, '\\', sample, budget)) << bad;
  }
}

TEST(DockerfileExpand, CostIsBounded) {
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "${unset:-";
  ExpandBudget budget;
  EXPECT_EQ(expand_word(nested, '\\', sample, budget).error().code(), base::Code::kLimit);
  std::string large(100'000, 'x');
  auto big = [&](std::string_view) { return Variable{Variable::State::kKnown, large}; };
  std::string stars = "${b%";
  for (int i = 0; i < 1000; ++i) stars += "*x";
  EXPECT_EQ(expand_word(stars + "y}", '\\', big, budget).error().code(), base::Code::kLimit);
}

}  // namespace
}  // namespace bulkhead::posture
