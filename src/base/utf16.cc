// SPDX-License-Identifier: Apache-2.0
// UTF-16 to UTF-8 (RFC 2781, section 2.2).
#include "base/utf16.h"

#include <cstdint>

#include "base/text.h"

namespace bulkhead::base {
namespace {

constexpr uint32_t kReplacementCode = 0xfffd;

}  // namespace

std::optional<std::string> decode_utf16(std::string_view bytes) {
  bool little = bytes.starts_with("\xff\xfe");
  bool big = bytes.starts_with("\xfe\xff");
  if (!little && !big) return std::nullopt;
  auto unit = [&](size_t at) {
    auto first = static_cast<uint8_t>(bytes[at]);
    auto second = static_cast<uint8_t>(bytes[at + 1]);
    return static_cast<uint32_t>(little ? first | second << 8 : first << 8 | second);
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  for (size_t at = 2; at + 1 < bytes.size(); at += 2) {
    uint32_t code = unit(at);
    if (code >= 0xd800 && code < 0xdc00 && at + 3 < bytes.size()) {
      uint32_t low = unit(at + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    append_utf8(code >= 0xd800 && code < 0xe000 ? kReplacementCode : code, out);
  }
  return out;
}

}  // namespace bulkhead::base
