// SPDX-License-Identifier: Apache-2.0
// Haskell packages: a list of numbers; of two that agree as far as they go, the longer one is newer
// (Cabal's Version). Cabal reads numbers of at most nine digits and no superfluous zeros.
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::hackage {
namespace {

bool valid(std::string_view version) {
  Parts parts(version, '.');
  for (std::string_view part; parts.next(part);) {
    if (!is_canonical_number(part) || part.size() > 9) return false;
  }
  return true;
}

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  Order order = compare_dotted_numbers(a, b);
  if (order != 0) return order;
  if (a.done() || b.done()) return !a.done() <=> !b.done();
  return compare_bytes(a.rest(), b.rest());
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "hackage",
    .summary = "Haskell packages (Cabal Version)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::hackage
