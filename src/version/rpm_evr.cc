// SPDX-License-Identifier: Apache-2.0
// RPM versions as rpm-version(7) describes them and rpm's own parser cuts them: the epoch is digits
// before a colon, the release stands behind the last hyphen.
#include "version/rpm_evr.h"

#include <algorithm>
#include <array>

#include "version/scan.h"

namespace bulkhead::version {
namespace {

// rpm's architectures (rpmrc), the colours of x86-64 and ARM included; sorted.
constexpr auto kArchitectures = std::to_array<std::string_view>({
    "aarch64",    "alpha",     "alphaev5",     "alphaev56",   "alphaev6",  "alphaev67",
    "alphapca56", "amd64",     "armv3l",       "armv4b",      "armv4l",    "armv4tl",
    "armv5l",     "armv5tejl", "armv5tel",     "armv5tl",     "armv6hl",   "armv6l",
    "armv7hl",    "armv7hnl",  "armv7l",       "armv8hl",     "armv8l",    "athlon",
    "atarist",    "em64t",     "geode",        "i386",        "i486",      "i586",
    "i686",       "ia32e",     "ia64",         "loongarch64", "m68k",      "mips",
    "mips64",     "mips64el",  "mips64r6",     "mips64r6el",  "mipsel",    "mipsr6",
    "mipsr6el",   "noarch",    "nosrc",        "pentium3",    "pentium4",  "ppc",
    "ppc32dy4",   "ppc64",     "ppc64iseries", "ppc64le",     "ppc64p7",   "ppc64pseries",
    "ppc8260",    "ppc8560",   "ppciseries",   "ppcpseries",  "riscv",     "riscv32",
    "riscv64",    "s390",      "s390x",        "sh3",         "sh4",       "sh4a",
    "sparc",      "sparc64",   "sparc64v",     "sparcv8",     "sparcv9",   "sparcv9v",
    "src",        "x86_64",    "x86_64_v2",    "x86_64_v3",   "x86_64_v4",
});

bool is_architecture(std::string_view text) {
  return std::find(kArchitectures.begin(), kArchitectures.end(), text) != kArchitectures.end();
}

void skip_separators(Cursor& cursor) {
  while (!cursor.done() && !base::is_alnum(*cursor.at) && *cursor.at != '~' && *cursor.at != '^') {
    ++cursor.at;
  }
}

// Installed and fixed versions are much alike, so what they begin with is skipped without being
// understood: back from the first different byte to where its run of letters and digits begins, for
// nothing before that has any effect.
void skip_common(Cursor& a, Cursor& b) {
  const char* start = a.at;
  while (!a.done() && !b.done() && *a.at == *b.at) {
    ++a.at;
    ++b.at;
  }
  while (a.at != start && base::is_alnum(a.at[-1])) {
    --a.at;
    --b.at;
  }
}

// Letters by code; equal: both cursors stand behind them.
Order compare_letters(Cursor& a, Cursor& b) {
  while (true) {
    bool in_a = a.at_alpha();
    bool in_b = b.at_alpha();
    if (!in_a || !in_b) return in_a <=> in_b;
    if (*a.at != *b.at) return *a.at <=> *b.at;
    ++a.at;
    ++b.at;
  }
}

// Cuts off what stands behind the last separator.
std::optional<std::string_view> cut_tail(std::string_view& text, char separator) {
  for (size_t at = text.size(); at-- != 0;) {
    if (text.data()[at] != separator) continue;
    std::string_view tail(text.data() + at + 1, text.size() - at - 1);
    text = {text.data(), at};
    return tail;
  }
  return std::nullopt;
}

std::string_view take_epoch(std::string_view& text) {
  Cursor cursor(text);
  std::string_view digits = cursor.take_digits();
  if (!cursor.skip(':')) return {};
  text = cursor.rest();
  return digits;
}

}  // namespace

Order rpm_vercmp(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_common(a, b);
  while (true) {
    skip_separators(a);
    skip_separators(b);
    // '~' < end < '^' < letters < digits.
    char next_a = a.peek();
    char next_b = b.peek();
    if (next_a == '~' || next_b == '~') {
      if (next_a != next_b) return next_a == '~' ? Order::less : Order::greater;
      ++a.at;
      ++b.at;
      continue;
    }
    if (a.done() || b.done()) return !a.done() <=> !b.done();
    if (next_a == '^' || next_b == '^') {
      if (next_a != next_b) return next_a == '^' ? Order::less : Order::greater;
      ++a.at;
      ++b.at;
      continue;
    }
    bool number = base::is_digit(next_a);
    if (number != base::is_digit(next_b)) return number ? Order::greater : Order::less;
    Order order = number ? compare_numbers(a, b) : compare_letters(a, b);
    if (order != 0) return order;
  }
}

Evr split_evr(std::string_view text) {
  Evr evr;
  evr.epoch = take_epoch(text);
  evr.version = text;
  evr.release = cut_tail(evr.version, '-');
  return evr;
}

Order compare_evr(const Evr& a, const Evr& b) {
  Order order = compare_numbers(a.epoch, b.epoch);
  if (order != 0) return order;
  order = rpm_vercmp(a.version, b.version);
  if (order != 0) return order;
  if (!a.release || !b.release) return a.release.has_value() <=> b.release.has_value();
  return rpm_vercmp(*a.release, *b.release);
}

Nevra split_nevra(std::string_view text) {
  Nevra nevra;
  std::string_view rest = text;
  if (auto last = cut_tail(rest, '.'); last && is_architecture(*last)) {
    nevra.arch = *last;
    text = rest;
  }
  nevra.evr.epoch = take_epoch(text);
  nevra.evr.release = cut_tail(text, '-');
  if (auto version = cut_tail(text, '-')) {
    nevra.name = text;
    nevra.evr.version = *version;
  } else {
    nevra.evr.version = text;
  }
  if (nevra.evr.epoch.empty()) nevra.evr.epoch = take_epoch(nevra.evr.version);
  return nevra;
}

Order compare_nevra(const Nevra& a, const Nevra& b) {
  Order order = compare_bytes(a.name, b.name);
  if (order != 0) return order;
  order = compare_evr(a.evr, b.evr);
  return order != 0 ? order : compare_bytes(a.arch, b.arch);
}

}  // namespace bulkhead::version
