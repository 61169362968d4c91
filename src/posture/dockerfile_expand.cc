// SPDX-License-Identifier: Apache-2.0
// Variable expansion of Dockerfiles
// (https://docs.docker.com/reference/dockerfile/#environment-replacement), which is a small part of
// the shell's: no word splitting, no commands, and two more forms than POSIX has (${x/a/b},
// ${x//a/b}).
//
// Three states of a variable instead of two: a scanner does not know what the base image sets or
// what the build is given, and must not take "not known" for "empty".
#include "posture/dockerfile_expand.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::posture {
namespace {

using base::Code;
using base::Error;

constexpr unsigned kMaxDepth = 32;

// One pattern of ${x#pattern}: '*', '?' and literal bytes.
struct Glob {
  enum class Kind { kLiteral, kOne, kMany };
  struct Part {
    Kind kind;
    char literal;
  };
  std::vector<Part> parts;
};

base::Result<Glob> glob_of(std::string_view pattern) {
  Glob glob;
  for (size_t at = 0; at < pattern.size(); ++at) {
    char c = pattern[at];
    if (c == '*') {
      glob.parts.push_back({Glob::Kind::kMany, 0});
    } else if (c == '?') {
      glob.parts.push_back({Glob::Kind::kOne, 0});
    } else if (c != '\\') {
      glob.parts.push_back({Glob::Kind::kLiteral, c});
    } else {
      if (++at == pattern.size() ||
          std::string_view("}/*?\\").find(pattern[at]) == std::string_view::npos) {
        return Error(Code::kInvalid, "invalid escape in the pattern of a substitution");
      }
      glob.parts.push_back({Glob::Kind::kLiteral, pattern[at]});
    }
  }
  return glob;
}

// The ends of all matches that begin at text[0], as a flag for each length. Set by set, so that
// the cost is text times pattern whatever the stars.
std::vector<bool> match_ends(const Glob& glob, std::string_view text) {
  std::vector<bool> now(text.size() + 1, false);
  now[0] = true;
  for (const Glob::Part& part : glob.parts) {
    std::vector<bool> next(text.size() + 1, false);
    bool running = false;
    for (size_t at = 0; at <= text.size(); ++at) {
      bool can_take = at < text.size() && text[at] != '\n';
      if (part.kind == Glob::Kind::kMany) {
        running = now[at] || running;
        next[at] = running;
        running = running && can_take;
      } else if (now[at] && at < text.size() &&
                 (part.kind == Glob::Kind::kOne ? can_take : text[at] == part.literal)) {
        next[at + 1] = true;
      }
    }
    now = std::move(next);
  }
  return now;
}

std::optional<size_t> match_length(const Glob& glob, std::string_view text, bool longest) {
  auto ends = match_ends(glob, text);
  std::optional<size_t> found;
  for (size_t at = 0; at < ends.size(); ++at) {
    if (!ends[at]) continue;
    found = at;
    if (!longest) break;
  }
  return found;
}

std::string strip_prefix(const Glob& glob, const std::string& value, bool longest) {
  auto length = match_length(glob, value, longest);
  return length ? value.substr(*length) : value;
}

std::string strip_suffix(Glob glob, std::string value, bool longest) {
  std::reverse(glob.parts.begin(), glob.parts.end());
  std::reverse(value.begin(), value.end());
  value = strip_prefix(glob, value, longest);
  std::reverse(value.begin(), value.end());
  return value;
}

std::string replace(const Glob& glob, const std::string& value, std::string_view with, bool all) {
  std::string out;
  size_t at = 0;
  bool done = false;
  while (at <= value.size()) {
    auto length = done ? std::nullopt
                       : match_length(glob, std::string_view(value).substr(at), /*longest=*/true);
    if (length && *length > 0) {
      out += with;
      at += *length;
      done = !all;
    } else {
      if (at < value.size()) out += value[at];
      ++at;
    }
  }
  return out;
}

class Expander {
 public:
  Expander(std::string_view text, char escape, const Variables& variables, ExpandBudget& budget)
      : text_(text), escape_(escape), variables_(variables), budget_(budget) {}

