// SPDX-License-Identifier: Apache-2.0
// Text of IP addresses and networks.
#include "policy/cidr.h"

#include <vector>

#include "base/text.h"

namespace bulkhead::policy {
namespace {

constexpr Uint128 kV4Mark = Uint128{0xffff} << 32;

// The low `bits` bits set.
Uint128 low_bits(unsigned bits) { return bits >= 128 ? ~Uint128{0} : (Uint128{1} << bits) - 1; }

std::optional<uint32_t> parse_quad(std::string_view text) {
  const auto parts = base::split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  uint32_t value = 0;
  for (const std::string_view part : parts) {
    const auto number = base::to_number<uint8_t>(part);
    if (!number || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    value = value << 8 | *number;
  }
  return value;
}

std::optional<uint32_t> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  uint32_t value = 0;
  for (const char c : text) {
    const char lower = base::to_lower(c);
    if (base::is_digit(c)) {
      value = value * 16 + static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

// The groups of one side of "::"; a dotted quad at the very end counts for two.
bool parse_groups(std::string_view text, bool last, std::vector<uint32_t>& groups) {
  if (text.empty()) return true;
  const auto parts = base::split(text, ':');
  for (size_t i = 0; i < parts.size(); ++i) {
    if (last && i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      const auto quad = parse_quad(parts[i]);
      if (!quad) return false;
      groups.push_back(*quad >> 16);
      groups.push_back(*quad & 0xffff);
      continue;
    }
    const auto group = parse_group(parts[i]);
    if (!group) return false;
    groups.push_back(*group);
  }
  return true;
}

std::optional<Address> parse_v6(std::string_view text) {
  std::vector<uint32_t> head;
  std::vector<uint32_t> tail;
  const auto halves = base::cut(text, "::");
  if (halves) {
    if (halves->second.find("::") != std::string_view::npos) return std::nullopt;
    if (!parse_groups(halves->first, false, head) || !parse_groups(halves->second, true, tail) ||
        head.size() + tail.size() > 7) {
      return std::nullopt;
    }
  } else if (!parse_groups(text, true, head) || head.size() != 8) {
    return std::nullopt;
  }
  head.resize(8 - tail.size(), 0);
  head.insert(head.end(), tail.begin(), tail.end());
  Address address;
  for (const uint32_t group : head) address.value = address.value << 16 | group;
  return address;
}

std::string v4_text(uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (!out.empty()) out += '.';
    out += std::to_string(value >> shift & 0xff);
  }
  return out;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  const auto quad = parse_quad(text);
  if (!quad) return std::nullopt;
  return Address{kV4Mark | *quad};
}

std::optional<Network> parse_network(std::string_view text) {
  const auto parts = base::cut(text, "/");
  if (!parts) return std::nullopt;
  const auto address = parse_address(parts->first);
  const auto prefix = base::to_number<unsigned>(parts->second);
  if (!address || !prefix) return std::nullopt;
  if (parts->second.size() > 1 && parts->second[0] == '0') return std::nullopt;
  Network network{*address, *prefix, parts->first.find(':') == std::string_view::npos};
  if (*prefix > (network.v4 ? 32u : 128u)) return std::nullopt;
  network.address = network.first();
  return network;
}

Network default_network(const Address& v4) {
  const auto top = static_cast<unsigned>(v4.value >> 24 & 0xff);
  const unsigned prefix = top < 0x80 ? 8 : top < 0xc0 ? 16 : 24;
  return {v4, prefix, true};
}

Address Network::first() const {
  const unsigned host = (v4 ? 32 : 128) - prefix;
  return {address.value & ~low_bits(host)};
}

Address Network::last() const {
  const unsigned host = (v4 ? 32 : 128) - prefix;
  return {address.value | low_bits(host)};
}

bool Network::contains(const Address& other) const {
  // Go turns an IPv4-mapped network into an IPv4 one, whose mask is the last four bytes.
  const bool short_net = v4 || address.is_v4();
  if (short_net != other.is_v4()) return false;
  const unsigned host = v4 ? 32 - prefix : 128 - prefix;
  const Uint128 mask = ~low_bits(short_net && host > 32 ? 32 : host);
  return (address.value & mask) == (other.value & mask);
}

std::string to_string(const Address& address) {
  if (address.is_v4()) return v4_text(static_cast<uint32_t>(address.value));
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<uint32_t, 8> groups{};
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<uint32_t>(address.value >> (112 - 16 * i) & 0xffff);
  }
  // The longest run of two or more zero groups becomes "::".
  size_t run_start = 8;
  size_t run_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > run_size) {
      run_start = i;
      run_size = end - i;
    }
    i = end;
  }
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    if (i == run_start) {
      out += "::";
      i += run_size - 1;
      continue;
    }
    if (!out.empty() && !out.ends_with(':')) out += ':';
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const uint32_t digit = groups[i] >> shift & 0xf;
      started = started || digit != 0 || shift == 0;
      if (started) out += kHex[digit];
    }
  }
  return out;
}

std::string to_string(const Network& network) {
  unsigned prefix = network.prefix;
  // Go writes an IPv4-mapped network as the IPv4 one it stands for.
  if (!network.v4 && network.address.is_v4()) prefix = prefix > 96 ? prefix - 96 : 0;
  return to_string(network.address) + "/" + std::to_string(prefix);
}

}  // namespace bulkhead::policy
