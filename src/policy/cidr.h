// SPDX-License-Identifier: Apache-2.0
// Addresses and networks as Go's net package reads and writes them, which OPA's net.* builtins
// show.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::policy {

__extension__ typedef unsigned __int128 Uint128;

// IPv4 addresses are kept as IPv4-mapped IPv6 (::ffff:a.b.c.d), so that both compare as numbers.
struct Address {
  Uint128 value = 0;
  bool is_v4() const { return value >> 32 == 0xffff; }
  bool operator==(const Address&) const = default;
};

struct Network {
  Address address;      // as given; host bits may be set only by default_network
  unsigned prefix = 0;  // in bits of its own family
  bool v4 = false;      // written with four numbers

  Address first() const;
  Address last() const;
  // As net.IPNet.Contains: an IPv4-mapped network holds IPv4 addresses.
  bool contains(const Address& other) const;
};

// Dotted quads without leading zeros, or RFC 4291 text; no zones.
std::optional<Address> parse_address(std::string_view text);
// "address/prefix"; host bits are cleared.
std::optional<Network> parse_network(std::string_view text);
// The class A, B or C network of an IPv4 address, host bits kept.
Network default_network(const Address& v4);

// RFC 5952 for IPv6; IPv4-mapped as IPv4.
std::string to_string(const Address& address);
std::string to_string(const Network& network);

}  // namespace bulkhead::policy
