// SPDX-License-Identifier: Apache-2.0
// Shell scripts into commands.
#include "posture/shell_words.h"

#include <gtest/gtest.h>

namespace bulkhead::posture {
namespace {

// One line a command: "[before] word|word ... {assigns} <reads >writes".
std::string show(std::string_view script) {
  auto commands = split_shell(script, base::Limits());
  if (!commands) return "error: " + commands.error().message();
  std::string out;
  for (const ShellCommand& command : *commands) {
    if (!command.before.empty()) out += std::string(command.before) + " ";
    for (size_t i = 0; i < command.words.size(); ++i) {
      out += (i == 0 ? "" : "|") + command.words[i].text;
    }
    for (const auto& [name, value] : command.assigns) out += " {" + name + "=" + value + "}";
    for (const auto& file : command.reads) out += " <" + file;
    for (const auto& file : command.writes) out += " >" + file;
    out += "\n";
  }
  return out;
}

struct ScriptCase {
  std::string_view script;
  std::string_view want;
};

const ScriptCase kCases[] = {
    {"", ""},
    {"apt-get update", "apt-get|update\n"},
    {"a && b || c; d | e & f", "a\n&& b\n|| c\n; d\n| e\n& f\n"},
    {"a\nb\n\nc", "a\n; b\n; c\n"},
    {"a \\\n  b", "a|b\n"},
    {"a # comment ; b\nc", "a\n; c\n"},
    {"echo 'a;b' \"c && d\" e\\ f g#h", "echo|a;b|c && d|e f|g#h\n"},
    {"echo \"a\\\"b\\$c\\d\" $'x\\ny' $\"z\"", "echo|a\"b$c\\d|x\ny|z\n"},
    {"A=1 B='x y' cmd C=2", "cmd|C=2 {A=1} {B=x y}\n"},
    {"A=1", " {A=1}\n"},
    {"a=(1 2) b", "b {a=(1 2)}\n"},
    {"declare -A m=([k]=v)", "declare|-A|m=([k]=v)\n"},
    {"echo $a ${b:-c d} ${e:-\"}\"} $((1 + (2 << 3)))",
     "echo|$a|${b:-c d}|${e:-\"}\"}|$((1 + (2 << 3)))\n"},
    {"echo $(curl -s x | sh) `id -u`", "echo|$(curl -s x | sh)|`id -u`\ncurl|-s|x\n| sh\nid|-u\n"},
    {"echo \"n: $(nproc --all)\"", "echo|n: $(nproc --all)\nnproc|--all\n"},
    {"make -j$(( $(nproc) + 1 ))", "make|-j$(( $(nproc) + 1 ))\nnproc\n"},
    {"( a; b ) && c", "a\n; b\n&& c\n"},
    {"((i = i + 1)); a", "; a\n"},
    {"{ a; b; } > f 2>&1", "a\n; b\n;  >f\n"},
    {"a > x >> y 2> z < in <<< word &> all", "a <in >x >y >z >all\n"},
    {"a 2>&1 >&- 3<&0", "a\n"},
    {"curl x | tee >(sh) > y", "curl|x\n| tee|>(sh) >y\nsh\n"},
    {"bash <(curl -s x)", "bash|<(curl -s x)\ncurl|-s|x\n"},
    {"if a; then b; elif c; then d; else e; fi; f", "a\n; b\n; c\n; d\n; e\n; f\n"},
    {"while read x; do echo $x; done < f", "read|x\n; echo|$x\n;  <f\n"},
    {"for i in a $(ls); do rm $i; done", "ls\nrm|$i\n"},
    {"for ((i=0; i<3; i++)); do a; done", "a\n"},
    {"for i; do a; done", "a\n"},
    {"case $x in a|b) c ;; (d) e;; *) f; esac", "c\ne\nf\n"},
    {"f() { a; }; function g { b; }; f", "a\n; b\n; f\n"},
    {"[[ $a =~ b && -f $(c) ]] || d", "c\n|| d\n"},
    {"[ -f x ] && ! a", "[|-f|x|]\n&& a\n"},
    {"time -p a", "-p|a\n"},
    {"cat <<EOF > x\nhello $(id)\nEOF\nb", "cat >x\nid\n; b\n"},
    {"cat <<'EOF'\nhello $(id)\nEOF\nb", "cat\n; b\n"},
    {"cat <<-EOF\n\tx\n\tEOF\nb", "cat\n; b\n"},
    {"sh <<EOF\napt-get install x\nEOF\n", "sh\napt-get|install|x\n"},
    {"echo @(a|b) {c,d} *", "echo|@(a|b)|{c,d}|*\n"},
    {"export A=b C=$(d)", "export|A=b|C=$(d)\nd\n"},
    {"a; # end", "a\n"},
    {"a\r\nb\r\n", "a\n; b\n"},
    {"set -eux; \\\n  apt-get update; \\\n  rm -rf /x",
     "set|-eux\n; apt-get|update\n; rm|-rf|/x\n"},
};

TEST(ShellWords, Commands) {
  for (const ScriptCase& c : kCases) EXPECT_EQ(show(c.script), c.want) << c.script;
}

TEST(ShellWords, WordsAsWritten) {
  auto commands = split_shell("echo \"a b\" 'c' d$(e  f)", base::Limits());
  ASSERT_TRUE(commands);
  EXPECT_EQ((*commands)[0].words[1].written, "\"a b\"");
  EXPECT_EQ((*commands)[0].words[2].written, "'c'");
  EXPECT_EQ((*commands)[0].words[3].written, "d$(e  f)");
  EXPECT_TRUE(split_shell("export A", base::Limits())->front().declares);
}

TEST(ShellWords, WhatNoShellTakes) {
  for (std::string_view script :
       {"'a",  "\"a",  "$(a",  "`a",      "${a",           "if a; then b",   "fi",
        "a )", "&& a", "a &&", "a | ; b", "while a; do b", "case x in a) b", "for i in",
        "{ a", "( a",  "a (b", "> ",      "a;; b",         "[[ a",           "$'a",
        "<<",  "done", "a <"}) {
    EXPECT_TRUE(show(script).starts_with("error: line 1: ")) << script << " -> " << show(script);
  }
}

TEST(ShellWords, Limits) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "$(";
  EXPECT_EQ(split_shell(deep, base::Limits()).error().code(), base::Code::kLimit);
  std::string braces;
  for (int i = 0; i < 10'000; ++i) braces += "${a:-";
  EXPECT_EQ(split_shell(braces, base::Limits()).error().code(), base::Code::kLimit);
  base::Limits limits;
  limits.max_entries = 2;
  EXPECT_EQ(split_shell("a;b;c", limits).error().code(), base::Code::kLimit);
  limits.max_bytes = 3;
  EXPECT_EQ(split_shell("a;b;c", limits).error().code(), base::Code::kLimit);
}

}  // namespace
}  // namespace bulkhead::posture