  base::Result<Expanded> run() {
    std::string out = TRY(until('\0', /*raw_escapes=*/false));
    return Expanded{std::move(out), std::move(unresolved_)};
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  char take() { return at_end() ? '\0' : text_[at_++]; }

  base::Status spend(uint64_t steps);
  base::Result<std::string> until(char stop, bool raw_escapes);
  base::Result<std::string> single_quoted();
  base::Result<std::string> double_quoted();
  base::Result<std::string> dollar();
  base::Result<std::string> braced(size_t begin);
  base::Result<std::string> modified(const Variable& found, bool set, char op, std::string word);
  base::Result<std::string> substitute(std::string_view name, size_t begin);
  std::string name();
  std::string unresolved(std::string_view name, size_t begin);

  std::string_view text_;
  size_t at_ = 0;
  char escape_;
  const Variables& variables_;
  ExpandBudget& budget_;
  unsigned depth_ = 0;
  std::vector<std::string> unresolved_;
};

base::Status Expander::spend(uint64_t steps) {
  if (steps > budget_.steps) return Error(Code::kLimit, "variables unfold to too much text");
  budget_.steps -= steps;
  return {};
}

base::Result<std::string> Expander::until(char stop, bool raw_escapes) {
  if (++depth_ > kMaxDepth) return Error(Code::kLimit, "substitutions nested too deep");
  std::string out;
  while (!at_end()) {
    char c = peek();
    if (stop != '\0' && c == stop) {
      ++at_;
      --depth_;
      return out;
    }
    if (c == '\'') {
      out += TRY(single_quoted());
    } else if (c == '"') {
      out += TRY(double_quoted());
    } else if (c == '$') {
      out += TRY(dollar());
    } else if (c == escape_) {
      ++at_;
      if (raw_escapes) out += c;
      if (!at_end()) out += text_[at_++];
    } else {
      out += c;
      ++at_;
    }
  }
  if (stop != '\0') return Error(Code::kInvalid, "a substitution is not closed");
  --depth_;
  return out;
}

base::Result<std::string> Expander::single_quoted() {
  size_t end = text_.find('\'', at_ + 1);
  if (end == text_.npos) return Error(Code::kInvalid, "a ' is not closed");
  std::string out(text_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return out;
}

base::Result<std::string> Expander::double_quoted() {
  std::string out;
  ++at_;
  while (!at_end()) {
    char c = peek();
    if (c == '"') {
      ++at_;
      return out;
    }
    if (c == '$') {
      out += TRY(dollar());
      continue;
    }
    ++at_;
    char next = peek();
    if (c == escape_ && !at_end() && (next == '"' || next == '$' || next == escape_)) {
      c = next;
      ++at_;
    }
    out += c;
  }
  return Error(Code::kInvalid, "a \" is not closed");
}

std::string Expander::name() {
  size_t begin = at_;
  auto digit = [&] { return base::is_digit(peek()); };
  if (digit()) {
    while (digit()) ++at_;
  } else if (!at_end() && std::string_view("@*#?-$!").find(peek()) != std::string_view::npos) {
    ++at_;
  } else {
    while (!at_end() && (base::is_alnum(peek()) || peek() == '_')) ++at_;
  }
  return std::string(text_.substr(begin, at_ - begin));
}

// Notes the name; gives the text from begin as written.
std::string Expander::unresolved(std::string_view name, size_t begin) {
  if (std::find(unresolved_.begin(), unresolved_.end(), name) == unresolved_.end()) {
    unresolved_.emplace_back(name);
  }
  return std::string(text_.substr(begin, at_ - begin));
}

base::Result<std::string> Expander::dollar() {
  size_t begin = at_++;
  if (peek() == '{') return braced(begin);
  std::string variable = name();
  if (variable.empty()) return std::string("$");
  Variable found = variables_(variable);
  if (found.state != Variable::State::kKnown) return unresolved(variable, begin);
  TRY(spend(found.value.size()));
  return std::move(found.value);
}

base::Result<std::string> Expander::braced(size_t begin) {
  ++at_;
  std::string variable = name();
  if (variable.empty()) return Error(Code::kInvalid, "bad substitution");
  Variable found = variables_(variable);
  bool known = found.state == Variable::State::kKnown;
  TRY(spend(1 + found.value.size()));
  char op = take();
  if (op == '}') return known ? std::move(found.value) : unresolved(variable, begin);
  if (op == '/') return substitute(variable, begin);
  bool null_is_unset = op == ':';
  if (null_is_unset) op = take();
  bool pattern = op == '#' || op == '%';
  if (std::string_view("-+?#%").find(op) == std::string_view::npos || (null_is_unset && pattern)) {
    return Error(Code::kInvalid, "unsupported modifier in a substitution");
  }
  size_t before = unresolved_.size();
  std::string word = TRY(until('}', pattern));
  bool set = known && !(null_is_unset && found.value.empty());
  bool unknown = found.state == Variable::State::kUnknown;
  // Names that stand only in a word that is not taken do not matter.
  bool takes_word = op == '-' ? !set && !unknown : op != '?' && set;
  if (!takes_word) unresolved_.resize(before);
  bool decided = set || (!unknown && (op == '-' || op == '+'));
  if (!decided) return unresolved(variable, begin);
  return modified(found, set, op, std::move(word));
}

base::Result<std::string> Expander::modified(const Variable& found, bool set, char op,
                                             std::string word) {
  if (op == '-') return set ? found.value : std::move(word);
  if (op == '+') return set ? std::move(word) : std::string();
  if (op == '?') return found.value;
  std::string_view pattern = word;
  bool longest = pattern.starts_with(op);
  if (longest) pattern.remove_prefix(1);
  TRY(spend(found.value.size() * pattern.size()));
  Glob glob = TRY(glob_of(pattern));
  return op == '#' ? strip_prefix(glob, found.value, longest)
                   : strip_suffix(std::move(glob), found.value, longest);
}

base::Result<std::string> Expander::substitute(std::string_view name, size_t begin) {
  bool all = peek() == '/';
  if (all) ++at_;
  Glob glob = TRY(glob_of(TRY(until('/', /*raw_escapes=*/true))));
  std::string with = TRY(until('}', /*raw_escapes=*/true));
  Variable found = variables_(name);
  if (found.state != Variable::State::kKnown) return unresolved(name, begin);
  uint64_t size = found.value.size();
  if (size > (1u << 16)) return Error(Code::kLimit, "value too long for a substitution");
  TRY(spend(size * size * glob.parts.size() + size * with.size()));
  return replace(glob, found.value, with, all);
}

}  // namespace

base::Result<Expanded> expand_word(std::string_view word, char escape, const Variables& variables,
                                   ExpandBudget& budget) {
  return Expander(word, escape, variables, budget).run();
}

}  // namespace bulkhead::posture
