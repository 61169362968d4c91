// SPDX-License-Identifier: Apache-2.0
// Debian's order: [epoch:]upstream[-revision], each part compared by turns as text, in which '~'
// sorts before the end and letters before everything else, and as a number.
// Debian Policy 5.6.12; what dpkg accepts when it installs a package.
#include <array>

#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::deb {
namespace {

// Digits and the end of a part weigh 0.
constexpr std::array<short, 256> make_weights() {
  std::array<short, 256> weights{};
  for (size_t c = 0; c < 256; ++c) {
    char ch = static_cast<char>(c);
    short code = static_cast<short>(c);
    if (base::is_digit(ch)) {
      weights[c] = 0;
    } else if (base::is_alpha(ch)) {
      weights[c] = code;
    } else {
      weights[c] = ch == '~' ? short{-1} : static_cast<short>(code + 256);
    }
  }
  return weights;
}
constexpr std::array<short, 256> kWeights = make_weights();

short weight(const Cursor& cursor) {
  return cursor.done() ? short{0} : kWeights[static_cast<unsigned char>(*cursor.at)];
}

Order compare_part(Cursor a, Cursor b) {
  while (!a.done() || !b.done()) {
    while (true) {
      short left = weight(a);
      short right = weight(b);
      if (left != right) return left <=> right;
      if (left == 0) break;
      ++a.at;
      ++b.at;
    }
    Order order = compare_numbers(a, b);
    if (order != 0) return order;
  }
  return Order::equal;
}

struct Fields {
  std::string_view epoch;
  Cursor upstream;
  Cursor revision;
  bool has_epoch = false;
  bool has_revision = false;
};

// The epoch ends at the first colon, the revision starts at the last hyphen. A first colon behind
// anything but digits makes no epoch.
Fields split(std::string_view version) {
  Fields fields;
  Cursor cursor(version);
  std::string_view digits = cursor.take_digits();
  if (cursor.skip(':')) {
    fields.epoch = digits;
    fields.has_epoch = true;
  } else {
    cursor = Cursor(version);
  }
  fields.upstream = cursor;
  fields.revision = cursor;
  fields.revision.at = fields.revision.end;
  for (const char* at = cursor.end; at != cursor.at; --at) {
    if (at[-1] != '-') continue;
    fields.upstream.end = at - 1;
    fields.revision.at = at;
    fields.has_revision = true;
    break;
  }
  return fields;
}

bool only(std::string_view text, std::string_view extra) {
  for (char c : text) {
    if (!base::is_alnum(c) && extra.find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool valid(std::string_view version) {
  Fields fields = split(version);
  if (fields.has_epoch && !base::to_number<int>(fields.epoch)) return false;
  if (!fields.upstream.at_digit() || !only(fields.upstream.rest(), ".-+~:")) return false;
  if (fields.has_revision && fields.revision.done()) return false;
  // Without an epoch a colon would have started one.
  if (!fields.has_epoch && version.find(':') != std::string_view::npos) return false;
  return only(fields.revision.rest(), ".+~");
}

Order compare(std::string_view a, std::string_view b) {
  Fields left = split(a);
  Fields right = split(b);
  if (left.has_epoch || right.has_epoch) {
    Order order = compare_numbers(left.epoch, right.epoch);
    if (order != 0) return order;
  }
  Order order = compare_part(left.upstream, right.upstream);
  return order != 0 ? order : compare_part(left.revision, right.revision);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "deb",
    .summary = "Debian and Ubuntu packages (Debian Policy 5.6.12)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::deb
