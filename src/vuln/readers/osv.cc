// SPDX-License-Identifier: Apache-2.0
// The public OSV bucket: <Ecosystem>/all.zip with one <ID>.json per advisory, and the same records
// as <Ecosystem>/<ID>.json. Private intelligence comes as single files too, from any folder.
#include <algorithm>

#include "archive/zip.h"
#include "base/text.h"
#include "vuln/ecosystems.h"
#include "vuln/osv_record.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::osv {
namespace {

constexpr size_t kEntriesPerChunk = 512;
constexpr uint64_t kMaxRecordBytes = 16 << 20;

// The ecosystem whose folder the feed stands in; "" for private files.
std::string_view folder_of(std::string_view path) {
  return path.starts_with("osv/") ? base::basename(base::dirname(path)) : std::string_view();
}

// Entries about other ecosystems are left to those ecosystems' own zips, where the bucket repeats
// the record: a handful of npm packages among Ruby's advisories must not pass for npm's feed.
void keep_own(Record& record, std::string_view folder) {
  std::erase_if(record.affected, [&](const Affected& affected) {
    std::string_view name = affected.ecosystem;
    return !(name == folder || (name.starts_with(folder) && name[folder.size()] == ':'));
  });
}

// `folder` is the ecosystem of the zip, "" for single files.
void read_record(std::string_view json, std::string_view where, std::string_view folder,
                 Batch& batch) {
  auto record = parse_osv(json, where, batch.diagnostics);
  if (!record) {
    batch.diagnostics.skipped("bad-advisory", where, record.error().message());
    return;
  }
  if (!folder.empty()) keep_own(*record, folder);
  if (prepare(*record, where, batch.diagnostics)) batch.records.push_back(std::move(*record));
}

class ZipFeed final : public Feed {
 public:
  ZipFeed(std::string path, archive::ZipReader zip)
      : path_(std::move(path)), zip_(std::move(zip)) {}

  size_t chunks() const override {
    return (zip_.entries().size() + kEntriesPerChunk - 1) / kEntriesPerChunk;
  }

  base::Status read(size_t chunk, Batch& batch) const override {
    const auto& entries = zip_.entries();
    size_t end = std::min(entries.size(), (chunk + 1) * kEntriesPerChunk);
    base::Bytes json;
    for (size_t i = chunk * kEntriesPerChunk; i < end; ++i) {
      if (!entries[i].name.ends_with(".json")) continue;
      std::string where = path_ + ":" + base::printable(entries[i].name, 200);
      if (auto status = zip_.read(entries[i], json); !status) {
        batch.diagnostics.skipped("bad-advisory", where, status.error().message());
        continue;
      }
      read_record(base::as_text(json), where, folder_of(path_), batch);
    }
    return {};
  }

 private:
  std::string path_;
  archive::ZipReader zip_;
};

// A private file is a feed of its own: when it cannot be read the database is as incomplete as
// without a public one. The same holds for one about an ecosystem that does not exist ("Npm"): it
// would never match, and whoever wrote it would believe to be warned.
base::Status read_private(const FeedInput& input, Batch& batch) {
  Record record = TRY(parse_osv(base::as_text(input.bytes), input.path, batch.diagnostics));
  for (const Affected& affected : record.affected) {
    std::string mistake = ecosystem_mistake(affected.ecosystem);
    if (!mistake.empty()) return base::Error(base::Code::kInvalid, mistake);
  }
  if (prepare(record, input.path, batch.diagnostics)) batch.records.push_back(std::move(record));
  return {};
}

base::Status read_single(const FeedInput& input, Batch& batch) {
  if (folder_of(input.path).empty()) return read_private(input, batch);
  read_record(base::as_text(input.bytes), input.path, folder_of(input.path), batch);
  return {};
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  if (input.path.ends_with(".json")) {
    return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read_single));
  }
  base::Limits limits;
  limits.max_bytes = kMaxRecordBytes;
  limits.max_entries = 2'000'000;
  archive::ZipReader zip = TRY(archive::ZipReader::open(input.bytes, limits));
  return std::unique_ptr<Feed>(std::make_unique<ZipFeed>(input.path, std::move(zip)));
}

// "osv/npm/all.zip" is "osv:npm".
std::string source(std::string_view path) {
  return "osv:" + std::string(base::basename(base::dirname(path)));
}

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "osv",
    .summary = "OSV records of one ecosystem, in a zip or singly (ossf.github.io/osv-schema)",
    .globs = "osv/*/all.zip osv/*/*.json",
    .first_hand = false,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::osv
