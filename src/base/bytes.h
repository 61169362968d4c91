// SPDX-License-Identifier: Apache-2.0
// Views of bytes, and a reader of binary structures that cannot run past the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::base {

using ByteView = std::span<const std::byte>;
using Bytes = std::vector<std::byte>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A bounds-checked cursor. Every read returns nullopt past the end and leaves the cursor as it
// was, so a parser can stop at the first failure without further checks.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  bool seek(uint64_t position) {
    if (position > bytes_.size()) return false;
    position_ = static_cast<size_t>(position);
    return true;
  }
  bool skip(uint64_t count) {
    if (count > remaining()) return false;
    position_ += static_cast<size_t>(count);
    return true;
  }
  std::optional<ByteView> take(uint64_t count) {
    if (count > remaining()) return std::nullopt;
    ByteView out = bytes_.subspan(position_, static_cast<size_t>(count));
    position_ += static_cast<size_t>(count);
    return out;
  }
  template <typename T>
  std::optional<T> little() {
    return number<T>(false);
  }
  template <typename T>
  std::optional<T> big() {
    return number<T>(true);
  }
  // An unsigned LEB128 / protobuf / Go varint of at most 64 bits.
  std::optional<uint64_t> varint();

 private:
  template <typename T>
  std::optional<T> number(bool big_endian) {
    auto raw = take(sizeof(T));
    if (!raw) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      size_t at = big_endian ? i : sizeof(T) - 1 - i;
      value = (value << 8) | static_cast<uint8_t>((*raw)[at]);
    }
    return static_cast<T>(value);
  }

  ByteView bytes_;
  size_t position_ = 0;
};

std::string to_hex(ByteView bytes);
// nullopt unless the text is an even number of hexadecimal digits.
std::optional<Bytes> from_hex(std::string_view text);
std::string to_base64(ByteView bytes);
// RFC 4648 section 4, padding optional, no white space; nullopt when malformed.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace bulkhead::base
