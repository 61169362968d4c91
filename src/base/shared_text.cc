// SPDX-License-Identifier: Apache-2.0
// Making and freeing the shared copies.
#include "base/shared_text.h"

#include <new>
#include <ostream>

#include "base/check.h"

namespace bulkhead::base {

uint64_t SharedText::make(std::string_view text) {
  if (text.size() <= kMostInside) {
    uint64_t bits = 0;
    if (!text.empty()) {
      std::memcpy(reinterpret_cast<char*>(&bits) + 1, text.data(), text.size());
    }
    return bits | text.size() << 1 | 1;
  }
  CHECK(text.size() <= UINT32_MAX);  // readers limit what they read far below
  void* memory = ::operator new(sizeof(Block) + text.size());
  auto* block = new (memory) Block{1, static_cast<uint32_t>(text.size())};
  std::memcpy(static_cast<void*>(block + 1), text.data(), text.size());
  return std::bit_cast<uint64_t>(block);
}

void SharedText::release() noexcept {
  auto* block = std::bit_cast<Block*>(bits_);
  if (block->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block->~Block();
  ::operator delete(block);
}

std::ostream& operator<<(std::ostream& out, const SharedText& text) { return out << text.view(); }

}  // namespace bulkhead::base
