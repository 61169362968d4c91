// SPDX-License-Identifier: Apache-2.0
// setuptools' rule of old: the lower-case text falls into runs of digits, runs of letters, "-" and
// what lies between; dots vanish. Numbers are compared as text padded to eight digits. Words begin
// with '*' and so sort before numbers; "final" is added at the end; a word drops the zeros before
// it, and a word before "final" also the hyphens.
//
// The dropping looks back, so the parts are produced lazily: a run of hyphens and zeros is held
// until what follows tells which of them stay. By the same rule a hyphen drops zeros, so the held
// run is always hyphens, then zeros.
#include "version/pep440_legacy.h"

#include "version/scan.h"

namespace bulkhead::version {
namespace {

constexpr size_t kPadding = 8;

struct Part {
  bool word = false;
  bool hyphen = false;    // the word "final-"
  std::string_view text;  // letters, digits as written, or what lay between
};

bool is_zero_part(const Part& part) {
  return !part.word && part.text.size() <= kPadding && is_zero(part.text);
}

// A character of the comparable form: digits get their padding, words their star and spelling.
class Spelling {
 public:
  explicit Spelling(const Part& part) : text_(part.text) {
    if (part.hyphen) text_ = "final-";
    if (!part.word) {
      padding_ = text_.size() < kPadding ? kPadding - text_.size() : 0;
    } else {
      star_ = 1;
    }
  }
  size_t size() const { return padding_ + star_ + text_.size(); }
  unsigned char at(size_t i) const {
    if (i < padding_) return '0';
    if (i < star_) return '*';
    return static_cast<unsigned char>(base::to_lower(text_[i - padding_ - star_]));
  }

 private:
  std::string_view text_;
  size_t padding_ = 0;
  size_t star_ = 0;
};

Order compare_parts(const Part& left, const Part& right) {
  Spelling a(left);
  Spelling b(right);
  size_t both = std::min(a.size(), b.size());
  for (size_t i = 0; i < both; ++i) {
    if (a.at(i) != b.at(i)) return a.at(i) <=> b.at(i);
  }
  return a.size() <=> b.size();
}

class LegacyParts {
 public:
  explicit LegacyParts(std::string_view text) : cursor_(text) { read(); }

  // False after "final".
  bool next(Part& part) {
    if (hyphens_ == 0 && zeros_ == 0 && !held_) return false;
    if (hyphens_ != 0) {
      --hyphens_;
      part = hyphen();
    } else if (zeros_ != 0) {
      --zeros_;
      part = {.text = "0"};
    } else {
      part = following_;
      held_ = false;
      if (!finished_) read();
    }
    return true;
  }

 private:
  static Part hyphen() { return {.word = true, .hyphen = true, .text = "-"}; }

  // Reads up to the next part that stays for certain, counting the hyphens and zeros that stay
  // before it.
  void read() {
    while (true) {
      Part part = take();
      if (part.hyphen) {
        zeros_ = 0;
        ++hyphens_;
      } else if (is_zero_part(part)) {
        ++zeros_;
      } else {
        if (part.word) {
          bool on_top = zeros_ == 0;
          zeros_ = 0;
          if (on_top && compare_parts(part, {.word = true, .text = "final"}) < 0) hyphens_ = 0;
        }
        following_ = part;
        held_ = true;
        return;
      }
    }
  }

  // The next part of the text; "final" at its end.
  Part take() {
    while (cursor_.skip('.')) {
    }
    if (cursor_.done()) {
      finished_ = true;
      return {.word = true, .text = "final"};
    }
    if (cursor_.at_digit()) return {.text = cursor_.take_digits()};
    if (cursor_.skip('-')) return hyphen();
    std::string_view text = cursor_.take_alpha();
    if (text.empty()) {
      const char* start = cursor_.at;
      while (!cursor_.done() && !base::is_alnum(*cursor_.at) && *cursor_.at != '.' &&
             *cursor_.at != '-') {
        ++cursor_.at;
      }
      text = {start, static_cast<size_t>(cursor_.at - start)};
    }
    return {.word = true, .text = normal(text)};
  }

  static std::string_view normal(std::string_view text) {
    if (base::equals_ignore_case(text, "pre") || base::equals_ignore_case(text, "preview") ||
        base::equals_ignore_case(text, "rc")) {
      return "c";
    }
    return base::equals_ignore_case(text, "dev") ? "@" : text;
  }

  Cursor cursor_;
  size_t hyphens_ = 0;
  size_t zeros_ = 0;
  Part following_;
  bool held_ = false;
  bool finished_ = false;
};

}  // namespace

Order compare_pep440_legacy(std::string_view a, std::string_view b) {
  LegacyParts parts_a(a);
  LegacyParts parts_b(b);
  Part left;
  Part right;
  while (true) {
    bool has_a = parts_a.next(left);
    bool has_b = parts_b.next(right);
    if (!has_a || !has_b) return has_a <=> has_b;
    Order order = compare_parts(left, right);
    if (order != 0) return order;
  }
}

}  // namespace bulkhead::version
