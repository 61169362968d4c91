// SPDX-License-Identifier: Apache-2.0
// Reads exactly what a packet announces, never ahead: over SSH the bytes behind it may not come
// before the next request was sent.
#include "gitsync/wire/pkt_line.h"

#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

std::optional<size_t> parse_length(std::string_view digits) {
  auto bytes = base::from_hex(digits);
  if (!bytes || bytes->size() != 2) return std::nullopt;
  return static_cast<size_t>((*bytes)[0]) << 8 | static_cast<size_t>((*bytes)[1]);
}

}  // namespace

std::string_view Packet::line() const {
  std::string_view text = data;
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

Status PacketReader::read_exactly(std::string& out, size_t bytes) {
  out.resize(bytes);
  auto view = std::as_writable_bytes(std::span(out.data(), out.size()));
  size_t got = TRY(base::read_full(source_, view));
  out.resize(got);
  if (got > left_) return Error(Code::kLimit, "the answer is longer than allowed");
  left_ -= got;
  return {};
}

Result<Packet> PacketReader::next() {
  if (has_peeked_) {
    has_peeked_ = false;
    return peeked_;
  }
  TRY(read_exactly(buffer_, 4));
  if (buffer_.empty()) return Packet{};
  auto length = parse_length(buffer_);
  if (!length || *length == 3 || *length > kMaxPacket) {
    return Error(Code::kInvalid,
                 "not git's protocol (\"" + base::printable(buffer_, 16) + "\" is no length)");
  }
  if (*length == 0) return Packet{Packet::Kind::kFlush, {}};
  if (*length == 1) return Packet{Packet::Kind::kDelimiter, {}};
  if (*length == 2) return Packet{Packet::Kind::kResponseEnd, {}};
  size_t payload = *length - 4;
  TRY(read_exactly(buffer_, payload));
  if (buffer_.size() != payload) {
    return Error(Code::kNetwork, "the answer ended in the middle of a packet");
  }
  return Packet{Packet::Kind::kData, buffer_};
}

Result<Packet> PacketReader::peek() {
  if (!has_peeked_) {
    peeked_ = TRY(next());
    has_peeked_ = true;
  }
  return peeked_;
}

void put_packet(std::string& out, std::string_view payload) {
  CHECK(payload.size() <= PacketReader::kMaxPacket - 4);
  static constexpr char kDigits[] = "0123456789abcdef";
  size_t length = payload.size() + 4;
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[(length >> shift) & 15]);
  out.append(payload);
}

}  // namespace bulkhead::gitsync
