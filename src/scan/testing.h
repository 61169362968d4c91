// SPDX-License-Identifier: Apache-2.0
// What tests of this room share.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/fs.h"
#include "scan/cache/cache.h"
#include "scan/spill.h"

namespace bulkhead::scan {

// A store in memory.
class MemoryStore final : public Store {
 public:
  std::optional<base::Mapping> get(const std::string& name) override {
    auto at = entries.find(name);
    if (at == entries.end()) return std::nullopt;
    auto file = make_spill_file(::testing::TempDir());
    if (!file || !base::write_all(*file, base::as_bytes(at->second))) return std::nullopt;
    auto mapping = base::Mapping::open(*file);
    if (!mapping) return std::nullopt;
    return std::move(*mapping);
  }
  base::Status put(const std::string& name, std::string_view bytes) override {
    entries[name] = bytes;
    return {};
  }

  std::map<std::string, std::string> entries;
};

}  // namespace bulkhead::scan
