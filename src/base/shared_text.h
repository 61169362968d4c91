// SPDX-License-Identifier: Apache-2.0
// SharedText: an immutable text in eight bytes, for records that exist by the hundred thousand.
//
// Up to seven bytes stand in the object itself; longer texts are counted references to one copy on
// the heap, so that what a file says of all its packages (its path, a maintainer) is held once. Use
// it like a std::string_view of what it holds; change it by assigning another text.
#pragma once

#include <atomic>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace bulkhead::base {

template <typename T>
concept TextLike = std::convertible_to<const T&, std::string_view>;

class SharedText {
 public:
  SharedText() noexcept : bits_(kEmpty) {}
  SharedText(std::string_view text) : bits_(make(text)) {}  // implicit, as for std::string
  SharedText(const std::string& text) : SharedText(std::string_view(text)) {}
  SharedText(const char* text) : SharedText(std::string_view(text)) {}

  SharedText(const SharedText& other) noexcept : bits_(other.bits_) { keep(); }
  SharedText(SharedText&& other) noexcept : bits_(other.bits_) { other.bits_ = kEmpty; }
  SharedText& operator=(SharedText other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~SharedText() { drop(); }

  operator std::string_view() const { return view(); }
  std::string_view view() const {
    if (inside()) return {reinterpret_cast<const char*>(&bits_) + 1, (bits_ & 0xff) >> 1};
    const Block* block = std::bit_cast<const Block*>(bits_);
    return {reinterpret_cast<const char*>(block + 1), block->size};
  }
  // The text, sharing the bytes of another one when the two are equal.
  static SharedText like(const SharedText& other, std::string_view text) {
    return text == other.view() ? other : SharedText(text);
  }
  std::string str() const { return std::string(view()); }

  bool empty() const { return bits_ == kEmpty; }
  size_t size() const { return view().size(); }
  void clear() { *this = SharedText(); }
  bool starts_with(std::string_view text) const { return view().starts_with(text); }
  bool starts_with(char c) const { return view().starts_with(c); }
  bool ends_with(std::string_view text) const { return view().ends_with(text); }
  static constexpr size_t npos = std::string_view::npos;
  size_t find(std::string_view text) const { return view().find(text); }
  size_t find(char c) const { return view().find(c); }
  std::string_view substr(size_t at, size_t count = npos) const { return view().substr(at, count); }

  // Friends, so that they are candidates only where a SharedText takes part.
  template <TextLike T>
  friend bool operator==(const SharedText& a, const T& b) {
    return a.view() == std::string_view(b);
  }
  template <TextLike T>
  friend std::strong_ordering operator<=>(const SharedText& a, const T& b) {
    return a.view() <=> std::string_view(b);
  }
  template <TextLike T>
  friend std::string operator+(const SharedText& a, const T& b) {
    return a.str().append(std::string_view(b));
  }
  template <TextLike T>
    requires(!std::same_as<T, SharedText>)
  friend std::string operator+(const T& a, const SharedText& b) {
    return std::string(std::string_view(a)).append(b.view());
  }
  friend std::string operator+(const SharedText& a, char b) { return a.str() + b; }
  friend std::ostream& operator<<(std::ostream& out, const SharedText& text);

 private:
  // In front of the bytes of a long text. The count is atomic, for copies may end in different
  // threads.
  struct Block {
    std::atomic<uint32_t> owners;
    uint32_t size;
  };

  // The lowest byte, which is the first one in memory: an odd number is twice the size plus one of
  // a text in the other seven; an address is even.
  static_assert(std::endian::native == std::endian::little && sizeof(void*) == 8);
  static constexpr uint64_t kEmpty = 1;
  static constexpr size_t kMostInside = 7;

  bool inside() const { return (bits_ & 1) != 0; }
  static uint64_t make(std::string_view text);
  void keep() const noexcept {
    if (inside()) return;
    std::bit_cast<Block*>(bits_)->owners.fetch_add(1, std::memory_order_relaxed);
  }
  void drop() noexcept {
    if (!inside()) release();
  }
  void release() noexcept;

  uint64_t bits_;
};

}  // namespace bulkhead::base

template <>
struct std::hash<bulkhead::base::SharedText> {
  size_t operator()(const bulkhead::base::SharedText& text) const {
    return std::hash<std::string_view>{}(text.view());
  }
};
