// SPDX-License-Identifier: Apache-2.0
// From feed files to a database in its place.
#include "cli/build_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "vuln/build.h"

namespace bulkhead::cli {
namespace {

base::Result<vuln::DatabaseInfo> build_from(const Invocation& invocation,
                                            const std::string& directory, const std::string& target,
                                            base::Diagnostics& diagnostics) {
  std::vector<vuln::FeedFile> feeds;
  for (const std::string& path : TRY(vuln::list_feeds(directory))) {
    feeds.push_back({path, TRY(base::open_read(directory + "/" + path))});
  }
  if (feeds.empty()) {
    return base::Error(base::Code::kNotFound,
                       directory +
                           ": no advisory feeds (osv/<ecosystem>/all.zip, debian/tracker.json, "
                           "alpine/<version>/main.json, kev/, epss/)");
  }
  ProgressBar bar(invocation.has("quiet"));
  vuln::BuildOptions options;
  options.private_directories = invocation.values("private");
  options.progress = [&](std::string_view feed, uint64_t done, uint64_t total) {
    bar.update(feed, done, total);
  };
  return vuln::build(std::move(feeds), options, target, diagnostics);
}

}  // namespace

int build_database(const Invocation& invocation, const std::string& mirror_directory) {
  auto path = database_path(invocation);
  if (!path) return fail(path.error());
  auto made = base::make_directories(std::string(base::dirname(*path)));
  if (!made) return fail(made.error());

  // The new file is made beside the old one; only a verified one takes its place.
  std::string fresh = *path + ".fresh";
  base::Diagnostics diagnostics;
  auto info = build_from(invocation, mirror_directory, fresh, diagnostics);
  if (!invocation.has("quiet")) complain_about(diagnostics);
  if (info && info->advisories == 0) {
    info = base::Error(base::Code::kInvalid, mirror_directory +
                                                 ": no usable advisory in any feed; "
                                                 "the old database stays");
  }
  if (!info) {
    ::unlink(fresh.c_str());
    return fail(info.error());
  }
  bool old_is_good = vuln::Database::open_path(*path).has_value();
  if (old_is_good && ::rename(path->c_str(), previous_path(*path).c_str()) != 0) {
    return fail(base::errno_error("rename", *path));
  }
  if (::rename(fresh.c_str(), path->c_str()) != 0) return fail(base::errno_error("rename", fresh));
  if (!invocation.has("quiet")) {
    complain(fmt::format("{} advisories of {} sources in {} ({:.1f} MB)", info->advisories,
  struct stat there{};
  if (::stat(path->c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    complain(*path + " is " + std::string(base::file_kind(there.st_mode)) +
             ", not a regular file; it is left alone");
    return kUsage;
  }
                         info->sources.size(), *path, static_cast<double>(info->bytes) / 1e6));
  }
  return diagnostics.any_incomplete() ? kFailed : kClean;
}

}  // namespace bulkhead::cli
