// SPDX-License-Identifier: Apache-2.0
// The public face of the advisory database; state.cc and lookups.cc do the work.
#include "vuln/database/database.h"

#include "vuln/database/state.h"

namespace bulkhead::vuln {

std::vector<model::FeedInfo> feeds_of(const DatabaseInfo& info) {
  std::vector<model::FeedInfo> out;
  for (const SourceInfo& source : info.sources) {
    std::string newest = source.newest > 0 ? base::format_time(source.newest) : "";
    out.push_back({source.name, source.records, std::move(newest)});
  }
  return out;
}

Database::Database(std::unique_ptr<State> state)
    : state_(std::move(state)), answering_(state_.get()) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

base::Result<Database> Database::open(const base::Fd& file) {
  base::Mapping mapping = TRY(base::Mapping::open(file));
  return Database(TRY(State::open(std::move(mapping))));
}

base::Result<Database> Database::open_path(const std::string& path) {
  base::Fd file = TRY(base::open_regular(path));
  return open(file).context(path);
}

void Database::set_last_good(base::Fd file) { last_good_file_ = std::move(file); }

bool Database::fall_back() const {
  if (!last_good_file_.valid() || last_good_ != nullptr) return false;
  auto opened = open(last_good_file_);
  if (!opened) return false;
  last_good_ = std::move(opened->state_);
  answering_ = last_good_.get();
  return true;
}

DatabaseInfo Database::info() const { return answering_->info(); }
base::Status Database::verify() const { return answering_->verify(); }

}  // namespace bulkhead::vuln
