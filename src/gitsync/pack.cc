// SPDX-License-Identifier: Apache-2.0
// An entry is a type and size, for deltas the base, and a zlib stream. A delta begins with the size
// of its base and of its result; the indexer allocates the latter before it looks at the rest.
#include "gitsync/pack.h"

#include <algorithm>
#include <optional>
#include <string>

#include "archive/zlib.h"

namespace bulkhead::gitsync {
namespace {

using base::ByteReader;
using base::ByteView;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr size_t kTrailerBytes = 20;  // SHA-1 of everything before
constexpr size_t kDeltaHeadBytes = 20;

enum EntryType { kCommit = 1, kTree = 2, kBlob = 3, kTag = 4, kOffsetDelta = 6, kRefDelta = 7 };

struct EntryHead {
  unsigned type = 0;
  uint64_t size = 0;
  bool is_delta() const { return type == kOffsetDelta || type == kRefDelta; }
};

Error broken_pack(std::string_view what) { return Error(Code::kInvalid, std::string(what)); }

// Three bits of type, then the size in groups of 4 and 7 bits, lowest first.
std::optional<EntryHead> take_head(ByteReader& in) {
  auto byte = in.big<uint8_t>();
  if (!byte) return std::nullopt;
  EntryHead head{static_cast<unsigned>(*byte >> 4) & 7, static_cast<uint64_t>(*byte & 15)};
  for (unsigned shift = 4; (*byte & 0x80) != 0; shift += 7) {
    byte = in.big<uint8_t>();
    if (!byte || shift > 53) return std::nullopt;
    head.size |= static_cast<uint64_t>(*byte & 0x7f) << shift;
  }
  return head;
}

bool skip_base(ByteReader& in, unsigned type) {
  if (type == kRefDelta) return in.skip(20);
  for (int i = 0; i < 9; ++i) {
    auto byte = in.big<uint8_t>();
    if (!byte) return false;
    if ((*byte & 0x80) == 0) return true;
  }
  return false;
}

// The size of what a delta makes, from its first bytes.
std::optional<uint64_t> delta_result(ByteView head) {
  ByteReader in(head);
  auto base_size = in.varint();
  auto result_size = in.varint();
  if (!base_size || !result_size) return std::nullopt;
  return result_size;
}

Error too_large(std::string_view what, uint64_t limit) {
  return Error(Code::kLimit,
               std::string(what) + ", more than the limit of " + std::to_string(limit));
}

// The size of the object that an entry makes; the reader is moved behind it.
Result<uint64_t> measure_entry(ByteReader& in, ByteView pack, const Limits& limits) {
  auto head = take_head(in);
  if (!head || head->type == 0 || head->type == 5) return broken_pack("a malformed entry");
  if (head->is_delta() && !skip_base(in, head->type)) return broken_pack("a malformed delta");
  if (head->size > limits.max_object_bytes) {
    return too_large("an object of " + std::to_string(head->size) + " bytes",
                     limits.max_object_bytes);
  }
  ByteView rest = pack.subspan(in.position());
  auto extent = TRY_AT(
      "an object", archive::measure_zlib(rest, head->size, head->is_delta() ? kDeltaHeadBytes : 0));
  if (extent.inflated_bytes != head->size)
    return broken_pack("an object of another size than announced");
  if (!in.skip(extent.packed_bytes)) return broken_pack("an object beyond the end");
  if (!head->is_delta()) return head->size;
  auto result = delta_result(extent.head);
  if (!result) return broken_pack("a malformed delta");
  if (*result > limits.max_object_bytes) {
    return too_large("an object of " + std::to_string(*result) + " bytes", limits.max_object_bytes);
  }
  return std::max(*result, head->size);
}

}  // namespace

Status check_pack(ByteView pack, const Limits& limits, const Deadline& deadline) {
  ByteReader in(pack);
  auto magic = in.take(4);
  auto version = in.big<uint32_t>();
  auto count = in.big<uint32_t>();
  if (!magic || base::as_text(*magic) != "PACK" || !version || !count)
    return broken_pack("not a pack");
  if (*version != 2 && *version != 3) return broken_pack("a pack of an unknown version");
  if (*count > limits.max_objects) {
    return too_large(std::to_string(*count) + " objects", limits.max_objects);
  }
  if (in.remaining() < kTrailerBytes) return broken_pack("cut off");
  ByteView entries = pack.first(pack.size() - kTrailerBytes);
  in = ByteReader(entries);
  in.skip(12);
  uint64_t total = 0;
  for (uint32_t i = 0; i < *count; ++i) {
    if (i % 256 == 0) TRY(deadline.check());
    total += TRY(measure_entry(in, entries, limits));
    if (total > limits.max_unpacked_bytes) {
      return too_large("objects of more than " + std::to_string(total) + " bytes together",
                       limits.max_unpacked_bytes);
    }
  }
  if (in.remaining() != 0) return broken_pack("followed by something");
  return {};
}

}  // namespace bulkhead::gitsync
