// SPDX-License-Identifier: Apache-2.0
// pkt-lines: the framing of git's protocols (gitprotocol-common(5)): four hexadecimal digits of
// length, the length included, then the payload; lengths 0, 1 and 2 are marks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/io.h"
#include "base/result.h"

namespace bulkhead::gitsync {

struct Packet {
  enum class Kind { kData, kFlush, kDelimiter, kResponseEnd, kEnd };
  Kind kind = Kind::kEnd;  // kEnd: the stream ended before another packet began
  std::string_view data;   // valid until the next packet is read

  bool is_data() const { return kind == Kind::kData; }
  // The payload without the line feed that text lines may end in.
  std::string_view line() const;
};

class PacketReader {
 public:
  static constexpr size_t kMaxPacket = 65520;

  // The source outlives the reader. kLimit once more than max_bytes were read.
  PacketReader(base::Source& source, uint64_t max_bytes) : source_(source), left_(max_bytes) {}
  // kInvalid for broken framing and for a stream that ends inside a packet.
  base::Result<Packet> next();
  // Like next(), but the packet is handed out again by the following next().
  base::Result<Packet> peek();

 private:
  base::Status read_exactly(std::string& out, size_t bytes);

  base::Source& source_;
  uint64_t left_;
  std::string buffer_;
  Packet peeked_;
  bool has_peeked_ = false;
};

void put_packet(std::string& out, std::string_view payload);
inline constexpr std::string_view kFlushPacket = "0000";
inline constexpr std::string_view kDelimiterPacket = "0001";

}  // namespace bulkhead::gitsync
