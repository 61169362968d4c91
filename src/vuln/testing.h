// SPDX-License-Identifier: Apache-2.0
// For tests: small databases built in memory from feeds written inline.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "vuln/database/build.h"
#include "vuln/database/state.h"
#include "vuln/match.h"

namespace bulkhead::vuln::testing {

inline base::Fd file_of(base::ByteView bytes) {
  auto file = base::memory_file(bytes);
  EXPECT_TRUE(file);
  return file ? std::move(*file) : base::Fd();
}

// (path in the mirror, content)
using Feeds = std::vector<std::pair<std::string, std::string>>;

inline base::Bytes build_bytes(const Feeds& feeds, base::Diagnostics& diagnostics,
                               BuildOptions options = {}) {
  std::vector<FeedFile> files;
  for (const auto& [path, content] : feeds) {
    files.push_back({path, file_of(base::as_bytes(content))});
  }
  auto bytes = build_in_memory(std::move(files), options, diagnostics);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message());
  return bytes ? std::move(*bytes) : base::Bytes();
}

inline Database database_of(const base::Bytes& bytes) {
  auto database = Database::open(file_of(bytes));
  EXPECT_TRUE(database) << (database ? "" : database.error().message());
  return std::move(*database);
}

inline Database build_database(const Feeds& feeds, BuildOptions options = {}) {
  base::Diagnostics diagnostics;
  base::Bytes bytes = build_bytes(feeds, diagnostics, std::move(options));
  for (const auto& d : diagnostics.all()) ADD_FAILURE() << d.where << ": " << d.message;
  return database_of(bytes);
}

inline model::Package package(std::string type, std::string name, std::string version) {
  model::Package out;
  out.type = std::move(type);
  size_t slash = name.rfind('/');
  if (slash != std::string::npos) {
    out.name_space = name.substr(0, slash);
    name.erase(0, slash + 1);
  }
  out.name = std::move(name);
  out.version = std::move(version);
  out.locations = {{"where/it/is", 0, -1}};
  return out;
}

inline model::Distro distro(std::string id, std::string version, std::string codename = "") {
  model::Distro out;
  out.id = std::move(id);
  out.version = std::move(version);
  out.codename = std::move(codename);
  return out;
}

inline MatchResult match_one(const Database& database, const model::Distro& on,
                             const model::Package& what) {
  base::Diagnostics diagnostics;
  MatchResult result = match(database, on, std::span(&what, 1), diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  return result;
}

// The ids found, joined by spaces.
inline std::string ids(const MatchResult& result) {
  std::string out;
  for (const model::Finding& finding : result.findings) {
    if (!out.empty()) out += ' ';
    out += finding.id;
  }
  return out;
}

}  // namespace bulkhead::vuln::testing
