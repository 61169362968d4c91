// SPDX-License-Identifier: Apache-2.0
// OPA's answer is that of a greedy search, which misses some common matches (a*b*c and c). A policy
// has to decide the same here, so the search is the same one, as tables: each of its questions is
// about the rests of the two globs, and is answered once, from their ends to their starts.
#include "policy/glob_intersection.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"
#include "policy/glob.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using base::Error;

enum class Times : uint8_t { kOnce, kPlus, kStar };

struct Part {
  enum class Kind : uint8_t { kCharacter, kDot, kSet };
  struct Range {
    char32_t low, high;
    bool operator==(const Range&) const = default;
  };
  Kind kind = Kind::kCharacter;
  Times times = Times::kOnce;
  std::vector<Range>
      ranges;  // of a character, itself alone; sorted, without gaps between neighbours
};

using Parts = std::vector<Part>;

bool same(const Part& a, const Part& b) { return a.kind == b.kind && a.ranges == b.ranges; }

bool match(const Part& a, const Part& b) {
  if (a.kind == Part::Kind::kDot || b.kind == Part::Kind::kDot) return true;
  for (size_t i = 0, k = 0; i < a.ranges.size() && k < b.ranges.size();) {
    if (a.ranges[i].high < b.ranges[k].low) {
      ++i;
    } else if (b.ranges[k].high < a.ranges[i].low) {
      ++k;
    } else {
      return true;
    }
  }
  return false;
}

class GlobReader {
 public:
  explicit GlobReader(std::string_view text) : text_(text), input_(code_points(text)) {}

  base::Result<Parts> run() {
    Parts parts;
    while (at_ < input_.size()) {
      Part part = TRY(one());
      part.times = times();
      // t+t* and t*t+ are t+.
      const bool repeats = part.times != Times::kOnce && !parts.empty() &&
                           parts.back().times != Times::kOnce && same(part, parts.back());
      if (!repeats) {
        parts.push_back(std::move(part));
      } else if (part.times == Times::kPlus) {
        parts.back().times = Times::kPlus;
      }
    }
    return parts;
  }

 private:
  struct Symbol {
    char32_t code;
    bool escaped;
    bool is(char32_t c) const { return !escaped && code == c; }
  };

  Error wrong(std::string_view what) const {
    return {Code::kInvalid, "the glob " + base::printable(text_, 64) + " has " + std::string(what) +
                                " at character " + std::to_string(at_)};
  }

  base::Result<Symbol> next() {
    const char32_t c = input_[at_++];
    if (c != U'\\') return Symbol{c, false};
    if (at_ == input_.size()) return wrong("a backslash with nothing behind it");
    return Symbol{input_[at_++], true};
  }

  base::Result<Part> one() {
    const Symbol symbol = TRY(next());
    if (symbol.is(U']')) return wrong("']' without '['");
    if (symbol.is(U'*') || symbol.is(U'+')) return wrong("'*' or '+' with nothing before it");
    Part part;
    if (symbol.is(U'.')) {
      part.kind = Part::Kind::kDot;
    } else if (symbol.is(U'[')) {
      part.kind = Part::Kind::kSet;
      TRY(set(part.ranges));
    } else {
      part.ranges = {{symbol.code, symbol.code}};
    }
    return part;
  }

  base::Status set(std::vector<Part::Range>& ranges) {
    bool may_start_range = false;
    while (at_ < input_.size()) {
      const Symbol symbol = TRY(next());
      if (symbol.is(U']')) {
        normalize(ranges);
        return {};
      }
      if (!symbol.is(U'-')) {
        ranges.push_back({symbol.code, symbol.code});
        may_start_range = true;
        continue;
      }
      if (!may_start_range || at_ + 1 >= input_.size()) return wrong("'-' between no characters");
      const Symbol high = TRY(next());
      if (high.is(U']') || high.is(U'-')) return wrong("'-' between no characters");
      if (high.code < ranges.back().low) return wrong("a range from high to low");
      ranges.back().high = high.code;
      may_start_range = false;
    }
    return wrong("'[' without ']'");
  }

  static void normalize(std::vector<Part::Range>& ranges) {
    std::ranges::sort(ranges, {}, &Part::Range::low);
    std::vector<Part::Range> joined;
    for (const Part::Range& range : ranges) {
      if (!joined.empty() && range.low <= joined.back().high + 1) {
        joined.back().high = std::max(joined.back().high, range.high);
      } else {
        joined.push_back(range);
      }
    }
    ranges = std::move(joined);
  }

  Times times() {
    if (at_ == input_.size() || (input_[at_] != U'*' && input_[at_] != U'+')) return Times::kOnce;
    return input_[at_++] == U'*' ? Times::kStar : Times::kPlus;
  }

  std::string_view text_;
  std::u32string input_;
  size_t at_ = 0;
};

