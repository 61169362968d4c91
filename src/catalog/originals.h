// SPDX-License-Identifier: Apache-2.0
// Whether a file is still the one that a package of the distribution installed.
//
// Package databases keep a digest of the files they own. Catalogers hand these on as ShippedFile;
// what other catalogers find in a file carries the file's Fingerprint. Joining compares the two, so
// that what "pip install --upgrade" wrote over a file of the distribution does not pass for the
// distribution's own.
//
// Both are cut to 64 bits: no accident makes them agree, and whoever could forge them in an image
// can as well rewrite its database.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bulkhead::catalog {

// What the databases in use have: dpkg MD5; apk SHA-1; rpm, pacman and Chisel SHA-256.
enum class DigestKind : uint8_t { kMd5, kSha1, kSha256 };

// One file by each kind of digest; all zero: not taken.
using Fingerprint = std::array<uint64_t, 3>;
Fingerprint fingerprint(base::ByteView bytes);

// Whether distributions install files at a path at all. The fingerprint of anything else is never
// asked for.
bool may_be_shipped(std::string_view path);

// A path without leading slash as a number. Distributions merged /bin, /sbin and /lib into /usr
// while their file lists still say /lib/...: both spellings give the same.
uint64_t path_key(std::string_view path);

// A file as a package database has it.
struct ShippedFile {
  uint64_t path = 0;    // path_key
  uint64_t digest = 0;  // comparable to the kind's element of a Fingerprint

  bool operator==(const ShippedFile&) const = default;
};
// Nothing is added when the text is not such a digest.
void add_shipped_hex(std::string_view path, DigestKind kind, std::string_view hex,
                     std::vector<ShippedFile>& out);
void add_shipped(std::string_view path, DigestKind kind, base::ByteView digest,
                 std::vector<ShippedFile>& out);

// All fingerprints of a tree, and what its package databases make of them.
class Originals {
 public:
  enum class State : uint8_t {
    kUnknown,   // no database has a digest of the file
    kChanged,   // it is not what the packages at this path shipped
    kOriginal,  // it is what one of them shipped
  };

  void add(std::string_view path, const Fingerprint& content);
  void seal();  // after all add(), before the rest
  void compare(const ShippedFile& shipped);
  State state(std::string_view path) const;

 private:
  struct Entry {
    uint64_t path;
    Fingerprint content;
    State state = State::kUnknown;
  };
  std::vector<Entry> entries_;  // sorted by path
};

}  // namespace bulkhead::catalog
