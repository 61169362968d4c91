// SPDX-License-Identifier: Apache-2.0
// The line-based files of the go command. Lines that are no directive are remembered, not refused:
// a newer go may know them.
#include "catalog/golang/gomod.h"

#include <map>

#include "base/text.h"
#include "version/scheme.h"

namespace bulkhead::catalog::golang {
namespace {

constexpr size_t kMaxBadLines = 100;
// Of each kind; large projects have a thousand.
constexpr size_t kMaxEntries = 50'000;

struct Line {
  std::vector<std::string> words;
  std::string_view comment;  // behind "//", trimmed
};

// Words are separated by blanks; quotes of both kinds group; brackets of a block stand alone.
Line lex(std::string_view text) {
  Line line;
  while (true) {
    text = base::trim(text);
    if (text.empty()) return line;
    if (text.starts_with("//")) {
      line.comment = base::trim(text.substr(2));
      return line;
    }
    if (text[0] == '"' || text[0] == '`') {
      size_t end = text.find(text[0], 1);
      line.words.emplace_back(text.substr(1, end == text.npos ? end : end - 1));
      text = end == text.npos ? std::string_view() : text.substr(end + 1);
    } else if (text[0] == '(' || text[0] == ')') {
      line.words.emplace_back(1, text[0]);
      text.remove_prefix(1);
    } else {
      size_t end = 0;
      while (end < text.size() && !base::is_space(text[end]) && text[end] != '(' &&
             text[end] != ')' && text.substr(end, 2) != "//") {
        ++end;
      }
      line.words.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
}

bool read_replace(const std::vector<std::string>& words, Replace& out) {
  size_t arrow = words.size() > 1 && words[1] == "=>" ? 1 : 2;
  if (words.size() <= arrow + 1 || words.size() > arrow + 3 || words[arrow] != "=>") return false;
  out.path = words[0];
  if (arrow == 2) out.version = words[1];
  out.by = words[arrow + 1];
  if (words.size() == arrow + 3) out.by_version = words[arrow + 2];
  return true;
}

bool is_indirect(std::string_view comment) {
  return comment == "indirect" || comment.starts_with("indirect;");
}

// One directive; false when it is none.
bool apply(std::string_view verb, const Line& line, uint32_t number, GoMod& out) {
  const auto& words = line.words;
  if (verb == "module" && words.size() == 1) {
    out.module = words[0];
    out.module_line = number;
  } else if (verb == "go" && words.size() == 1) {
    out.go = words[0];
    if (out.toolchain.empty()) out.toolchain_line = number;
  } else if (verb == "toolchain" && words.size() == 1) {
    out.toolchain = words[0];
    out.toolchain_line = number;
  } else if ((verb == "require" || verb == "exclude") && words.size() == 2) {
    auto& list = verb == "require" ? out.requires_ : out.excludes;
    if (list.size() == kMaxEntries) return true;
    list.push_back({words[0], words[1], is_indirect(line.comment), number});
  } else if (verb == "replace") {
    Replace replace;
    if (!read_replace(words, replace)) return false;
    if (out.replaces.size() < kMaxEntries) out.replaces.push_back(std::move(replace));
  } else {
    return verb == "retract" || verb == "godebug" || verb == "tool" || verb == "ignore";
  }
  return true;
}

}  // namespace

bool GoMod::lists_all() const {
  auto parts = base::split(go, '.');
  if (parts.size() < 2) return false;
  // "1.21rc2" is of 1.21.
  std::string_view minor = parts[1].substr(0, parts[1].find_first_not_of("0123456789"));
  auto number = base::to_number<uint32_t>(minor);
  return parts[0] != "1" || (number && *number >= 17);
}

GoMod parse_go_mod(std::string_view text) {
  GoMod out;
  std::string block;
  std::string_view raw;
  for (uint32_t number = 1; base::next_line(text, raw); ++number) {
    Line line = lex(raw);
    if (line.words.empty()) continue;
    if (!block.empty() && line.words[0] == ")") {
      block.clear();
      continue;
    }
    std::string verb = block;
    if (verb.empty()) {
      verb = std::move(line.words[0]);
      line.words.erase(line.words.begin());
      if (line.words.size() == 1 && line.words[0] == "(") {
        block = verb;
        continue;
      }
      // "require ()" asks for nothing.
      if (line.words.size() == 2 && line.words[0] == "(" && line.words[1] == ")") continue;
    }
    if (!apply(verb, line, number, out) && out.bad_lines.size() < kMaxBadLines) {
      out.bad_lines.push_back(number);
    }
  }
  return out;
}

bool version_below(std::string_view a, std::string_view b) {
  return version::scheme_for_purl_type("golang")->compare(a, b) < 0;
}

std::vector<Require> parse_go_sum(std::string_view text) {
  std::map<std::string_view, Require> highest;
  std::string_view line;
  for (uint32_t number = 1; base::next_line(text, line); ++number) {
    auto path = base::cut(line, " ");
    auto version = path ? base::cut(path->second, " ") : std::nullopt;
    if (!version || version->first.empty() || version->first.ends_with("/go.mod")) continue;
    if (!base::trim(version->second).starts_with("h1:")) continue;
    if (highest.size() == kMaxEntries) break;
    Require& best = highest[path->first];
    if (!best.version.empty() && !version_below(best.version, version->first)) continue;
    best = {std::string(path->first), std::string(version->first), false, number};
  }
  std::vector<Require> out;
  for (auto& [path, require] : highest) out.push_back(std::move(require));
  return out;
}

std::vector<Vendored> parse_modules_txt(std::string_view text) {
  std::vector<Vendored> out;
  std::string_view line;
  for (uint32_t number = 1; base::next_line(text, line); ++number) {
    if (line.starts_with("## ")) {
      for (std::string_view mark : base::split(line.substr(3), ';')) {
        if (base::trim(mark) == "explicit" && !out.empty()) out.back().module.indirect = false;
      }
      continue;
    }
    if (!line.starts_with("# ")) continue;
    Line parts = lex(line.substr(2));
    auto& words = parts.words;
    Vendored vendored;
    if (words.size() < 2) continue;
    bool replaced = words.size() > 2;
    // "# path => other version" lists a replacement of all versions once more.
    if (words[1] == "=>" || (replaced && !read_replace(words, vendored.replace))) continue;
    vendored.module = {words[0], words[1], true, number};
    if (out.size() == kMaxEntries) break;
    out.push_back(std::move(vendored));
  }
  return out;
}

}  // namespace bulkhead::catalog::golang
