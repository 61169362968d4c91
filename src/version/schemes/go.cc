// SPDX-License-Identifier: Apache-2.0
// Go modules (Semantic Versioning with "v", pseudo-versions, "+incompatible") and the toolchain and
// standard library ("go1.21.3", "1.22rc1"), in one order: "go1.22rc1" is 1.22.0-rc.1, as the Go
// vulnerability database writes it. golang.org/x/mod/semver, go/version.
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::go {
namespace {

bool skip_go(Cursor& cursor) {
  if (!cursor.rest().starts_with("go")) return false;
  cursor.at += 2;
  return true;
}

// The identifiers of a prerelease. A toolchain's is glued together: "rc1" is "rc" and "1"; what a
// vendor or an experiment adds behind it ("-acme", " X:loopvar") changes no order.
class Identifiers {
 public:
  Identifiers(Cursor tail, bool go_prefix)
      : toolchain_(go_prefix || tail.at_alpha()),
        glued_(tail),
        dotted_(toolchain_ ? std::string_view() : split_suffix(tail).prerelease, '.') {
    release_ = toolchain_ ? !base::is_alnum(tail.peek()) : split_suffix(tail).prerelease.empty();
  }
  // No prerelease at all.
  bool release() const { return release_; }
  bool next(std::string_view& part) {
    if (!toolchain_) return dotted_.next(part);
    part = glued_.at_digit() ? glued_.take_digits() : glued_.take_alpha();
    return !part.empty();
  }

 private:
  bool toolchain_;
  bool release_ = false;
  Cursor glued_;
  Parts dotted_;
};

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_v(a);
  skip_v(b);
  bool go_a = skip_go(a);
  bool go_b = skip_go(b);
  Order order = compare_release(a, b, 3);
  if (order != 0 || (a.done() && b.done())) return order;
  Identifiers tail_a(a, go_a);
  Identifiers tail_b(b, go_b);
  if (tail_a.release() || tail_b.release()) return tail_a.release() <=> tail_b.release();
  return compare_identifier_lists(tail_a, tail_b);
}

// "1.21", "1.21.3", "1.22rc1"; with "go" in front also "go1" and a vendor's suffix.
bool valid_toolchain(std::string_view version) {
  Cursor cursor(version);
  bool go_prefix = skip_go(cursor);
  int numbers = 0;
  do {
    if (!is_canonical_number(cursor.take_digits())) return false;
  } while (++numbers < 3 && cursor.skip('.'));
  if (numbers < 2 && !go_prefix) return false;
  if (cursor.skip_word("rc") || cursor.skip_word("beta")) {
    if (!is_canonical_number(cursor.take_digits())) return false;
  }
  return cursor.done() || (go_prefix && (cursor.peek() == '-' || cursor.peek() == ' '));
}

bool valid(std::string_view version) {
  std::string_view module = version;
  if (module.starts_with('v')) module.remove_prefix(1);
  return valid_semver(module) || valid_toolchain(version);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "go",
    .summary = "Go modules, toolchain and standard library (golang.org/x/mod/semver, go/version)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::go
