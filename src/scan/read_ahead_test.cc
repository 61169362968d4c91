// SPDX-License-Identifier: Apache-2.0
#include "scan/read_ahead.h"

#include <gtest/gtest.h>

#include <random>

namespace bulkhead::scan {
namespace {

// Hands out its bytes in odd pieces, then fails if told to.
class OddSource final : public base::Source {
 public:
  OddSource(std::string bytes, bool fail) : bytes_(std::move(bytes)), fail_(fail) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    if (at_ == bytes_.size() && fail_) return base::Error(base::Code::kIo, "broken pipe");
    size_t count = std::min({out.size(), bytes_.size() - at_, size_t{1} + at_ % 977});
    std::memcpy(out.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  bool fail_;
  size_t at_ = 0;
};

std::string random_text(size_t size) {
  std::mt19937 random(7);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

TEST(ReadAhead, GivesTheSameBytes) {
  std::string text = random_text(1'000'003);
  OddSource source(text, false);
  HashingSource hashing(source, crypto::Algorithm::kSha256);
  ReadAhead ahead(hashing, 3, 4096);
  auto all = base::read_all(ahead, text.size());
  ASSERT_TRUE(all);
  EXPECT_EQ(base::as_text(*all), text);
  EXPECT_EQ(hashing.bytes(), text.size());
  EXPECT_EQ(hashing.hex(), crypto::sha256_hex(base::as_bytes(text)));
}

TEST(ReadAhead, PassesTheErrorOnAfterTheData) {
  std::string text = random_text(10'000);
  OddSource source(text, true);
  ReadAhead ahead(source, 2, 10'000);  // one full buffer, then the failure
  base::Bytes out(10'000);
  EXPECT_EQ(base::read_full(ahead, out).value_or(0), 10'000u);
  auto after = ahead.read(out);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().message(), "broken pipe");
  EXPECT_FALSE(ahead.read(out));  // and stays failed
}

TEST(ReadAhead, MayBeAbandoned) {
  std::string text = random_text(1'000'000);
  for (size_t read : {size_t{0}, size_t{1}, size_t{5000}}) {
    OddSource source(text, false);
    ReadAhead ahead(source, 2, 1024);
    base::Bytes out(std::max<size_t>(read, 1));
    if (read != 0) {
      EXPECT_TRUE(base::read_full(ahead, out));
    }
  }
}

}  // namespace
}  // namespace bulkhead::scan
