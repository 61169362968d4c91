// SPDX-License-Identifier: Apache-2.0
// Fuzz target: policy.yaml, pack.yaml and mappings. Any text gives what it says or an error with
// its place; parameters that come out must be JSON that a strict reader accepts.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/json.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/policy_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto policy = decide::parse_policy_file("policy.yaml", text)) {
    for (const decide::PackEntry& entry : policy->packs) {
      CHECK(!entry.pack.empty());
      CHECK(base::json::Document::parse(entry.parameters));
    }
  } else {
    CHECK(policy.error().message().find("policy.yaml") != std::string::npos);
  }
  if (const auto pack = decide::parse_pack("packs/a/pack.yaml", text)) {
    CHECK(!pack->id.empty());
    CHECK(base::json::Document::parse(pack->parameters));
  }
  (void)decide::parse_mapping("mappings/a.yaml", text);
  return 0;
}
