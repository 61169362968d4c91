// SPDX-License-Identifier: Apache-2.0
// Thompson's construction: the expression becomes a small program whose states are followed all at
// once, one code point at a time. Counted repetitions are unfolded, up to a bound.
#include "base/pattern.h"

#include <optional>
#include <string>

#include "base/text.h"

namespace bulkhead::base {

class PatternCompiler {
 public:
  explicit PatternCompiler(std::string_view expression) : rest_(expression) {}

  Result<Pattern> run() {
    TRY(alternatives(0));
    if (!rest_.empty()) return invalid("')' without '('");
    emit(Step::kMatch);
    return std::move(out_);
  }

 private:
  using Step = Pattern::Step;
  using Set = Pattern::Set;
  static constexpr int kMaxDepth = 32;
  static constexpr uint32_t kNoLimit = UINT32_MAX;

  static Error invalid(std::string_view what) {
    return Error(Code::kInvalid, "regular expression: " + std::string(what));
  }

  uint32_t here() const { return static_cast<uint32_t>(out_.steps_.size()); }
  uint32_t emit(Step::Kind kind, uint32_t a = 0, uint32_t b = 0) {
    out_.steps_.push_back({kind, a, b});
    return here() - 1;
  }
  Status check_size() const {
    if (out_.steps_.size() <= Pattern::kMaxSteps) return {};
    return Error(Code::kLimit, "regular expression: it unfolds to too many steps");
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // a|b|c: each alternative but the last is entered by a split and left by a jump to the end.
  Status alternatives(int depth) {
    if (depth > kMaxDepth) return invalid("groups are nested too deeply");
    std::vector<uint32_t> exits;
    while (true) {
      uint32_t begin = here();
      TRY(sequence(depth));
      if (!take('|')) break;
      out_.steps_.insert(out_.steps_.begin() + begin, Step{Step::kSplit, 0, 0});
      shift(begin + 1, begin, 1);
      out_.steps_[begin].a = begin + 1;
      exits.push_back(emit(Step::kJump));
      out_.steps_[begin].b = here();
    }
    for (uint32_t at : exits) out_.steps_[at].a = here();
    return {};
  }

  // Targets at or behind `from` move by one after an insertion there.
  void shift(uint32_t first_step, uint32_t from, uint32_t by) {
    for (uint32_t i = first_step; i < here(); ++i) {
      Step& step = out_.steps_[i];
      if (step.kind != Step::kSplit && step.kind != Step::kJump) continue;
      if (step.a >= from) step.a += by;
      if (step.kind == Step::kSplit && step.b >= from) step.b += by;
    }
  }

  Status sequence(int depth) {
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      uint32_t begin = here();
      TRY(atom(depth));
      TRY(repetition(begin));
      TRY(check_size());
    }
    return {};
  }

  Status atom(int depth) {
    if (take('^')) return emit(Step::kBegin), Status();
    if (take('$')) return emit(Step::kEnd), Status();
    if (take('(')) {
      if (rest_.starts_with("?:")) {
        rest_.remove_prefix(2);
      } else if (rest_.starts_with('?')) {
        return Error(Code::kUnsupported, "regular expression: look-around or named groups");
      }
      TRY(alternatives(depth + 1));
      if (!take(')')) return invalid("'(' without ')'");
      return {};
    }
    Set set;
    if (take('.')) {
      set.ascii.set();
      set.ascii.reset('\n');
      set.ascii.reset('\r');
      set.others = true;
    } else if (take('[')) {
      set = TRY(character_class());
    } else if (take('\\')) {
      set = TRY(escape());
    } else if (rest_.front() == '*' || rest_.front() == '+' || rest_.front() == '?') {
      return invalid("nothing to repeat");
    } else {
      set = TRY(literal());
    }
    out_.sets_.push_back(set);
    emit(Step::kTake, static_cast<uint32_t>(out_.sets_.size() - 1));
    return {};
  }

  Result<Set> literal() {
    Set set;
    auto byte = static_cast<unsigned char>(rest_.front());
    if (byte >= 0x80) return Error(Code::kUnsupported, "regular expression: only ASCII is known");
    set.ascii.set(byte);
    rest_.remove_prefix(1);
    return set;
  }

  static void add_range(Set& set, unsigned from, unsigned to) {
    for (unsigned c = from; c <= to; ++c) set.ascii.set(c);
  }

  // What follows a backslash.
  Result<Set> escape() {
    if (rest_.empty()) return invalid("'\\' at the end");
    char c = rest_.front();
    Set set;
    switch (to_lower(c)) {
      case 'd': add_range(set, '0', '9'); break;
      case 'w':
        add_range(set, '0', '9');
        add_range(set, 'a', 'z');
        add_range(set, 'A', 'Z');
        set.ascii.set('_');
        break;
      case 's':
        for (char space : {' ', '\t', '\n', '\r', '\v', '\f'}) {
          set.ascii.set(static_cast<unsigned char>(space));
        }
        break;
      default: return plain_escape(c);
    }
    rest_.remove_prefix(1);
    if (c >= 'a') return set;
    set.ascii.flip();  // \D \W \S
    set.others = true;
    return set;
  }

