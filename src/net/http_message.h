// SPDX-License-Identifier: Apache-2.0
// How the server frames a response (RFC 9112 section 6). Internal to this room.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "net/http_server.h"

namespace bulkhead::net {

enum class Framing { kNone, kLength, kChunked, kUntilClose };

struct Plan {
  Framing framing = Framing::kLength;
  bool send_body = true;
  bool keep_alive = false;
};

// Status line and fields, with the empty line.
std::string head_of(const ServerResponse& response, const Plan& plan, base::UnixTime now);
// What stands before a chunk of so many bytes.
std::string chunk_head(size_t bytes);

}  // namespace bulkhead::net
