// SPDX-License-Identifier: Apache-2.0
// Python packages: PEP 440 with all the spellings that its appendix B lets through. What does not
// parse is ordered as setuptools ordered it before, below everything that does
// (version/pep440_legacy.h).
#include "version/pep440_legacy.h"
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::pep440 {
namespace {

struct Numbered {
  bool present = false;
  std::string_view number;  // "" counts as 0
};

struct Parsed {
  std::string_view epoch;
  std::string_view release;  // digits and dots
  char phase = 0;            // 'a', 'b', 'r', or 0
  std::string_view phase_number;
  Numbered post;
  Numbered dev;
  std::string_view local;  // "" when absent
};

void skip_separator(Cursor& cursor) {
  char c = cursor.peek();
  if (c == '-' || c == '_' || c == '.') ++cursor.at;
}

// Longer spellings stand before their beginnings.
constexpr struct {
  std::string_view word;
  char phase;
} kPhases[] = {{"alpha", 'a'},   {"a", 'a'},   {"beta", 'b'}, {"b", 'b'},
               {"preview", 'r'}, {"pre", 'r'}, {"rc", 'r'},   {"c", 'r'}};

void take_phase(Cursor& cursor, Parsed& parsed) {
  Cursor ahead = cursor;
  skip_separator(ahead);
  for (const auto& [word, phase] : kPhases) {
    if (!ahead.skip_word(word)) continue;
    skip_separator(ahead);
    parsed.phase = phase;
    parsed.phase_number = ahead.take_digits();
    cursor = ahead;
    return;
  }
}

void take_post(Cursor& cursor, Parsed& parsed) {
  Cursor ahead = cursor;
  if (ahead.skip('-') && ahead.at_digit()) {
    parsed.post = {true, ahead.take_digits()};
    cursor = ahead;
    return;
  }
  ahead = cursor;
  skip_separator(ahead);
  if (!ahead.skip_word("post") && !ahead.skip_word("rev") && !ahead.skip_word("r")) return;
  skip_separator(ahead);
  parsed.post = {true, ahead.take_digits()};
  cursor = ahead;
}

void take_dev(Cursor& cursor, Parsed& parsed) {
  Cursor ahead = cursor;
  skip_separator(ahead);
  if (!ahead.skip_word("dev")) return;
  skip_separator(ahead);
  parsed.dev = {true, ahead.take_digits()};
  cursor = ahead;
}

// "+ubuntu.1": runs of letters and digits with one separator between.
bool take_local(Cursor& cursor, Parsed& parsed) {
  if (!cursor.skip('+')) return true;
  const char* start = cursor.at;
  do {
    if (!base::is_alnum(cursor.peek())) return false;
    while (base::is_alnum(cursor.peek())) ++cursor.at;
    parsed.local = {start, static_cast<size_t>(cursor.at - start)};
    if (cursor.peek() != '.' && cursor.peek() != '-' && cursor.peek() != '_') return true;
    ++cursor.at;
  } while (true);
}

bool parse(std::string_view version, Parsed& parsed) {
  Cursor cursor(version);
  while (!cursor.done() && base::is_space(*cursor.at)) ++cursor.at;
  while (!cursor.done() && base::is_space(cursor.end[-1])) --cursor.end;
  cursor.skip_word("v");
  Cursor epoch = cursor;
  parsed.epoch = epoch.take_digits();
  if (!parsed.epoch.empty() && epoch.skip('!')) {
    cursor = epoch;
  } else {
    parsed.epoch = {};
  }
  const char* start = cursor.at;
  if (cursor.take_digits().empty()) return false;
  while (cursor.peek() == '.' && base::is_digit(cursor.peek_second())) {
    ++cursor.at;
    cursor.take_digits();
  }
  parsed.release = {start, static_cast<size_t>(cursor.at - start)};
  if (cursor.done()) return true;
  take_phase(cursor, parsed);
  take_post(cursor, parsed);
  take_dev(cursor, parsed);
  return take_local(cursor, parsed) && cursor.done();
}

Order compare_releases(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  Order order = compare_dotted_numbers(a, b);
  if (order != 0) return order;
  // What is left of one of them counts only if it is not all zeros.
  if (a.rest().find_first_not_of(".0") != std::string_view::npos) return Order::greater;
  if (b.rest().find_first_not_of(".0") != std::string_view::npos) return Order::less;
  return Order::equal;
}

// Before all phases stands a development release of the release itself; after them the release.
int phase_rank(const Parsed& parsed) {
  switch (parsed.phase) {
    case 'a': return 1;
    case 'b': return 2;
    case 'r': return 3;
    default: return parsed.dev.present && !parsed.post.present ? 0 : 4;
  }
}

// Segments of a local version: numbers by value and after words, words without regard to case.
Order compare_locals(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  auto take = [](Cursor& cursor) {
    const char* start = cursor.at;
    while (base::is_alnum(cursor.peek())) ++cursor.at;
    std::string_view segment(start, static_cast<size_t>(cursor.at - start));
    if (!cursor.done()) ++cursor.at;
    return segment;
  };
  while (true) {
    if (a.done() || b.done()) return !a.done() <=> !b.done();
    std::string_view segment_a = take(a);
    std::string_view segment_b = take(b);
    bool number_a = is_number(segment_a);
    bool number_b = is_number(segment_b);
    if (number_a != number_b) return number_a <=> number_b;
    Order order = number_a ? compare_numbers(segment_a, segment_b)
                           : compare_ignoring_case(segment_a, segment_b);
    if (order != 0) return order;
  }
}

Order compare_parsed(const Parsed& a, const Parsed& b) {
  Order order = compare_numbers(a.epoch, b.epoch);
  if (order != 0) return order;
  order = compare_releases(a.release, b.release);
  if (order != 0) return order;
  order = phase_rank(a) <=> phase_rank(b);
  if (order != 0) return order;
  order = compare_numbers(a.phase_number, b.phase_number);
  if (order != 0) return order;
  // No post release sorts before any, no development release after any.
  order = a.post.present <=> b.post.present;
  if (order != 0) return order;
  order = compare_numbers(a.post.number, b.post.number);
  if (order != 0) return order;
  order = b.dev.present <=> a.dev.present;
  if (order != 0) return order;
  order = compare_numbers(a.dev.number, b.dev.number);
  return order != 0 ? order : compare_locals(a.local, b.local);
}

bool valid(std::string_view version) {
  Parsed parsed;
  return parse(version, parsed);
}

Order compare(std::string_view a, std::string_view b) {
  Parsed left;
  Parsed right;
  bool parsed_a = parse(a, left);
  bool parsed_b = parse(b, right);
  if (parsed_a && parsed_b) return compare_parsed(left, right);
  if (parsed_a != parsed_b) return parsed_a <=> parsed_b;
  return compare_pep440_legacy(a, b);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "pep440",
    .summary = "Python packages (PEP 440)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::pep440
