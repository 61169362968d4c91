// SPDX-License-Identifier: Apache-2.0
// Maven's version order as its POM reference specifies it ("Version Order Specification"):
//
// The text falls into tokens at '.', '-' and between digits and anything else, each with the
// separator before it ('-' for a change of kind). An empty token is 0; "ga", "final" and "release"
// are empty qualifiers, "cr" is "rc", and "a", "b", "m" right before a digit are "alpha", "beta",
// "milestone". Empty and 0 tokens at the end and right before a '-' do not count. Then token by
// token: .qualifier < -qualifier < -number < .number for different kinds; the shorter version is
// filled up with 0 or "", as suits the other's separator.
//
// This is what advisories are written against. It is not transitive: 1.0.RC1 < 1.0 < 1.0-1 <
// 1.0.RC1, and Maven itself has read such versions differently from release to release. So the
// order of any two versions is well defined, but sorting by it is not.
#include <array>

#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::maven {
namespace {

// The qualifiers that have a place of their own, "" among them; all others come after.
constexpr auto kQualifiers =
    std::to_array<std::string_view>({"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"});
constexpr int kRelease = 5;
constexpr int kUnknown = static_cast<int>(kQualifiers.size());

struct Token {
  char separator = 0;  // '.', '-', or 0 for the first one
  bool number = false;
  int rank = kUnknown;    // of a qualifier
  std::string_view text;  // digits, or a qualifier as written

  bool null() const { return number ? is_zero(text) : rank == kRelease; }
};

int rank_of(std::string_view text, bool digit_follows) {
  if (text.empty()) return kRelease;
  if (digit_follows && text.size() == 1) {
    switch (base::to_lower(text[0])) {
      case 'a': return 0;
      case 'b': return 1;
      case 'm': return 2;
      default: return kUnknown;
    }
  }
  auto is = [&](std::string_view word) {
    return word.size() == text.size() && Cursor(text).skip_word(word);
  };
  for (size_t i = 0; i < kQualifiers.size(); ++i) {
    if (is(kQualifiers[i])) return static_cast<int>(i);
  }
  if (is("cr")) return 3;
  return is("ga") || is("final") || is("release") ? kRelease : kUnknown;
}

// Tokens as they are written, nothing left out.
class RawTokens {
 public:
  explicit RawTokens(std::string_view version) : cursor_(version) {}

  bool next(Token& token) {
    if (cursor_.done() && !empty_left_) return false;
    token = Token();
    token.separator = separator_;
    const char* start = cursor_.at;
    if (cursor_.at_digit()) {
      token.number = true;
      token.text = cursor_.take_digits();
    } else {
      while (!cursor_.done() && *cursor_.at != '.' && *cursor_.at != '-' && !cursor_.at_digit()) {
        ++cursor_.at;
      }
      token.text = {start, static_cast<size_t>(cursor_.at - start)};
      if (token.text.empty()) {
        token.number = true;
      } else {
        token.rank = rank_of(token.text, cursor_.at_digit());
      }
    }
    // A separator at the very end still has an empty token behind it.
    empty_left_ = false;
    separator_ = '-';
    if (!cursor_.done() && (*cursor_.at == '.' || *cursor_.at == '-')) {
      separator_ = *cursor_.at++;
      empty_left_ = true;
    }
    return true;
  }
  const char* at() const { return cursor_.at; }

 private:
  Cursor cursor_;
  char separator_ = 0;
  bool empty_left_ = true;
};

// The tokens that count.
class Tokens {
 public:
  explicit Tokens(std::string_view version) : raw_(version) {}

  bool next(Token& token) {
    if (!raw_.next(token)) return false;
    if (!token.null() || token.separator == 0 || raw_.at() <= keep_until_) return true;
    // A run of tokens that may not count. It counts from its last hyphen on, or all of it when
    // there is none, if a dot follows it; otherwise not at all.
    RawTokens ahead = raw_;
    RawTokens after_hyphen = raw_;
    Token hyphen = token;
    Token following;
    const char* run_end = raw_.at();
    while (true) {
      if (!ahead.next(following)) return false;
      if (!following.null()) break;
      if (following.separator == '-') {
        hyphen = following;
        after_hyphen = ahead;
      }
      run_end = ahead.at();
    }
    if (following.separator == '-') {
      token = following;
      raw_ = ahead;
      return true;
    }
    token = hyphen;
    raw_ = after_hyphen;
    keep_until_ = run_end;
    return true;
  }

 private:
  RawTokens raw_;
  const char* keep_until_ = nullptr;  // null tokens up to here are known to count
};

int kind_rank(const Token& token) {
  if (token.number) return token.separator == '-' ? 2 : 3;
  return token.separator == '-' ? 1 : 0;
}

Order compare_qualifiers(const Token& a, const Token& b) {
  if (a.rank != b.rank || a.rank != kUnknown) return a.rank <=> b.rank;
  return compare_ignoring_case(a.text, b.text);
}

Order compare_tokens(const Token& a, const Token& b) {
  if (a.separator != b.separator) return kind_rank(a) <=> kind_rank(b);
  if (a.number && b.number) return compare_numbers(a.text, b.text);
  if (a.number != b.number) return a.number <=> b.number;
  return compare_qualifiers(a, b);
}

// A token against the end of the other version, which is filled up with ".0" or "-".
Order compare_to_end(const Token& token) {
  if (!token.number) {
    if (token.rank == kRelease) return token.separator == '.' ? Order::less : Order::equal;
    return token.rank <=> kRelease;
  }
  return token.separator == '.' && is_zero(token.text) ? Order::equal : Order::greater;
}

Order compare(std::string_view left, std::string_view right) {
  Cursor front_a(left);
  Cursor front_b(right);
  Order order = compare_dotted_numbers(front_a, front_b);
  if (order != 0 || (front_a.done() && front_b.done())) return order;
  Tokens tokens_a(left);
  Tokens tokens_b(right);
  Token a;
  Token b;
  while (true) {
    bool has_a = tokens_a.next(a);
    bool has_b = tokens_b.next(b);
    if (!has_a && !has_b) return Order::equal;
    order = !has_b ? compare_to_end(a) : !has_a ? flip(compare_to_end(b)) : compare_tokens(a, b);
    if (order != 0) return order;
  }
}

// What Maven's model validator refuses cannot be published; neither can white space.
bool valid(std::string_view version) {
  constexpr std::string_view kRefused = "\\/:\"<>|?*[](){},";
  for (char c : version) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
    if (kRefused.find(c) != std::string_view::npos) return false;
  }
  return !version.empty() && version.size() <= 256;
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "maven",
    .summary = "Java packages (Maven's Version Order Specification)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::maven
