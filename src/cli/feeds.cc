// SPDX-License-Identifier: Apache-2.0
// Downloading feeds. A finished file keeps its ETag and digest beside it ("<file>.etag"): one that
// was damaged since is fetched again. An unfinished one is "<file>.part" with the ETag of what it
// is a part of, and goes on from there.
#include "cli/feeds.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/counted.h"
#include "base/fs.h"
#include "base/text.h"
#include "cli/build_database.h"
#include "cli/command.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "crypto/digest.h"
#include "net/http_client.h"
#include "net/http_date.h"
#include "vuln/reader.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxFeedBytes = 4ull << 30;
constexpr uint64_t kMaxListBytes = 1 << 20;
constexpr unsigned kMaxNewerAlpine = 50;

std::string small_file(const std::string& path) {
  return base::read_file(path, 4096).value_or(std::string());
}

bool file_exists(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

uint64_t file_size(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

base::UnixTime date_of(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mtim.tv_sec : 0;
}

std::string file_digest(const std::string& path) {
  auto file = base::open_regular(path);
  if (!file) return {};
  auto mapping = base::Mapping::open(*file);
  return mapping ? crypto::sha256_digest(mapping->bytes()) : std::string();
}

// The ETag of a finished file, "" when the file is not what was downloaded under it.
std::string sound_etag(const std::string& target) {
  std::string kept = small_file(target + ".etag");
  auto parts = base::cut(kept, "\n");
  if (!parts || !file_exists(target) || parts->second != file_digest(target)) return {};
  return std::string(parts->first);
}

enum class FetchOutcome { kFetched, kUnchanged, kAbsent };

// Writes what arrives after the part that is already there.
base::Status receive(net::HttpSource& body, const std::string& part, bool append,
                     std::string_view what, scan::Progress& progress) {
  base::Fd out(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0644));
  if (!out.valid()) return base::errno_error("create", part);
  base::Bytes buffer(256 * 1024);
  uint64_t done = append ? file_size(part) : 0;
  while (true) {
    size_t got = TRY(body.read(buffer));
    if (got == 0) break;
    TRY_AT(part, base::write_all(out, base::ByteView(buffer).first(got)));
    done += got;
    progress.update(what, done, body.size().value_or(0));
  }
  if (::fsync(out.get()) != 0) return base::errno_error("flush", part);
  return {};
}

// The file gets the date that the service gives it: some feeds have no other
// (vuln/database/build.h).
void set_date(const std::string& path, std::string_view http_date) {
  auto time = net::parse_http_date(http_date);
  if (!time) return;
  timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(*time), 0}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

base::Result<FetchOutcome> fetch_one(net::HttpClient& client, const FeedPlace& feed,
                                     const std::string& directory, scan::Progress& progress) {
  std::string target = directory + "/" + feed.path;
  std::string part = target + ".part";
  std::string part_tag_file = part + ".etag";
  TRY(base::make_directories(std::string(base::dirname(target))));

  net::HttpRequest request;
  request.url = feed.url;
  request.max_bytes = kMaxFeedBytes;
  request.if_none_match = sound_etag(target);
  std::string part_tag = small_file(part_tag_file);
  if (!part_tag.empty() && file_size(part) > 0) {
    request.range_start = file_size(part);
    request.if_range = part_tag;
  }
  auto body = TRY(client.open(request));
  int status = body->response().status;
  if (status == 304) return FetchOutcome::kUnchanged;
  if (status == 404 || status == 410) return FetchOutcome::kAbsent;
  if (status != 200 && status != 206) {
    return base::Error(status >= 500 ? base::Code::kNetwork : base::Code::kDenied,
                       fmt::format("the service answered {}", status));
  }
  std::string tag(body->response().headers.value_or("etag", ""));
  if (status == 200) {
    TRY(base::write_file_atomic(part_tag_file, base::as_bytes(tag)));
  }
  TRY(receive(*body, part, status == 206, feed.path, progress));
  set_date(part, body->response().headers.value_or("last-modified", ""));
  if (::rename(part.c_str(), target.c_str()) != 0) return base::errno_error("rename to", target);
  ::unlink(part_tag_file.c_str());
  TRY(base::write_file_atomic(target + ".etag", base::as_bytes(tag + "\n" + file_digest(target))));
  return FetchOutcome::kFetched;
}

class Fetcher {
 public:
  Fetcher(const std::string& mirror, const std::string& directory, scan::Progress& progress,
          base::Diagnostics& diagnostics)
      : list_(mirror), directory_(directory), progress_(progress), diagnostics_(diagnostics) {}

  base::Result<FetchResult> run(const std::optional<Ecosystems>& needed) {
    Ecosystems offered = ask_what_is_offered();
    for (const FeedPlace& feed : list_.feeds(needed, offered)) take(feed);
    if (!needed) take_newer_alpine();
    progress_.finish();
    if (result_.fetched + result_.unchanged > 0) return std::move(result_);
    if (failed_) return std::move(last_).context("no feed could be fetched");
    return base::Error(base::Code::kNotFound, "the mirror has none of the feeds");
  }

 private:
  // A machine without a network should not try forty hosts, slowly.
  bool gives_up() const { return unreachable_ >= 3 && result_.fetched + result_.unchanged == 0; }

  bool holds(const FeedPlace& feed) const { return file_exists(directory_ + "/" + feed.path); }

  Ecosystems ask_what_is_offered() {
    net::HttpRequest request;
    request.url = list_.ecosystems().url;
    request.max_bytes = kMaxListBytes;
    auto response = client_.fetch(request);
    if (!response) ++unreachable_;
    return response && response->ok() ? parse_offered(response->body) : Ecosystems();
  }

  // Whether the mirror has it.
  bool take(const FeedPlace& feed) {
    if (gives_up()) return false;
    auto outcome = fetch_one(client_, feed, directory_, progress_);
    bool held = holds(feed);
    if (!outcome) {
      not_fetched(feed, outcome.error(), held);
      return false;
    }
    if (*outcome == FetchOutcome::kFetched) ++result_.fetched;
    if (*outcome == FetchOutcome::kUnchanged) ++result_.unchanged;
    if (*outcome == FetchOutcome::kAbsent && held) {
      std::string date = base::format_date(date_of(directory_ + "/" + feed.path));
      diagnostics_.note("feed-gone", feed.path,
                        "is no longer there; the copy of " + date + " stays in use");
    }
    return *outcome != FetchOutcome::kAbsent;
  }

  void not_fetched(const FeedPlace& feed, const base::Error& error, bool held) {
    failed_ = true;
    last_ = base::Error(error.code(), error.message()).context(feed.path);
    // A service that refuses one feed is there and may have the next.
    if (error.code() != base::Code::kDenied) ++unreachable_;
    if (!held) result_.missing.push_back(feed.path);
    diagnostics_.skipped(
        "feed-not-fetched", feed.path,
        "not fetched: " + error.message() + (held ? "; the copy held here stays in use" : ""));
  }

  // Branches younger than this program.
  void take_newer_alpine() {
    for (unsigned i = 1; i <= kMaxNewerAlpine; ++i) {
      std::string branch = fmt::format("v3.{}", FeedList::kLastAlpine + i);
      if (!take(list_.alpine(branch, "main"))) return;
      take(list_.alpine(branch, "community"));
    }
  }

  FeedList list_;
  const std::string& directory_;
  scan::Progress& progress_;
  base::Diagnostics& diagnostics_;
  net::HttpClient client_{net::HttpOptions{}};
  FetchResult result_;
  uint64_t unreachable_ = 0;
  bool failed_ = false;
  base::Error last_{base::Code::kNetwork, "no feed"};
};

// A feed that the database in force has and that is neither fetched nor held would silently get
// lost.
void name_lost_feeds(const Invocation& invocation, const FetchResult& fetched,
                     base::Diagnostics& diagnostics) {
  if (fetched.missing.empty()) return;
  auto path = database_path(invocation);
  if (!path) return;
  auto database = vuln::Database::open_path(*path);
  if (!database) return;
  std::set<std::string> sources;
  for (const vuln::SourceInfo& source : database->info().sources) sources.insert(source.name);
  for (const std::string& feed : fetched.missing) {
    const vuln::FeedReader* reader = vuln::find_feed_reader(feed);
    if (reader == nullptr || !sources.contains(reader->source(feed))) continue;
    diagnostics.incomplete("feed-lost", feed, "not fetched, and the database in force has it");
  }
}

// A feed that came broken from the service is asked for anew next time, whatever its ETag.
void forget_broken_feeds(const std::string& directory, const base::Diagnostics& diagnostics) {
  for (const base::Diagnostic& d : diagnostics.all()) {
    if (d.kind == "bad-feed") ::unlink((directory + "/" + d.where + ".etag").c_str());
  }
}

}  // namespace

