// SPDX-License-Identifier: Apache-2.0
// Recipes of Conan Center. Their versions are whatever upstream uses ("1.1.1w", "8.0.1.4",
// "cci.20230623"), so Conan 2 orders them by its own rule (class Version): items between dots, by
// value where both are numbers and as text otherwise; zeros at the end do not count. Behind the
// first '-' stands a prerelease, behind the last '+' a build, both ordered likewise.
//
// Where numbers meet words at one place that is not transitive: 9 < 10, but 10 < "5a" < 9.
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::conan {
namespace {

struct Version {
  std::string_view items;
  std::string_view prerelease;
  std::string_view build;
  bool has_prerelease = false;
  bool has_build = false;
};

Version split(std::string_view text) {
  Version out;
  if (size_t plus = text.rfind('+'); plus != text.npos) {
    out.has_build = true;
    out.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (size_t minus = text.find('-'); minus != text.npos) {
    out.has_prerelease = true;
    out.prerelease = text.substr(minus + 1);
    text = text.substr(0, minus);
  }
  out.items = text;
  return out;
}

// Items without zeros at the end; nothing at all is less than an empty item.
struct Items {
  explicit Items(std::string_view text) : parts(text, '.') {
    size_t end = text.size();
    size_t zeros = 0;
    size_t count = 1;
    for (char c : text) count += c == '.' ? 1 : 0;
    while (zeros < count) {
      size_t dot = text.substr(0, end).rfind('.');
      size_t begin = dot == text.npos ? 0 : dot + 1;
      std::string_view last = text.substr(begin, end - begin);
      if (!is_number(last) || !is_zero(last)) break;
      ++zeros;
      end = begin == 0 ? 0 : dot;
    }
    left = count - zeros;
  }
  bool next(std::string_view& part) { return left != 0 && (--left, parts.next(part)); }

  Parts parts;
  size_t left;
};

std::string_view as_text(std::string_view item) {
  while (item.size() > 1 && item[0] == '0' && is_number(item)) item.remove_prefix(1);
  return item;
}

Order compare_items(std::string_view left, std::string_view right) {
  Items a(left);
  Items b(right);
  while (true) {
    std::string_view x;
    std::string_view y;
    bool in_a = a.next(x);
    bool in_b = b.next(y);
    if (!in_a || !in_b) return in_a <=> in_b;
    Order order = is_number(x) && is_number(y) ? compare_numbers(x, y)
                                               : compare_bytes(as_text(x), as_text(y));
    if (order != 0) return order;
  }
}

Order compare(std::string_view left, std::string_view right) {
  Version a = split(left);
  Version b = split(right);
  Order order = compare_items(a.items, b.items);
  if (order != 0) return order;
  if (a.has_prerelease != b.has_prerelease) return b.has_prerelease <=> a.has_prerelease;
  order = compare_items(a.prerelease, b.prerelease);
  if (order != 0) return order;
  if (a.has_build != b.has_build) return a.has_build <=> b.has_build;
  return compare_items(a.build, b.build);
}

// What a recipe reference takes, except numbers written with '_', which Python would read as one.
bool valid(std::string_view version) {
  if (version.empty() || version.size() > 101) return false;
  if (!base::is_alnum(version[0]) && version[0] != '_') return false;
  for (char c : version) {
    bool lower = base::is_digit(c) || (c >= 'a' && c <= 'z');
    if (!lower && c != '_' && c != '+' && c != '.' && c != '-') return false;
  }
  Cursor cursor(version);
  for (; !cursor.done(); ++cursor.at) {
    if (cursor.at_digit() && cursor.peek_second() == '_' && cursor.left() > 2 &&
        base::is_digit(cursor.at[2])) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "conan",
    .summary = "Recipes of Conan Center (Conan 2's Version)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::conan
