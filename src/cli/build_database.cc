// SPDX-License-Identifier: Apache-2.0
// From feed files to a database in its place.
#include "cli/build_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/counted.h"
#include "base/text.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "vuln/database/build.h"

namespace bulkhead::cli {
namespace {

base::Result<std::vector<vuln::FeedFile>> open_feeds(const Invocation& invocation,
                                                     const std::string& directory,
                                                     FileDates dates) {
  std::optional<base::UnixTime> given;
  if (invocation.has("feed-date")) {
    std::string text = invocation.value("feed-date");
    given = base::parse_time(text);
    if (!given) {
      return base::Error(base::Code::kInvalid,
                         "--feed-date \"" + text + "\" is not a time (RFC 3339)");
    }
  }
  std::vector<vuln::FeedFile> feeds;
  for (const std::string& path : TRY(vuln::list_feeds(directory))) {
    vuln::FeedFile feed;
    feed.path = path;
    feed.fd = TRY(base::open_regular(directory + "/" + path));
    struct stat info = TRY(base::stat_fd(feed.fd));
    feed.date = given.value_or(dates == FileDates::kMean ? info.st_mtim.tv_sec : 0);
    feeds.push_back(std::move(feed));
  }
  return feeds;
}

base::Result<vuln::DatabaseInfo> build_from(const Invocation& invocation,
                                            const std::string& directory, FileDates dates,
                                            const std::string& target,
                                            base::Diagnostics& diagnostics) {
  std::vector<vuln::FeedFile> feeds = TRY(open_feeds(invocation, directory, dates));
  if (feeds.empty()) {
    return base::Error(base::Code::kNotFound,
                       directory +
                           ": no advisory feeds (osv/<ecosystem>/all.zip, debian/tracker.json, "
                           "alpine/<version>/main.json, kev/, epss/)");
  }
  ProgressBar bar(invocation.has("quiet"));
  vuln::BuildOptions options;
  options.now = TRY(reference_time(invocation));
  options.private_directories = invocation.values("private");
  options.progress = [&](std::string_view feed, uint64_t done, uint64_t total) {
    bar.update(feed, done, total);
  };
  return vuln::build(std::move(feeds), options, target, diagnostics);
}

// A database that a worse one must not replace. Its header alone would not tell.
bool is_whole(const std::string& path) {
  auto database = vuln::Database::open_path(path);
  return database && database->verify();
}

// The database that was in force becomes the previous one, if it is good enough to fall back on.
base::Status put_in_force(const std::string& fresh, const std::string& path, bool old_is_whole) {
  if (old_is_whole && ::rename(path.c_str(), previous_path(path).c_str()) != 0) {
    return base::errno_error("rename", path);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return base::errno_error("rename", fresh);
  return {};
}

// Why the finished file is of no use; nullopt when it may be put in force.
std::optional<base::Error> why_not(const Invocation& invocation, const vuln::DatabaseInfo& info,
                                   const base::Diagnostics& diagnostics,
                                   const std::string& directory, bool old_is_whole) {
  if (info.advisories == 0) {
    return base::Error(base::Code::kInvalid,
                       directory + ": no usable advisory in any feed; the old database stays");
  }
  if (!diagnostics.any_incomplete() || !old_is_whole || invocation.has("allow-incomplete")) {
    return std::nullopt;
  }
  std::vector<std::string> feeds;
  for (const base::Diagnostic& d : diagnostics.all()) {
    if (d.impact == base::Impact::kIncomplete) feeds.push_back(d.where);
  }
  return base::Error(base::Code::kInvalid,
                     "the new database would lack " + base::join(feeds, ", ") +
                         "; the old one stays in force (--allow-incomplete replaces it)");
}

}  // namespace

int build_database(const Invocation& invocation, const std::string& mirror_directory,
                   FileDates dates, base::Diagnostics& diagnostics) {
  auto path = database_path(invocation);
  if (!path) return fail(path.error());
  struct stat there{};
  if (::stat(path->c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    complain(*path + " is " + std::string(base::file_kind(there.st_mode)) +
             ", not a regular file; it is left alone");
    return kUsage;
  }
  auto made = base::make_directories(std::string(base::dirname(*path)));
  if (!made) return fail(made.error());

  // The new file is made beside the old one; only a verified one takes its place.
  std::string fresh = *path + ".fresh";
  auto info = build_from(invocation, mirror_directory, dates, fresh, diagnostics);
  if (!invocation.has("quiet")) complain_about(diagnostics);
  bool old_is_whole = info && is_whole(*path);
  if (info) {
    auto useless = why_not(invocation, *info, diagnostics, mirror_directory, old_is_whole);
    if (useless) info = std::move(*useless);
  }
  if (!info) {
    ::unlink(fresh.c_str());
    return fail(info.error());
  }
  auto placed = put_in_force(fresh, *path, old_is_whole);
  if (!placed) return fail(placed.error());
  if (!invocation.has("quiet")) {
    complain(fmt::format("{} of {} in {} ({:.1f} MB)", base::counted(info->advisories, "advisory"),
                         base::counted(info->sources.size(), "source"), *path,
                         static_cast<double>(info->bytes) / 1e6));
  }
  bool lacking = diagnostics.any_incomplete() && !invocation.has("allow-incomplete");
  return lacking ? kFailed : kClean;
}

}  // namespace bulkhead::cli
