// SPDX-License-Identifier: Apache-2.0
// PHP packages: the version as it is written, ordered by PHP's version_compare(), by turns as
// numbers and as words, of which (unknown) < dev < alpha < beta < RC < (a number, the end) < patch.
// PHP manual, version_compare; valid is what Composer's VersionParser accepts.
//
// Composer first brings both sides to four numbers, so that for it 1.2 is 1.2.0; the advisory
// services compare the tags themselves, and so do we. Metadata ("+...") is dropped as Composer
// does, and a numeric branch ("1.2.x-dev") is newer than all releases of its kind.
//
// In text that Composer does not accept "#" stands for any number and equals them all: the one
// place where this is not a total order. Named branches ("dev-main") are versions to Composer too,
// but have no place in any range, so they are not valid here.
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::composer {
namespace {

// PHP looks at the beginning of a word only.
enum Rank { kUnknown, kDev, kAlpha, kBeta, kCandidate, kNumber, kPatch };

Rank rank_of(std::string_view word) {
  switch (word[0]) {
    case 'a': return kAlpha;
    case 'b': return kBeta;
    case 'd': return word.starts_with("dev") ? kDev : kUnknown;
    case 'r': return word.starts_with("rc") ? kCandidate : kUnknown;
    case 'R': return word.starts_with("RC") ? kCandidate : kUnknown;
    case 'p': return kPatch;
    case '#': return kNumber;
    default: return kUnknown;
  }
}

bool skip_any(Cursor& cursor, std::string_view characters) {
  if (cursor.done() || characters.find(*cursor.at) == std::string_view::npos) return false;
  ++cursor.at;
  return true;
}

bool is_separator(char c) { return c == '.' || c == '-' || c == '_' || c == '+' || c == ':'; }

void skip_any_v(Cursor& cursor) {
  char c = cursor.peek();
  if ((c == 'v' || c == 'V') && base::is_digit(cursor.peek_second())) ++cursor.at;
}

void drop_metadata(Cursor& cursor) {
  for (const char* at = cursor.at; at != cursor.end; ++at) {
    if (*at != '+') continue;
    cursor.end = at;
    return;
  }
}

// The whole rest must be "[._-]?(stability([.-]?digits)*)?([.-]?dev)?".
bool is_modifier(Cursor cursor) {
  skip_any(cursor, "._-");
  for (std::string_view word : {"stable", "beta", "b", "rc", "alpha", "a", "patch", "pl", "p"}) {
    if (!cursor.skip_word(word)) continue;
    while (true) {
      Cursor number = cursor;
      skip_any(number, ".-");
      if (number.take_digits().empty()) break;
      cursor = number;
    }
    break;
  }
  if (cursor.done()) return true;
  skip_any(cursor, ".-");
  return cursor.skip_word("dev") && cursor.done();
}

// "1.2-beta3": one to four numbers, the first of at most five digits, and a modifier.
bool is_release(Cursor cursor) {
  size_t first = cursor.take_digits().size();
  if (first == 0 || first > 5) return false;
  for (int i = 1; i < 4; ++i) {
    if (cursor.peek() != '.' || !base::is_digit(cursor.peek_second())) break;
    ++cursor.at;
    cursor.take_digits();
  }
  return is_modifier(cursor);
}

// "1.2.x-dev", a numeric branch.
bool is_branch(Cursor cursor) {
  if (cursor.done() || base::to_lower(cursor.end[-1]) != 'v') return false;
  if (cursor.take_digits().empty()) return false;
  bool wild = false;
  for (int i = 1; i < 4 && cursor.peek() == '.'; ++i) {
    Cursor number = cursor;
    ++number.at;
    if (skip_any(number, "xX*")) {
      wild = true;
    } else if (number.take_digits().empty()) {
      break;
    }
    cursor = number;
  }
  skip_any(cursor, ".-");
  return wild && cursor.skip_word("dev") && cursor.done();
}

// "2020-01-31.1": four digits, one to six pairs, up to two numbers of three digits, each with or
// without a separator before it; then a modifier. At most eight levels deep.
bool is_date(Cursor cursor, int pairs, int tails) {
  if (pairs != 0 && is_modifier(cursor)) return true;
  skip_any(cursor, ".:-");
  for (int digits = 1; digits <= 3; ++digits) {
    if (!cursor.at_digit()) return false;
    ++cursor.at;
    if (digits == 2 && pairs < 6 && tails == 0 && is_date(cursor, pairs + 1, 0)) return true;
    if (pairs != 0 && tails < 2 && is_date(cursor, pairs, tails + 1)) return true;
  }
  return false;
}

bool valid(std::string_view version) {
  for (char c : version) {
    if (base::is_space(c)) return false;
  }
  // A plus must have something behind it.
  if (version.find('+') + 1 == version.size()) return false;
  Cursor cursor(version);
  skip_any_v(cursor);
  drop_metadata(cursor);
  if (is_release(cursor) || is_branch(cursor)) return true;
  for (int i = 0; i < 4; ++i, ++cursor.at) {
    if (!cursor.at_digit()) return false;
  }
  return is_date(cursor, 0, 0);
}

struct Token {
  enum Kind { kEnd, kDigits, kWord } kind = kEnd;
  Rank rank = kNumber;
  std::string_view digits;
};

// What version_compare() sees of a version without "v" and metadata.
class Tokens {
 public:
  Tokens(Cursor cursor, bool branch) : cursor_(cursor), branch_(branch) {}
  Token next() {
    if (branch_) return next_of_branch();
    while (!cursor_.done() && is_separator(*cursor_.at)) ++cursor_.at;
    if (cursor_.done()) return {};
    if (cursor_.at_digit()) return {Token::kDigits, kNumber, cursor_.take_digits()};
    const char* start = cursor_.at;
    while (!cursor_.done() && !base::is_digit(*cursor_.at) && !is_separator(*cursor_.at)) {
      ++cursor_.at;
    }
    return {Token::kWord, rank_of({start, static_cast<size_t>(cursor_.at - start)}), {}};
  }

 private:
  // Four numbers, a large one for each that is left open, and "dev".
  Token next_of_branch() {
    if (index_ == 5) return {};
    if (index_++ == 4) return {Token::kWord, kDev, {}};
    std::string_view digits = cursor_.take_digits();
    skip_any(cursor_, "xX*");
    cursor_.skip('.');
    return {Token::kDigits, kNumber, digits.empty() ? "9999999" : digits};
  }

  Cursor cursor_;
  bool branch_ = false;
  int index_ = 0;
};

Order compare_tokens(const Token& a, const Token& b) {
  if (a.kind == Token::kDigits && b.kind == Token::kDigits) {
    return compare_numbers(a.digits, b.digits);
  }
  if (a.kind != Token::kWord && b.kind != Token::kWord) return a.kind <=> b.kind;
  return a.rank <=> b.rank;
}

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_any_v(a);
  skip_any_v(b);
  Cursor tail_a = a;
  Cursor tail_b = b;
  Order order = compare_dotted_numbers(tail_a, tail_b);
  if (order != 0 || (tail_a.done() && tail_b.done())) return order;
  drop_metadata(tail_a);
  drop_metadata(tail_b);
  a.end = tail_a.end;
  b.end = tail_b.end;
  // The numbers are dealt with, unless one is a branch, which has always four.
  bool branch_a = is_branch(a);
  bool branch_b = is_branch(b);
  bool branch = branch_a || branch_b;
  Tokens tokens_a(branch ? a : tail_a, branch_a);
  Tokens tokens_b(branch ? b : tail_b, branch_b);
  while (true) {
    Token token_a = tokens_a.next();
    Token token_b = tokens_b.next();
    if (token_a.kind == Token::kEnd && token_b.kind == Token::kEnd) return Order::equal;
    order = compare_tokens(token_a, token_b);
    if (order != 0) return order;
  }
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "composer",
    .summary = "PHP packages of Packagist (PHP version_compare, Composer's grammar)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::composer
