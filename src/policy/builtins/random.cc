// SPDX-License-Identifier: Apache-2.0
// rand.intn, uuid.rfc4122 and uuid.parse. What is random follows from the seed of the evaluation,
// so that a verdict can be replayed; the same call gives the same value within one evaluation.
#include <cstdlib>

#include "base/bytes.h"
#include "base/text.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::random {
namespace {

BuiltinResult intn(Arguments arguments, CallContext& context) {
  const std::string_view name = TRY(text_argument(arguments, 0));
  const int64_t limit = TRY(integer_argument(arguments, 1));
  if (limit == 0) return Term(0);
  const uint64_t below =
      limit < 0 ? 0 - static_cast<uint64_t>(limit) : static_cast<uint64_t>(limit);
  const auto [found, fresh] = context.remembered.try_emplace("rand.intn/" + std::to_string(below) +
                                                             "/" + std::string(name));
  if (fresh) found->second = Term(static_cast<int64_t>(draw(context) % below));
  return found->second;
}

std::string uuid_text(const base::Bytes& bytes) {
  const std::string hex = base::to_hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

BuiltinResult rfc4122(Arguments arguments, CallContext& context) {
  const std::string_view name = TRY(text_argument(arguments, 0));
  const auto [found, fresh] = context.remembered.try_emplace("uuid/" + std::string(name));
  if (fresh) {
    base::Bytes bytes;
    for (const uint64_t half : {draw(context), draw(context)}) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<std::byte>(half >> shift & 0xff));
      }
    }
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};  // version 4
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};  // the RFC's variant
    found->second = Term(uuid_text(bytes));
  }
  return found->second;
}

uint64_t number(base::ByteView bytes) {
  uint64_t out = 0;
  for (const std::byte b : bytes) out = out << 8 | static_cast<uint64_t>(b);
  return out;
}

std::string_view variant(uint8_t byte) {
  if ((byte & 0x80) == 0) return "Reserved";
  if ((byte & 0xc0) == 0x80) return "RFC4122";
  if ((byte & 0xe0) == 0xc0) return "Microsoft";
  return "Future";
}

// The 32 digits of the forms with and without dashes, braces or "urn:uuid:".
std::optional<base::Bytes> parse_uuid(std::string_view text) {
  if (text.size() == 45 && base::equals_ignore_case(text.substr(0, 9), "urn:uuid:")) {
    text.remove_prefix(9);
  }
  // The reader that OPA uses takes whatever stands where the braces should.
  if (text.size() == 38) text = text.substr(1, 36);
  std::string digits(text);
  if (text.size() == 36) {
    for (const size_t dash : {23, 18, 13, 8}) {
      if (digits[dash] != '-') return std::nullopt;
      digits.erase(dash, 1);
    }
  }
  if (digits.size() != 32) return std::nullopt;
  return base::from_hex(digits);
}

// Fields of versions 1 and 2: time, clock sequence, node, and the domain of version 2.
void add_time_fields(const base::Bytes& id, unsigned version, Term::Object& out) {
  const base::ByteView bytes(id);
  std::string node;
  for (const std::byte b : bytes.subspan(10)) {
    if (!node.empty()) node += '-';
    node += base::to_hex(base::ByteView(&b, 1));
  }
  const auto first = static_cast<uint8_t>(bytes[10]);
  const std::string scope = (first & 2) != 0 ? "local" : "global";
  const std::string reach = (first & 1) != 0 ? "multicast" : "unicast";
  out.members.emplace_back("nodeid", node);
  out.members.emplace_back("macvariables", scope + ":" + reach);
  out.members.emplace_back("clocksequence",
                           static_cast<int64_t>(number(bytes.subspan(8, 2)) & 0x3fff));
  const uint64_t ticks = (number(bytes.subspan(6, 2)) & 0xfff) << 48 |
                         number(bytes.subspan(4, 2)) << 32 | number(bytes.first(4));
  // 100 ns since 15 October 1582, as nanoseconds since 1970.
  const auto since_1970 = static_cast<int64_t>(ticks) - 0x01b21dd213814000;
  out.members.emplace_back("time", since_1970 * 100);
  if (version == 2) {
    static constexpr std::string_view kDomains[] = {"Person", "Group", "Org"};
    const auto domain = static_cast<size_t>(bytes[9]);
    out.members.emplace_back("id", static_cast<int64_t>(number(bytes.first(4))));
    out.members.emplace_back(
        "domain", domain < 3 ? std::string(kDomains[domain]) : "Domain" + std::to_string(domain));
  }
}

BuiltinResult parse(Arguments arguments, CallContext&) {
  const auto id = parse_uuid(TRY(text_argument(arguments, 0)));
  if (!id) return Term();
  const auto version = static_cast<unsigned>((*id)[6]) >> 4;
  Term::Object out;
  out.members.emplace_back("version", static_cast<int64_t>(version));
  out.members.emplace_back("variant", variant(static_cast<uint8_t>((*id)[8])));
  if (version == 1 || version == 2) add_time_fields(*id, version, out);
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {
    {"rand.intn", 2, intn},
    {"uuid.rfc4122", 1, rfc4122},
    {"uuid.parse", 1, parse},
};

}  // namespace

extern constinit const Family descriptor = {"random", "random numbers and UUIDs", kBuiltins};

}  // namespace bulkhead::policy::builtins::random
