// SPDX-License-Identifier: Apache-2.0
// NDB (rpm, lib/backend/ndb/rpmpkg.c describes itself in its comments): little-endian. A header,
// then slots of 16 bytes on the first pages, each naming a package's blob in units of 16 bytes.
#include "catalog/rpm/database.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr uint32_t kFileMagic = 0x506d7052;  // "RpmP"
constexpr uint32_t kSlotMagic = 0x746f6c53;  // "Slot"
constexpr uint32_t kBlobMagic = 0x53626c42;  // "BlbS"
constexpr uint64_t kPage = 4096;
constexpr uint64_t kBlock = 16;
constexpr uint64_t kFirstSlot = 32;
constexpr uint32_t kMaxSlotPages = 2048;

base::Error corrupt_ndb(std::string_view what) {
  return base::Error(base::Code::kCorrupt, "rpm NDB database: " + std::string(what));
}

struct Slot {
  uint32_t magic, package, block, blocks;
};

base::Status read_blob(base::ByteView file, const Slot& slot, const OnHeader& on_header) {
  base::ByteReader in(file);
  if (!in.seek(slot.block * kBlock)) return corrupt_ndb("blob out of the file");
  auto magic = in.little<uint32_t>();
  auto package = in.little<uint32_t>();
  auto generation = in.little<uint32_t>();
  auto size = in.little<uint32_t>();
  if (!magic || !package || !generation || !size) return corrupt_ndb("blob out of the file");
  if (*magic != kBlobMagic || *package != slot.package) return corrupt_ndb("slot without its blob");
  if (*size > slot.blocks * kBlock) return corrupt_ndb("blob larger than its slot");
  auto blob = in.take(*size);
  if (!blob) return corrupt_ndb("blob out of the file");
  on_header(*blob);
  return {};
}

}  // namespace

base::Status read_ndb(base::ByteView file, const OnHeader& on_header) {
  base::ByteReader in(file);
  auto magic = in.little<uint32_t>();
  auto version = in.little<uint32_t>();
  auto generation = in.little<uint32_t>();
  auto slot_pages = in.little<uint32_t>();
  if (!magic || !version || !generation || !slot_pages)
    return corrupt_ndb("shorter than its header");
  if (*magic != kFileMagic) return corrupt_ndb("bad magic");
  if (*version != 0)
    return base::Error(base::Code::kUnsupported, "rpm NDB database: newer version");
  if (*slot_pages == 0 || *slot_pages > kMaxSlotPages) return corrupt_ndb("absurd number of slots");
  CHECK(in.seek(std::min<uint64_t>(kFirstSlot, file.size())));
  uint64_t end = *slot_pages * kPage;
  uint64_t budget = file.size();  // blobs do not overlap
  while (in.position() + kBlock <= end) {
    auto slot_magic = in.little<uint32_t>();
    auto package = in.little<uint32_t>();
    auto block = in.little<uint32_t>();
    auto blocks = in.little<uint32_t>();
    if (!slot_magic || !package || !block || !blocks) return corrupt_ndb("slots out of the file");
    if (*slot_magic != kSlotMagic) return corrupt_ndb("bad slot");
    if (*block == 0) continue;  // empty slot
    if (*blocks * kBlock > budget) return corrupt_ndb("blobs larger than the file");
    budget -= *blocks * kBlock;
    TRY(read_blob(file, {*slot_magic, *package, *block, *blocks}, on_header));
  }
  return {};
}

}  // namespace bulkhead::catalog::rpm
