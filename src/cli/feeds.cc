// SPDX-License-Identifier: Apache-2.0
// Downloading feeds. A finished file keeps its ETag beside it ("<file>.etag"); an unfinished one is
// "<file>.part" with the ETag of what it is a part of, and goes on from there.
#include "cli/feeds.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/counted.h"
#include "base/fs.h"
#include "base/text.h"
#include "cli/build_database.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/progress_bar.h"
#include "net/http_client.h"
#include "net/http_date.h"

namespace bulkhead::cli {
namespace {

// Where the public services keep what a mirror has under path.
struct Feed {
  std::string path;
  std::string url;
};

constexpr std::string_view kOsv = "https://osv-vulnerabilities.storage.googleapis.com/";
constexpr std::string_view kAlpine = "https://secdb.alpinelinux.org/";

struct NamedFeed {
  std::string_view path;
  std::string_view url;
};
constexpr std::array kSingleFeeds = {
    NamedFeed{
        "kev/known_exploited_vulnerabilities.json",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"},
    NamedFeed{"epss/epss_scores-current.csv.gz",
              "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
    NamedFeed{"debian/tracker.json", "https://security-tracker.debian.org/tracker/data/json"},
    NamedFeed{"wolfi/security.json", "https://packages.wolfi.dev/os/security.json"},
    NamedFeed{"chainguard/security.json", "https://packages.cgr.dev/chainguard/security.json"},
};

// Debian and Alpine have feeds of their own, which say more.
constexpr std::array<std::string_view, 22> kOsvEcosystems = {
    "AlmaLinux", "Bitnami",     "CRAN",      "Go",  "Hackage",   "Hex",     "Mageia",   "Maven",
    "NuGet",     "Packagist",   "Photon OS", "Pub", "PyPI",      "Red Hat", "RubyGems", "SUSE",
    "Ubuntu",    "Rocky Linux", "crates.io", "npm", "openEuler", "openSUSE"};

constexpr std::array<std::string_view, 15> kAlpineBranches = {
    "v3.9",  "v3.10", "v3.11", "v3.12", "v3.13", "v3.14", "v3.15", "v3.16",
    "v3.17", "v3.18", "v3.19", "v3.20", "v3.21", "v3.22", "edge"};

constexpr uint64_t kMaxFeedBytes = 4ull << 30;

std::string escape_spaces(std::string_view text) {
  std::string out;
  for (char c : text) out += c == ' ' ? std::string("%20") : std::string(1, c);
  return out;
}

std::vector<Feed> all_feeds(const std::string& mirror) {
  std::vector<Feed> feeds;
  auto add = [&](std::string path, std::string url) {
    if (!mirror.empty()) url = mirror + "/" + escape_spaces(path);
    feeds.push_back({std::move(path), std::move(url)});
  };
  for (const NamedFeed& feed : kSingleFeeds) add(std::string(feed.path), std::string(feed.url));
  auto add_osv = [&](std::string_view name) {
    add(fmt::format("osv/{}/all.zip", name),
        fmt::format("{}{}/all.zip", kOsv, escape_spaces(name)));
  };
  for (std::string_view name : kOsvEcosystems) add_osv(name);
  for (std::string_view branch : kAlpineBranches) {
    for (std::string_view repository : {"main", "community"}) {
      add(fmt::format("alpine/{}/{}.json", branch, repository),
          fmt::format("{}{}/{}.json", kAlpine, branch, repository));
    }
  }
  return feeds;
}

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

enum class Outcome { kFetched, kUnchanged, kAbsent };

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

// The file gets the date that the service gives it: some feeds have no other (vuln/build.h).
void set_date(const std::string& path, std::string_view http_date) {
  auto time = net::parse_http_date(http_date);
  if (!time) return;
  timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(*time), 0}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

base::Result<Outcome> fetch_one(net::HttpClient& client, const Feed& feed,
                                const std::string& directory, scan::Progress& progress) {
  std::string target = directory + "/" + feed.path;
  std::string part = target + ".part";
  std::string tag_file = target + ".etag";
  std::string part_tag_file = part + ".etag";
  TRY(base::make_directories(std::string(base::dirname(target))));

  net::HttpRequest request;
  request.url = feed.url;
  request.max_bytes = kMaxFeedBytes;
  if (file_exists(target)) request.if_none_match = small_file(tag_file);
  std::string part_tag = small_file(part_tag_file);
  if (!part_tag.empty() && file_size(part) > 0) {
    request.range_start = file_size(part);
    request.if_range = part_tag;
  }
  auto body = TRY(client.open(request));
  int status = body->response().status;
  if (status == 304) return Outcome::kUnchanged;
  if (status == 404 || status == 403) return Outcome::kAbsent;
  if (status != 200 && status != 206) {
    return base::Error(base::Code::kNetwork, fmt::format("the service answered {}", status));
  }
  std::string tag(body->response().headers.value_or("etag", ""));
  if (status == 200) {
    TRY(base::write_file_atomic(part_tag_file, base::as_bytes(tag)));
  }
  TRY(receive(*body, part, status == 206, feed.path, progress));
  set_date(part, body->response().headers.value_or("last-modified", ""));
  if (::rename(part.c_str(), target.c_str()) != 0) return base::errno_error("rename to", target);
  ::unlink(part_tag_file.c_str());
  TRY(base::write_file_atomic(tag_file, base::as_bytes(tag)));
  return Outcome::kFetched;
}

}  // namespace

base::Result<FetchResult> fetch_feeds(const std::string& mirror, const std::string& directory,
                                      scan::Progress& progress, base::Diagnostics& diagnostics) {
  std::string base_url = mirror;
  while (base_url.ends_with("/")) base_url.pop_back();
  net::HttpClient client{net::HttpOptions{}};
  FetchResult result;
  uint64_t present = 0;
  uint64_t unreachable = 0;
  base::Error last(base::Code::kNetwork, "no feed");
  for (const Feed& feed : all_feeds(base_url)) {
    auto outcome = fetch_one(client, feed, directory, progress);
    if (!outcome) {
      last = base::Error(outcome.error().code(), outcome.error().message()).context(feed.path);
      diagnostics.skipped("feed-not-fetched", feed.path, outcome.error().message());
      // A machine without a network should not try forty hosts, slowly.
      if (++unreachable >= 3 && result.fetched + result.unchanged == 0) break;
    } else if (*outcome == Outcome::kFetched) {
      ++result.fetched;
    } else if (*outcome == Outcome::kUnchanged) {
      ++result.unchanged;
    }
    if (file_exists(directory + "/" + feed.path)) ++present;
  }
  progress.finish();
  if (result.fetched + result.unchanged == 0) {
    return std::move(last).context("no feed could be fetched");
  }
  if (present == 0) {
    return base::Error(base::Code::kNotFound, "the mirror has none of the feeds");
  }
  return result;
}

int fetch_and_build(const Invocation& invocation, const std::string& mirror) {
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
  auto fetched = fetch_feeds(mirror, directory, bar, diagnostics);
  bar.finish();
  if (!invocation.has("quiet")) complain_about(diagnostics);
  if (!fetched) return fail(fetched.error());
  if (!invocation.has("quiet")) {
    complain(fmt::format("{} fetched, {} unchanged", base::counted(fetched->fetched, "feed"),
                         fetched->unchanged));
  }
  return build_database(invocation, directory, FileDates::kMean);
}

}  // namespace bulkhead::cli