// Takes what matches from both ends, up to the first parts that repeat; one of what matched stays.
// False when something there does not match.
bool trim(Parts& a, Parts& b) {
  const auto once = [](const Part& x, const Part& y) {
    return x.times == Times::kOnce && y.times == Times::kOnce;
  };
  const size_t shorter = std::min(a.size(), b.size());
  size_t front = 0;
  while (front < shorter && once(a[front], b[front])) {
    if (!match(a[front], b[front])) return false;
    ++front;
  }
  if (front > 0) --front;
  size_t back = 0;
  while (front + back < shorter && once(a[a.size() - 1 - back], b[b.size() - 1 - back])) {
    if (!match(a[a.size() - 1 - back], b[b.size() - 1 - back])) return false;
    ++back;
  }
  if (back > 0) --back;
  for (Parts* parts : {&a, &b}) {
    parts->erase(parts->end() - static_cast<ptrdiff_t>(back), parts->end());
    parts->erase(parts->begin(), parts->begin() + static_cast<ptrdiff_t>(front));
  }
  return true;
}

class Search {
 public:
  Search(const Parts& a, const Parts& b) : globs_{&a, &b} {
    for (int first = 0; first < 2; ++first) {
      const size_t size = (globs_[first]->size() + 1) * (globs_[1 - first]->size() + 1);
      rests_[first].assign(size, 0);
      gobbled_[first].assign(size, 0);
    }
  }

  bool run() {
    for (size_t i = globs_[0]->size() + 1; i-- > 0;) {
      for (size_t k = globs_[1]->size() + 1; k-- > 0;) {
        gobbled_[0][index(0, i, k)] = gobble(0, i, k);
        gobbled_[1][index(1, k, i)] = gobble(1, k, i);
        rests_[0][index(0, i, k)] = rest(0, i, k);
        rests_[1][index(1, k, i)] = rest(1, k, i);
      }
    }
    return rests_[0][0] != 0;
  }

 private:
  // `first` is the glob that i counts parts of, k counts those of the other one.
  size_t index(int first, size_t i, size_t k) const {
    return i * (globs_[1 - first]->size() + 1) + k;
  }
  const Part& part(int glob, size_t i) const { return (*globs_[glob])[i]; }

  // Whether the rests have a common match. When both repeat, the first one's part is looked at.
  bool rest(int first, size_t i, size_t k) const {
    const bool ends = i == globs_[first]->size();
    const bool other_ends = k == globs_[1 - first]->size();
    if (ends || other_ends) return ends && other_ends;
    const Part& own = part(first, i);
    const Part& other = part(1 - first, k);
    if (own.times != Times::kOnce) return repeats(first, i, k);
    if (other.times != Times::kOnce) return repeats(1 - first, k, i);
    return match(own, other) && rests_[first][index(first, i + 1, k + 1)];
  }

  // The first rest starts with a part that repeats.
  bool repeats(int first, size_t i, size_t k) const {
    if (part(first, i).times == Times::kStar) return gobbled_[first][index(first, i, k)];
    if (!match(part(first, i), part(1 - first, k))) return false;
    if (gobbled_[first][index(first, i, k + 1)]) return true;
    // What repeats in the other glob may take the whole of this part.
    return part(1 - first, k).times != Times::kOnce && rests_[first][index(first, i + 1, k)];
  }

  // Whether part i, as often as it may, takes parts of the other rest until what follows matches.
  bool gobble(int first, size_t i, size_t k) const {
    if (i == globs_[first]->size()) return false;
    const bool last = i + 1 == globs_[first]->size();
    if (k == globs_[1 - first]->size()) return last;
    const Part& other = part(1 - first, k);
    const bool next = !last && match(other, part(first, i + 1));
    if (next && rests_[first][index(first, i + 1, k)]) return true;
    return match(other, part(first, i)) && gobbled_[first][index(first, i, k + 1)];
  }

  const Parts* globs_[2];
  std::vector<uint8_t> rests_[2];
  std::vector<uint8_t> gobbled_[2];
};

// What comparing each part of one glob with each of the other takes.
size_t work(const Parts& a, const Parts& b) {
  const auto ranges = [](const Parts& parts) {
    size_t count = parts.size() + 1;
    for (const Part& part : parts) count += part.ranges.size();
    return count;
  };
  return ranges(a) * (b.size() + 1) + ranges(b) * (a.size() + 1);
}

}  // namespace

base::Result<bool> globs_intersect(std::string_view left, std::string_view right) {
  for (const std::string_view glob : {left, right}) {
    if (glob.size() > Glob::kMaxPattern) {
      return Error(Code::kLimit, "a glob of " + std::to_string(glob.size()) + " bytes");
    }
  }
  Parts a = TRY(GlobReader(left).run());
  Parts b = TRY(GlobReader(right).run());
  if (work(a, b) > kMaxGlobWork) {
    return Error(Code::kLimit, "two globs that are too long together");
  }
  return trim(a, b) && Search(a, b).run();
}

}  // namespace bulkhead::policy
