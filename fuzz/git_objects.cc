// SPDX-License-Identifier: Apache-2.0
// Any bytes as a commit, a tag, a tree and a pack.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "gitsync/object.h"
#include "gitsync/pack.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto commit = gitsync::parse_commit(bytes)) {
    CHECK(commit->tree.size() == 40);
    CHECK(commit->payload.size() <= bytes.size());
    (void)gitsync::parse_claims(commit->message);
  }
  if (auto tag = gitsync::parse_tag(bytes)) {
    CHECK(tag->payload + tag->signature == bytes);
  }
  if (auto tree = gitsync::parse_tree(bytes, 1000)) {
    for (const auto& entry : *tree) CHECK(!entry.name.empty() && entry.id.size() == 40);
  }
  gitsync::Limits limits;
  limits.max_object_bytes = 1 << 20;
  limits.max_unpacked_bytes = 8 << 20;
  gitsync::Deadline deadline(10'000);
  (void)gitsync::check_pack(base::as_bytes(bytes), limits, deadline).has_value();
  return 0;
}
