// SPDX-License-Identifier: Apache-2.0
// Alpine's order, as apk-tools 3 tokenises a version:
// number{.number}[letter]{_suffix[number]}[~hash]
// [-rN]. From apk-tools 2, which the released Alpines carry, comes that a letter may be followed by
// further numbers ("1.9.5p2-r0" of sudo and openssh); apk-tools 3 stops reading there and would
// call all such versions equal. apk-package(5), apk-tools' test table.
#include <array>

#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::apk {
namespace {

// What can stand at one place of a version, in the order in which it sorts there.
enum class Kind {
  kPreSuffix,  // "_alpha": below the version that ends here
  kInvalid,    // the rest cannot be read
  kEnd,
  kRevision,
  kHash,
  kSuffixNumber,
  kPostSuffix,
  kLetter,
  kNumber,
};

struct Token {
  Kind kind = Kind::kEnd;
  std::string_view text;  // digits, the letter, the hash, or all the rest when invalid
  int suffix = 0;         // which suffix
};

constexpr int kFirstPostSuffix = 4;
constexpr auto kSuffixes =
    std::to_array<std::string_view>({"alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"});

class Tokens {
 public:
  // Behind the first number; a version that does not start with one is invalid as a whole.
  Tokens(Cursor cursor, bool number)
      : cursor_(cursor), state_(number ? Kind::kNumber : Kind::kEnd) {}

  // Each kind may only be followed by some others, which is why the last one is kept.
  Token next() {
    if (cursor_.done()) return {};
    if (state_ == Kind::kEnd) return invalid();
    char c = *cursor_.at;
    if (base::is_digit(c)) return next_digits();
    if (c >= 'a' && c <= 'z') {
      if (state_ != Kind::kNumber) return invalid();
      return {.kind = state_ = Kind::kLetter, .text = take(1)};
    }
    switch (c) {
      case '.':
        if (state_ != Kind::kNumber || !base::is_digit(cursor_.peek_second())) return invalid();
        ++cursor_.at;
        fraction_ = true;
        return {.kind = Kind::kNumber, .text = cursor_.take_digits()};
      case '_': return next_suffix();
      case '~': return next_hash();
      case '-': return next_revision();
      default: return invalid();
    }
  }

  // Whether the last number stands behind a dot, where a leading zero makes it a text.
  bool fraction() const { return fraction_; }

 private:
  std::string_view take(size_t count) {
    std::string_view text(cursor_.at, count);
    cursor_.at += count;
    return text;
  }
  Token invalid() {
    Token token = {.kind = Kind::kInvalid, .text = cursor_.rest()};
    cursor_.at = cursor_.end;
    return token;
  }
  Token next_digits() {
    fraction_ = false;
    if (state_ == Kind::kLetter) {
      return {.kind = state_ = Kind::kNumber, .text = cursor_.take_digits()};
    }
    if (state_ != Kind::kPreSuffix && state_ != Kind::kPostSuffix) return invalid();
    return {.kind = state_ = Kind::kSuffixNumber, .text = cursor_.take_digits()};
  }
  Token next_suffix() {
    if (state_ == Kind::kRevision || state_ == Kind::kHash) return invalid();
    Cursor word = cursor_;
    ++word.at;
    const char* start = word.at;
    while (!word.done() && *word.at >= 'a' && *word.at <= 'z') ++word.at;
    std::string_view name(start, static_cast<size_t>(word.at - start));
    for (size_t i = 0; i < kSuffixes.size(); ++i) {
      if (kSuffixes[i] != name) continue;
      cursor_ = word;
      state_ = static_cast<int>(i) < kFirstPostSuffix ? Kind::kPreSuffix : Kind::kPostSuffix;
      return {.kind = state_, .text = name, .suffix = static_cast<int>(i)};
    }
    return invalid();
  }
  Token next_hash() {
    if (state_ == Kind::kRevision || state_ == Kind::kHash) return invalid();
    size_t digits = 1;
    while (digits < cursor_.left() && (base::is_digit(cursor_.at[digits]) ||
                                       (cursor_.at[digits] >= 'a' && cursor_.at[digits] <= 'f'))) {
      ++digits;
    }
    if (digits == 1) return invalid();
    return {.kind = state_ = Kind::kHash, .text = take(digits)};
  }
  // "-r" without a number is "-r0", as apk-tools 2 has it.
  Token next_revision() {
    if (state_ == Kind::kRevision || cursor_.peek_second() != 'r') return invalid();
    if (cursor_.left() > 2 && !base::is_digit(cursor_.at[2]) && cursor_.at[2] != '-') {
      return invalid();
    }
    cursor_.at += 2;
    return {.kind = state_ = Kind::kRevision, .text = cursor_.take_digits()};
  }

  Cursor cursor_;
  Kind state_ = Kind::kEnd;
  bool fraction_ = false;
};

Order compare_tokens(const Token& a, const Token& b, bool fraction) {
  if (a.kind != b.kind) return a.kind <=> b.kind;
  switch (a.kind) {
    case Kind::kNumber:
      if (fraction && (a.text[0] == '0' || b.text[0] == '0')) return compare_bytes(a.text, b.text);
      return compare_numbers(a.text, b.text);
    case Kind::kSuffixNumber:
    case Kind::kRevision: return compare_numbers(a.text, b.text);
    case Kind::kPreSuffix:
    case Kind::kPostSuffix: return a.suffix <=> b.suffix;
    // Both end here for apk-tools; dots without digits it reads on.
    case Kind::kInvalid:
      if (a.text[0] == b.text[0] && (a.text[0] == '-' || a.text[0] == '_')) return Order::equal;
      return compare_bytes(a.text, b.text);
    default: return compare_bytes(a.text, b.text);
  }
}

bool valid(std::string_view version) {
  Cursor cursor(version);
  if (cursor.take_digits().empty() || version.ends_with("-r")) return false;
  Tokens tokens(cursor, true);
  Token token;
  do {
    token = tokens.next();
  } while (token.kind != Kind::kEnd && token.kind != Kind::kInvalid);
  return token.kind == Kind::kEnd;
}

// Numbers with dots between, as far as both versions have them.
Order compare_numbers_first(Cursor& a, Cursor& b) {
  Order order = compare_numbers(a, b);
  while (order == 0 && a.peek() == '.' && b.peek() == '.' && base::is_digit(a.peek_second()) &&
         base::is_digit(b.peek_second())) {
    ++a.at;
    ++b.at;
    order = *a.at == '0' || *b.at == '0' ? compare_bytes(a.take_digits(), b.take_digits())
                                         : compare_numbers(a, b);
  }
  return order;
}

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  bool number_a = a.at_digit();
  bool number_b = b.at_digit();
  if (number_a && number_b) {
    Order order = compare_numbers_first(a, b);
    if (order != 0 || (a.done() && b.done())) return order;
  } else if (number_a || number_b) {
    return number_a <=> number_b;
  }
  Tokens tokens_a(a, number_a);
  Tokens tokens_b(b, number_b);
  while (true) {
    Token next_a = tokens_a.next();
    Token next_b = tokens_b.next();
    Order order = compare_tokens(next_a, next_b, tokens_a.fraction() && tokens_b.fraction());
    if (order != 0 || next_a.kind == Kind::kEnd || next_a.kind == Kind::kInvalid) return order;
  }
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "apk",
    .summary = "Alpine, Wolfi and Chainguard packages (apk-tools, apk-package(5))",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::apk