  Result<Set> plain_escape(char c) {
    Set set;
    rest_.remove_prefix(1);
    if (c == 'n')
      c = '\n';
    else if (c == 't')
      c = '\t';
    else if (c == 'r')
      c = '\r';
    else if (is_alnum(c)) {
      return Error(Code::kUnsupported, "regular expression: \\" + std::string(1, c));
    }
    set.ascii.set(static_cast<unsigned char>(c) & 0x7f);
    return set;
  }

  Result<Set> character_class() {
    Set set;
    bool negated = take('^');
    while (true) {
      if (rest_.empty()) return invalid("'[' without ']'");
      if (take(']')) break;
      bool escaped = take('\\');
      char first = rest_.empty() ? '\0' : rest_.front();
      Set one = escaped ? TRY(escape()) : TRY(literal());
      bool range =
          rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']' && one.ascii.count() == 1;
      if (!range) {
        set.ascii |= one.ascii;
        set.others |= one.others;
        continue;
      }
      rest_.remove_prefix(1);
      bool last_escaped = take('\\');
      char last = rest_.empty() ? '\0' : rest_.front();
      Set end = last_escaped ? TRY(escape()) : TRY(literal());
      if (end.ascii.count() != 1 || last < first) return invalid("a range is out of order");
      add_range(set, static_cast<unsigned char>(first), static_cast<unsigned char>(last));
    }
    if (negated) {
      set.ascii.flip();
      set.others = !set.others;
    }
    return set;
  }

  std::optional<uint32_t> number() {
    size_t digits = 0;
    while (digits < rest_.size() && is_digit(rest_[digits])) ++digits;
    auto value = to_number<uint32_t>(rest_.substr(0, digits));
    if (value) rest_.remove_prefix(digits);
    return value;
  }

  Status repetition(uint32_t begin) {
    uint32_t least = 1;
    uint32_t most = 1;
    if (take('*')) {
      least = 0;
      most = kNoLimit;
    } else if (take('+')) {
      most = kNoLimit;
    } else if (take('?')) {
      least = 0;
    } else if (take('{')) {
      auto low = number();
      if (!low) return invalid("'{' without a number");
      least = most = *low;
      if (take(',')) most = number().value_or(kNoLimit);
      if (!take('}')) return invalid("'{' without '}'");
      if (most < least) return invalid("a repetition is out of order");
    } else {
      return {};
    }
    take('?');  // lazy or not makes no difference to whether there is a match
    return repeat(begin, least, most);
  }

  Status repeat(uint32_t begin, uint32_t least, uint32_t most) {
    std::vector<Step> body(out_.steps_.begin() + begin, out_.steps_.end());
    out_.steps_.resize(begin);
    uint32_t copies = most == kNoLimit ? std::max(least, 1u) : most;
    if (body.size() * copies > Pattern::kMaxSteps) return check_too_many();
    std::vector<uint32_t> skips;
    for (uint32_t i = 0; i < copies; ++i) {
      uint32_t at = here();
      if (i >= least) skips.push_back(emit(Step::kSplit, at + 1));
      uint32_t body_at = here();
      for (Step step : body) {
        if (step.kind == Step::kSplit || step.kind == Step::kJump) step.a += body_at - begin;
        if (step.kind == Step::kSplit) step.b += body_at - begin;
        out_.steps_.push_back(step);
      }
      bool last = i + 1 == copies;
      if (last && most == kNoLimit) emit(Step::kSplit, at, here() + 1);
    }
    for (uint32_t at : skips) out_.steps_[at].b = here();
    return {};
  }

  static Status check_too_many() {
    return Error(Code::kLimit, "regular expression: it unfolds to too many steps");
  }

  std::string_view rest_;
  Pattern out_;
};

Result<Pattern> Pattern::compile(std::string_view expression) {
  return PatternCompiler(expression).run();
}

bool Pattern::search(std::string_view text) const {
  std::vector<uint32_t> now;
  std::vector<uint32_t> next;
  std::vector<size_t> seen(steps_.size(), SIZE_MAX);  // at which position a step was last entered
  std::vector<uint32_t> stack;
  bool matched = false;
  auto enter = [&](uint32_t start, size_t at, std::vector<uint32_t>& list) {
    stack.push_back(start);
    while (!stack.empty()) {
      uint32_t i = stack.back();
      stack.pop_back();
      if (seen[i] == at) continue;
      seen[i] = at;
      const Step& step = steps_[i];
      switch (step.kind) {
        case Step::kTake: list.push_back(i); break;
        case Step::kMatch: matched = true; break;
        case Step::kJump: stack.push_back(step.a); break;
        case Step::kBegin:
          if (at == 0) stack.push_back(i + 1);
          break;
        case Step::kEnd:
          if (at == text.size()) stack.push_back(i + 1);
          break;
        case Step::kSplit:
          stack.push_back(step.b);
          stack.push_back(step.a);
          break;
      }
    }
  };
  for (size_t at = 0;;) {
    enter(0, at, now);
    if (matched) return true;
    if (at == text.size()) return false;
    auto byte = static_cast<unsigned char>(text[at]);
    size_t length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    size_t after = std::min(text.size(), at + length);
    next.clear();
    for (uint32_t i : now) {
      const Set& set = sets_[steps_[i].a];
      if (byte < 0x80 ? set.ascii[byte] : set.others) enter(i + 1, after, next);
    }
    if (matched) return true;
    now.swap(next);
    at = after;
  }
}

}  // namespace bulkhead::base
