// SPDX-License-Identifier: Apache-2.0
// bulkhead db status: what the advisory database holds and how old it is.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/counted.h"
#include "base/json.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::db_status {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"format", 'f', "FORMAT", "text (default) or json", false, "text,json"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kDatabaseFlags);

std::string age_text(base::UnixTime now, base::UnixTime then) {
  return then <= 0 ? ""
                   : base::counted(
                         static_cast<uint64_t>(std::max<int64_t>(0, (now - then) / 86400)), "day");
}

std::string as_text(const std::string& path, const vuln::DatabaseInfo& info, base::UnixTime now) {
  std::string out = fmt::format("{}\nformat {}, {}, {}, {:.1f} MB, {}\n\n", path, info.format,
                                base::counted(info.advisories, "advisory"),
                                base::counted(info.packages, "package"),
                                static_cast<double>(info.bytes) / 1e6, info.digest);
  out += fmt::format("{:<28} {:>9}  {:<12} {}\n", "source", "records", "newest", "age");
  for (const vuln::SourceInfo& source : info.sources) {
    out += fmt::format("{:<28} {:>9}  {:<12} {}\n", source.name, source.records,
                       source.newest > 0 ? base::format_date(source.newest) : "unknown",
                       age_text(now, source.newest));
  }
  return out;
}

std::string as_json(const std::string& path, const vuln::DatabaseInfo& info) {
  base::json::Writer json;
  json.begin_object().member("path", path).member("format", info.format);
  json.member("advisories", info.advisories).member("packages", info.packages);
  json.member("bytes", info.bytes).member("digest", info.digest).key("sources").begin_array();
  for (const vuln::SourceInfo& source : info.sources) {
    json.begin_object().member("name", source.name).member("records", source.records);
    json.member("newest", base::format_time(source.newest)).member("digest", source.digest);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

int run(const Invocation& invocation) {
  auto now = reference_time(invocation);
  if (!now) {
    complain(now.error().message());
    return kUsage;
  }
  auto path = database_path(invocation);
  if (!path) return fail(path.error());
  auto database = vuln::Database::open_path(*path);
  if (!database) {
    complain(*path + ": " + database.error().message() + "; make one with bulkhead db update");
    return kFailed;
  }
  std::string text = invocation.value("format", "text") == "json"
                         ? as_json(*path, database->info())
                         : as_text(*path, database->info(), *now);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kClean;
}

}  // namespace

extern constinit const Command descriptor = {
    "db status", "show the sources of the advisory database, their dates and counts",
    "",          "",
    kFlags,      run};

}  // namespace bulkhead::cli::commands::db_status
