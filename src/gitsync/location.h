// SPDX-License-Identifier: Apache-2.0
// What a remote's URL, ref and subdirectory mean. Internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gitsync/gitsync.h"

namespace bulkhead::gitsync {

struct Location {
  enum class Kind { kHttp, kSsh, kPath };
  Kind kind = Kind::kPath;
  std::string url;   // kHttp: without user, password, query; no '/' at the end
  std::string path;  // kPath: of the directory; kSsh: as the server will see it
  std::string host;  // kSsh
  std::string user;  // kSsh
  uint16_t port = 22;

  // For messages and cache keys: never holds a secret.
  std::string display() const;
};

// kInvalid for what is no location, kUnsupported for schemes that are not spoken (git://, ftp://),
// kDenied for plain http to another host without `insecure`.
base::Result<Location> parse_location(const Remote& remote);

// Forty hexadecimal digits in lower case.
bool is_object_id(std::string_view text);
// kInvalid unless git would accept it as a branch, a tag or a full ref name, or it is an object id.
base::Status check_ref(std::string_view ref);
// kInvalid unless "" or a clean relative path.
base::Status check_subdirectory(std::string_view path);

}  // namespace bulkhead::gitsync
