// SPDX-License-Identifier: Apache-2.0
// The advisory database: one read-only memory-mapped file (docs/formats/advisory-db.md).
//
// Opening checks bounds only (<= 5 ms); the hash is checked when the file is built and by
// `db verify`. Every accessor checks its offsets, so that a damaged file gives kCorrupt or empty
// answers, never a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/result.h"
#include "model/scan_report.h"

namespace bulkhead::vuln {

// One feed inside the database.
struct SourceInfo {
  std::string name;  // "osv:npm", "debian", "alpine:v3.21", "kev", "epss", "private:..."
  uint64_t records = 0;
  base::UnixTime newest = 0;  // newest modification date of a record, or the feed's own date
  std::string digest;         // sha256 of the file it was read from
};

struct DatabaseInfo {
  uint32_t format = 0;
  base::UnixTime built = 0;  // time of the newest record over all sources unless given
  uint64_t advisories = 0;
  uint64_t packages = 0;
  uint64_t bytes = 0;
  std::string digest;  // content hash written at build
  std::vector<SourceInfo> sources;
};

// The sources as a report names them.
std::vector<model::FeedInfo> feeds_of(const DatabaseInfo& info);

class Database {
 public:
  static base::Result<Database> open(const base::Fd& file);
  static base::Result<Database> open_path(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  DatabaseInfo info() const;
  // Recomputes the content hash; kCorrupt when it differs.
  base::Status verify() const;

  // The database to go on with when a part of this one turns out to be damaged; opened only then.
  void set_last_good(base::Fd file);
  // Answers from now on come from the last good one; false when there is none that can be read. For
  // the thread that asks, while no other does.
  bool fall_back() const;

  struct State;
  const State& state() const { return *answering_; }

 private:
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  base::Fd last_good_file_;
  mutable std::unique_ptr<State> last_good_;
  mutable const State* answering_ = nullptr;  // one of the two
};

}  // namespace bulkhead::vuln
