// SPDX-License-Identifier: Apache-2.0
// Building the database: open every feed, read all chunks of all feeds on all cores, join the
// batches in a fixed order, write, reopen, verify, put in place.
#include "vuln/database/build.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <set>

#include "base/text.h"
#include "crypto/digest.h"
#include "vuln/database/format.h"
#include "vuln/database/workers.h"
#include "vuln/database/writer.h"
#include "vuln/reader.h"

namespace bulkhead::vuln {
namespace {

using base::Code;
using base::Error;

constexpr uint64_t kMaxPrivateFileBytes = 16 << 20;
constexpr size_t kMaxPrivateFiles = 1'000'000;

// One feed on its way into the database.
struct Open {
  SourceFacts facts;
  std::string path;
  base::UnixTime date = 0;  // FeedFile::date
  base::Mapping mapping;
  std::string owned;  // the bytes of a private file
  std::unique_ptr<Feed> feed;
  std::vector<Batch> batches;
  std::string error;  // why it could not be read
};

// Relative paths of the regular files below a directory, sorted; symlinks are not followed.
base::Result<std::vector<std::string>> files_below(const std::string& directory) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(directory, error), end;
  if (error) return Error(Code::kIo, "cannot list " + directory + ": " + error.message());
  std::vector<std::string> out;
  while (at != end) {
    if (at->is_regular_file(error) && !at->is_symlink(error)) {
      out.push_back(at->path().lexically_relative(directory).generic_string());
    }
    if (out.size() > kMaxPrivateFiles) return Error(Code::kLimit, directory + ": too many files");
    at.increment(error);
    if (error) return Error(Code::kIo, "cannot list " + directory + ": " + error.message());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Builder {
 public:
  Builder(const BuildOptions& options, base::Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  void add_feeds(std::vector<FeedFile> files);
  base::Status add_private(const std::string& directory);
  base::Result<base::Bytes> run();

 private:
  void open_all();
  void read_all();
  base::Status judge();
  Collected collect();

  const BuildOptions& options_;
  base::Diagnostics& diagnostics_;
  std::vector<Open> feeds_;
};

void Builder::add_feeds(std::vector<FeedFile> files) {
  std::sort(files.begin(), files.end(),
            [](const FeedFile& a, const FeedFile& b) { return a.path < b.path; });
  for (FeedFile& file : files) {
    Open feed;
    feed.path = file.path;
    feed.date = file.date;
    const FeedReader* reader = find_feed_reader(file.path);
    if (reader == nullptr) {
      feed.error = "no reader for a feed of this name";
    } else {
      feed.facts.name = reader->source(file.path);
      feed.facts.flags = reader->first_hand ? format::kFirstHand : 0;
      auto mapping = base::Mapping::open(file.fd);
      if (mapping) {
        feed.mapping = std::move(*mapping);
      } else {
        feed.error = mapping.error().message();
      }
    }
    feeds_.push_back(std::move(feed));
  }
}

base::Status Builder::add_private(const std::string& directory) {
  std::string name =
      "private:" + std::filesystem::path(directory).lexically_normal().filename().string();
  for (const std::string& path : TRY(files_below(directory))) {
    if (!path.ends_with(".json")) continue;
    Open feed;
    feed.path = name + "/" + path;
    feed.facts.name = name;
    feed.facts.flags = format::kPrivate | format::kFirstHand;
    auto text = base::read_file(directory + "/" + path, kMaxPrivateFileBytes);
    if (text) {
      feed.owned = std::move(*text);
    } else {
      feed.error = text.error().message();
    }
    feeds_.push_back(std::move(feed));
  }
  return {};
}

void Builder::open_all() {
  for_each_parallel(feeds_.size(), options_.threads, [&](size_t i) {
    Open& feed = feeds_[i];
    if (!feed.error.empty()) return;
    bool is_private = (feed.facts.flags & format::kPrivate) != 0;
    FeedInput input{feed.path, is_private ? base::as_bytes(feed.owned) : feed.mapping.bytes()};
    feed.facts.digest = crypto::sha256_digest(input.bytes);
    const FeedReader* reader = find_feed_reader(is_private ? "osv/private/all.zip" : feed.path);
    auto opened = reader->open(input);
    if (opened) {
      feed.feed = std::move(*opened);
      feed.batches.resize(feed.feed->chunks());
    } else {
      feed.error = opened.error().message();
    }
  });
}

void Builder::read_all() {
  struct Task {
    Open* feed;
    size_t chunk;
  };
  std::vector<Task> tasks;
  for (Open& feed : feeds_) {
    for (size_t i = 0; i < feed.batches.size(); ++i) tasks.push_back({&feed, i});
  }
  std::mutex lock;
  uint64_t done = 0;
  for_each_parallel(tasks.size(), options_.threads, [&](size_t i) {
    auto [feed, chunk] = tasks[i];
    base::Status status = feed->feed->read(chunk, feed->batches[chunk]);
    std::lock_guard guard(lock);
    if (!status) feed->error = status.error().message();
    if (options_.progress) options_.progress(feed->path, ++done, tasks.size());
  });
}

// A feed that cannot be read makes the database incomplete; without any feed there is none.
base::Status Builder::judge() {
  size_t good = 0;
  for (const Open& feed : feeds_) {
    if (feed.error.empty()) {
      ++good;
    } else {
      diagnostics_.incomplete("bad-feed", feed.path, feed.error + "; its advisories are missing");
    }
  }
  if (feeds_.empty()) return Error(Code::kNotFound, "no advisory feeds to build from");
  if (good == 0) {
    return Error(Code::kInvalid,
                 "no feed could be read; the first: " + feeds_[0].path + ": " + feeds_[0].error);
  }
  return {};
}

// The bucket repeats records in the zips of a whole ecosystem and of its releases: of the entries
// about one package under one id, those of the newest copy stay.
void drop_repeated(std::vector<Collected::Item>& records, const std::vector<SourceFacts>& sources) {
  std::vector<size_t> order;
  for (size_t i = 0; i < records.size(); ++i) {
    if (sources[records[i].source].flags == 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Record& left = records[a].record;
    const Record& right = records[b].record;
    return left.id != right.id ? left.id < right.id : left.modified > right.modified;
  });
  for (size_t i = 0; i < order.size();) {
    size_t end = i + 1;
    std::string_view id = records[order[i]].record.id;
    while (end < order.size() && records[order[end]].record.id == id) ++end;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (size_t j = i; j < end && end - i > 1; ++j) {
      auto& affected = records[order[j]].record.affected;
      std::erase_if(affected, [&](const Affected& item) {
        return seen.contains({item.ecosystem, item.key_name});
      });
      for (const Affected& item : affected) seen.emplace(item.ecosystem, item.key_name);
    }
    i = end;
  }
  std::erase_if(records, [](const Collected::Item& item) { return item.record.affected.empty(); });
}

Collected Builder::collect() {
  Collected out;
  auto newer = [&](base::UnixTime a, base::UnixTime b) {
    return options_.now && b > *options_.now ? a : std::max(a, b);
  };
  for (Open& feed : feeds_) {
    if (!feed.error.empty()) continue;
    // Files of one source (main and community, a private directory) stand under one name.
    bool known = !out.sources.empty() && out.sources.back().name == feed.facts.name;
    if (!known) {
      out.sources.push_back(feed.facts);
    } else {
      out.sources.back().digest =
          crypto::sha256_digest(base::as_bytes(out.sources.back().digest + feed.facts.digest));
    }
    SourceFacts& facts = out.sources.back();
    auto index = static_cast<uint32_t>(out.sources.size() - 1);
    base::UnixTime newest = 0;
    for (Batch& batch : feed.batches) {
      diagnostics_.merge(batch.diagnostics);
      newest = newer(newest, batch.newest);
      facts.records += batch.records.size() + batch.kev.size() + batch.epss.size();
      for (Record& record : batch.records) {
        newest = newer(newest, std::max(record.modified, record.published));
        out.records.push_back({std::move(record), index});
      }
      std::move(batch.kev.begin(), batch.kev.end(), std::back_inserter(out.kev));
      out.epss.insert(out.epss.end(), batch.epss.begin(), batch.epss.end());
      batch = Batch();
    }
    // The file's date says less than the content's: copying a mirror may make it today's.
    if (newest == 0) newest = newer(0, feed.date);
    facts.newest = std::max(facts.newest, newest);
    out.built = std::max(out.built, facts.newest);
  }
  if (options_.built) out.built = *options_.built;
  drop_repeated(out.records, out.sources);
  return out;
}

base::Result<base::Bytes> Builder::run() {
  open_all();
  read_all();
  TRY(judge());
  return write_database(collect(), options_.threads);
}

}  // namespace

const FeedReader* find_feed_reader(std::string_view path) {
  for (const FeedReader* reader : feed_readers()) {
    for (std::string_view glob : base::split(reader->globs, ' ')) {
      if (base::glob_match(glob, path)) return reader;
    }
  }
  return nullptr;
}

base::Result<std::vector<std::string>> list_feeds(const std::string& directory) {
  std::vector<std::string> paths = TRY(files_below(directory));
  std::erase_if(paths, [](const std::string& path) { return find_feed_reader(path) == nullptr; });
  return paths;
}

base::Result<base::Bytes> build_in_memory(std::vector<FeedFile> feeds, const BuildOptions& options,
                                          base::Diagnostics& diagnostics) {
  Builder builder(options, diagnostics);
  builder.add_feeds(std::move(feeds));
  for (const std::string& directory : options.private_directories) {
    TRY(builder.add_private(directory));
  }
  return builder.run();
}

base::Result<DatabaseInfo> build(std::vector<FeedFile> feeds, const BuildOptions& options,
                                 const std::string& target, base::Diagnostics& diagnostics) {
  base::Bytes file = TRY(build_in_memory(std::move(feeds), options, diagnostics));
  std::string fresh = target + ".new";
  TRY(base::write_file_atomic(fresh, file));
  Database database = TRY(Database::open_path(fresh));
  TRY(database.verify());
  if (std::rename(fresh.c_str(), target.c_str()) != 0) {
    return base::errno_error("put in place", target);
  }
  return database.info();
}

}  // namespace bulkhead::vuln
