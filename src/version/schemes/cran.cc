// SPDX-License-Identifier: Apache-2.0
// R packages (CRAN, Bioconductor): at least two numbers with '.' or '-' between, which mean the
// same; of two versions that agree as far as they go, the longer one is newer (numeric_version).
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::cran {
namespace {

bool valid(std::string_view version) {
  Cursor cursor(version);
  int numbers = 0;
  do {
    if (cursor.take_digits().empty()) return false;
    ++numbers;
  } while (cursor.skip('.') || cursor.skip('-'));
  return cursor.done() && numbers >= 2;
}

void skip_to_digit(Cursor& cursor) {
  while (!cursor.done() && !base::is_digit(*cursor.at)) ++cursor.at;
}

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  while (true) {
    skip_to_digit(a);
    skip_to_digit(b);
    if (a.done() || b.done()) return !a.done() <=> !b.done();
    Order order = compare_numbers(a, b);
    if (order != 0) return order;
  }
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "cran",
    .summary = "R packages of CRAN and Bioconductor (R's numeric_version)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::cran
