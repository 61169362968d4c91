// SPDX-License-Identifier: Apache-2.0
// known_hosts: which keys a host may show (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::gitsync {

class KnownHosts {
 public:
  // Lines that cannot be read, and those of certificate authorities, are left out: a host is then
  // not known by them.
  void add(std::string_view text);

  enum class Verdict { kKnown, kUnknown, kChanged, kRevoked };
  // kChanged: the host is known, by other keys only.
  Verdict check(std::string_view host, uint16_t port, std::string_view key_wire) const;
  // The key types by which the host is known, in the order of the file.
  std::vector<std::string> types(std::string_view host, uint16_t port) const;

 private:
  struct Line {
    std::string hosts;  // patterns, or "|1|salt|hash"
    std::string type;
    std::string wire;
    bool revoked = false;
  };
  std::vector<Line> lines_;

  static bool names(const Line& line, const std::string& host);
};

}  // namespace bulkhead::gitsync