base::Result<FetchResult> fetch_feeds(const std::string& mirror, const std::string& directory,
                                      const std::optional<Ecosystems>& needed,
                                      scan::Progress& progress, base::Diagnostics& diagnostics) {
  std::string base_url = mirror;
  while (base_url.ends_with("/")) base_url.pop_back();
  return Fetcher(base_url, directory, progress, diagnostics).run(needed);
}

int fetch_and_build(const Invocation& invocation, const std::string& mirror,
                    const std::optional<Ecosystems>& needed) {
  auto cache = base::cache_directory();
  if (!cache) return fail(cache.error());
  // Feeds of different mirrors must not be mixed.
  std::string name = "public";
  if (!mirror.empty()) {
    name = mirror;
    std::replace_if(name.begin(), name.end(), [](char c) { return !base::is_alnum(c); }, '-');
  }
  std::string directory = *cache + "/feeds/" + name;
  ProgressBar bar(invocation.has("quiet"));
  base::Diagnostics diagnostics;
  auto fetched = fetch_feeds(mirror, directory, needed, bar, diagnostics);
  bar.finish();
  if (!fetched) {
    if (!invocation.has("quiet")) complain_about(diagnostics);
    return fail(fetched.error());
  }
  name_lost_feeds(invocation, *fetched, diagnostics);
  if (!invocation.has("quiet")) {
    complain(fmt::format("{} fetched, {} unchanged", base::counted(fetched->fetched, "feed"),
                         fetched->unchanged));
  }
  int code = build_database(invocation, directory, FileDates::kMean, diagnostics);
  forget_broken_feeds(directory, diagnostics);
  return code;
}

}  // namespace bulkhead::cli
