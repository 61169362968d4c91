// SPDX-License-Identifier: Apache-2.0
// Globs as a small automaton (Thompson's construction): all states are followed at once, so that no
// pattern makes matching explode.
#include "policy/glob.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace bulkhead::policy {

using base::Code;
using base::Error;

namespace {

// The length of the sequence that a byte starts; 0 for one that starts none.
size_t sequence_size(unsigned char c) {
  if (c < 0x80) return 1;
  if (c >= 0xc2 && c < 0xe0) return 2;
  if (c >= 0xe0 && c < 0xf0) return 3;
  if (c >= 0xf0 && c < 0xf5) return 4;
  return 0;
}

}  // namespace

std::u32string code_points(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t size = sequence_size(c);
    if (size == 0 || !base::is_utf8(text.substr(i, size)) || i + size > text.size()) {
      out += U'\xfffd';
      ++i;
      continue;
    }
    char32_t code = size == 1 ? c : c & (0x7fu >> size);
    for (size_t k = 1; k < size; ++k) {
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    }
    out += code;
    i += size;
  }
  return out;
}

// Reads a pattern into steps. Alternatives nest; their depth is bounded, as each is a call.
class GlobCompiler {
 public:
  GlobCompiler(std::u32string pattern, Glob& glob) : pattern_(std::move(pattern)), glob_(glob) {}

  base::Status run() {
    TRY(sequence(0));
    if (at_ != pattern_.size()) return wrong("'}' without '{'");
    glob_.steps_.push_back({});
    return {};
  }

 private:
  static constexpr unsigned kMaxDepth = 50;

  static Error wrong(std::string_view what) {
    return {Code::kInvalid, "the glob pattern has " + std::string(what)};
  }

  Glob::Step& add(Glob::Op op) {
    glob_.steps_.push_back({});
    glob_.steps_.back().op = op;
    return glob_.steps_.back();
  }
  uint32_t here() const { return static_cast<uint32_t>(glob_.steps_.size()); }

  // Up to the end of the pattern, or of the alternative it stands in.
  base::Status sequence(unsigned depth) {
    while (at_ < pattern_.size()) {
      const char32_t c = pattern_[at_];
      if (depth > 0 && (c == U'}' || c == U',')) return {};
      if (c == U'}') return {};
      ++at_;
      switch (c) {
        case U'*':
          if (at_ < pattern_.size() && pattern_[at_] == U'*') {
            while (at_ < pattern_.size() && pattern_[at_] == U'*') ++at_;
            add(Glob::Op::kSuper);
          } else {
            add(Glob::Op::kStar);
          }
          break;
        case U'?': add(Glob::Op::kOne); break;
        case U'[': TRY(char_class()); break;
        case U'{': TRY(alternatives(depth + 1)); break;
        case U'\\':
          if (at_ == pattern_.size()) return wrong("a backslash at its end");
          add(Glob::Op::kChar).symbol = pattern_[at_++];
          break;
        default: add(Glob::Op::kChar).symbol = c; break;
      }
    }
    return {};
  }

  base::Status alternatives(unsigned depth) {
    if (depth > kMaxDepth) return wrong("too many braces inside of each other");
    std::vector<uint32_t> jumps;
    while (true) {
      const uint32_t split = here();
      add(Glob::Op::kSplit).a = split + 1;
      TRY(sequence(depth));
      if (at_ == pattern_.size()) return wrong("'{' without '}'");
      jumps.push_back(here());
      add(Glob::Op::kJump);
      glob_.steps_[split].b = here();
      if (pattern_[at_++] == U'}') {
        // Behind the last alternative nothing is left to try.
        glob_.steps_[split].b = split + 1;
        break;
      }
    }
    for (const uint32_t jump : jumps) glob_.steps_[jump].a = here();
    return {};
  }

  base::Status char_class() {
    const auto first = static_cast<uint32_t>(glob_.ranges_.size());
    const bool negated = at_ < pattern_.size() && pattern_[at_] == U'!';
    if (negated) ++at_;
    while (true) {
      if (at_ == pattern_.size()) return wrong("'[' without ']'");
      char32_t low = pattern_[at_++];
      if (low == U']') break;
      if (low == U'\\' && at_ < pattern_.size()) low = pattern_[at_++];
      char32_t high = low;
      if (at_ + 1 < pattern_.size() && pattern_[at_] == U'-' && pattern_[at_ + 1] != U']') {
        high = pattern_[at_ + 1];
        at_ += 2;
        if (high < low) return wrong("a range from high to low");
      }
      glob_.ranges_.push_back({low, high});
    }
    Glob::Step& step = add(Glob::Op::kClass);
    step.negated = negated;
    step.a = first;
    step.b = static_cast<uint32_t>(glob_.ranges_.size());
    if (step.a == step.b) return wrong("empty brackets");
    return {};
  }

  std::u32string pattern_;
  Glob& glob_;
  size_t at_ = 0;
};

base::Result<Glob> Glob::compile(std::string_view pattern, std::u32string separators) {
  if (pattern.size() > kMaxPattern) {
    return Error(Code::kLimit, "a glob pattern of " + std::to_string(pattern.size()) + " bytes");
  }
  Glob glob;
  glob.separators_ = std::move(separators);
  TRY(GlobCompiler(code_points(pattern), glob).run());
  return glob;
}

bool Glob::takes(const Step& step, char32_t c) const {
  switch (step.op) {
    case Op::kChar: return c == step.symbol;
    case Op::kOne:
    case Op::kStar: return !separator(c);
    case Op::kSuper: return true;
    case Op::kClass: {
      bool inside = false;
      for (uint32_t i = step.a; i < step.b && !inside; ++i) {
        inside = c >= ranges_[i].low && c <= ranges_[i].high;
      }
      return inside != step.negated;
    }
    default: return false;
  }
}

// The states reached so far: each at most once, in order of adding.
struct Glob::States {
  explicit States(size_t size) : seen(size, 0) {}
  std::vector<uint32_t> list;
  std::vector<char> seen;
  std::vector<uint32_t> pending;

  // Adds a state and what is reached from it without a character.
  void add(const std::vector<Step>& steps, uint32_t start) {
    pending.push_back(start);
    while (!pending.empty()) {
      const uint32_t state = pending.back();
      pending.pop_back();
      if (seen[state]) continue;
      seen[state] = 1;
      const Step& step = steps[state];
      switch (step.op) {
        case Op::kSplit:
          pending.push_back(step.b);
          pending.push_back(step.a);
          break;
        case Op::kJump: pending.push_back(step.a); break;
        case Op::kStar:
        case Op::kSuper:
          list.push_back(state);
          pending.push_back(state + 1);
          break;
        default: list.push_back(state); break;
      }
    }
  }

  void clear() {
    list.clear();
    std::fill(seen.begin(), seen.end(), 0);
  }
};

base::Result<bool> Glob::matches(std::string_view text) const {
  const std::u32string characters = code_points(text);
  if (steps_.size() * (characters.size() + 1) > kMaxWork) {
    return Error(Code::kLimit, "a glob pattern and a text that are too long together");
  }
  States now(steps_.size());
  States next(steps_.size());
  now.add(steps_, 0);
  for (const char32_t c : characters) {
    next.clear();
    for (const uint32_t state : now.list) {
      if (!takes(steps_[state], c)) continue;
      const bool stays = steps_[state].op == Op::kStar || steps_[state].op == Op::kSuper;
      next.add(steps_, stays ? state : state + 1);
    }
    std::swap(now, next);
    if (now.list.empty()) return false;
  }
  return now.seen[steps_.size() - 1] != 0;
}

}  // namespace bulkhead::policy
