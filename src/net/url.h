// SPDX-License-Identifier: Apache-2.0
// http and https URLs (RFC 3986), taken apart and put together by the same code that later connects
// to them, so that a check made here is a check of the host that is really reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::net {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case, IPv6 in brackets, IPv4 in its dotted form
  uint16_t port = 0;   // the scheme's own when none is written
  std::string path;    // begins with '/', encoded as written
  std::string query;   // without '?', encoded as written
  std::string user;    // decoded; secrets, never shown
  std::string password;

  // kInvalid for everything but absolute http and https URLs of at most kMaxBytes.
  static constexpr size_t kMaxBytes = 32 * 1024;
  static base::Result<Url> parse(std::string_view text);
  // Where a reference of this document leads (RFC 3986 section 5). User and password never follow.
  base::Result<Url> resolve(std::string_view reference) const;

  // What is sent: no user information, no fragment.
  std::string to_string() const;
  // What is shown: also without the query, where signed URLs carry their token.
  std::string display() const;
  // "host", or "host:port" when the port is not the scheme's own.
  std::string authority() const;
  bool same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
  bool is_loopback() const { return is_loopback_host(host); }

  // "localhost", 127.0.0.0/8 or [::1] (brackets optional).
  static bool is_loopback_host(std::string_view host);
};

// Everything but unreserved characters becomes %XX (RFC 3986 section 2.3).
std::string percent_encode(std::string_view text);

// Text without what may be secret in the URLs inside it, for messages of other programs.
std::string redact_urls(std::string_view text);

}  // namespace bulkhead::net
