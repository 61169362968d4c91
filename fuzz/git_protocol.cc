// SPDX-License-Identifier: Apache-2.0
// A git server that says anything: the input is its greeting and its answers, one after the other,
// as a stream over SSH would bring them.
#include <array>
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "gitsync/wire/upload_pack.h"

namespace {

using namespace bulkhead;

class Stream final : public gitsync::Connection {
 public:
  explicit Stream(base::ByteView bytes) : source_(bytes) {}
  base::Result<base::Source*> greeting() override { return &source_; }
  base::Result<base::Source*> request(const std::string&) override { return &source_; }

 private:
  base::MemorySource source_;
};

base::Status talk(gitsync::Connection& connection) {
  auto session = TRY(gitsync::UploadPack::open(connection));
  for (const auto& ref : TRY(session->refs({"HEAD", "refs/"}))) CHECK(ref.id.size() == 40);
  auto pack = TRY(session->fetch({.id = std::string(40, 'a'), .depth = 1, .commits_only = false}));
  std::array<std::byte, 1000> piece;
  while (TRY(pack->read(piece)) != 0) {
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Stream stream({reinterpret_cast<const std::byte*>(data), size});
  (void)talk(stream).has_value();
  return 0;
}
