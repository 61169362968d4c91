// SPDX-License-Identifier: Apache-2.0
// Drives the catalogers: who wants a file, what each reads in it, and how the readings that are
// visible in the merged tree become one list of packages.
#include "catalog/run.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"

namespace bulkhead::catalog {
namespace {

constexpr size_t kMaxPackages = 1'000'000;

base::Impact skipped_impact(const Cataloger& cataloger) {
  // Lock files and manifests are the package databases of a source tree.
  bool database = cataloger.database || cataloger.trees == Trees::kSource;
  return database ? base::Impact::kIncomplete : base::Impact::kDegraded;
}

// Lets one cataloger join what it read; what it adds carries its name.
void join_one(const Cataloger& cataloger, std::span<const Placed> files, Catalog& out,
              base::Diagnostics& diagnostics) {
  size_t before = out.packages.size();
  if (cataloger.join != nullptr) {
    cataloger.join(files, out, diagnostics);
  } else {
    take_packages(files, out);
  }
  if (out.packages.size() > kMaxPackages) {
    diagnostics.incomplete("too-many-packages", cataloger.name,
                           "more than " + std::to_string(kMaxPackages) +
                               " packages; what lies beyond is not in the answer");
    out.packages.resize(kMaxPackages);
  }
  for (size_t i = before; i < out.packages.size(); ++i) {
    if (out.packages[i].cataloger.empty()) out.packages[i].cataloger = cataloger.name;
  }
}

bool is_log(const Cataloger& cataloger, const FileInfo& file) {
  std::string_view suffix = cataloger.log_suffix;
  if (suffix.empty() || file.size == 0 || !file.path.ends_with(suffix)) return false;
  FileInfo main = file;
  main.path.remove_suffix(suffix.size());
  main.base.remove_suffix(std::min(main.base.size(), suffix.size()));
  return cataloger.wants(main) == Want::kWhole;
}

Originals compare_with_shipped(std::span<const PlacedReading> readings) {
  Originals originals;
  for (const PlacedReading& placed : readings) {
    originals.add(placed.reading->facts.path, placed.reading->facts.content);
  }
  originals.seal();
  for (const PlacedReading& placed : readings) {
    for (const ShippedFile& file : placed.reading->facts.shipped) originals.compare(file);
  }
  return originals;
}

// The first package database that is there and could not be read, "" when there is none.
std::string unread_database(const base::Diagnostics& diagnostics) {
  for (const base::Diagnostic& found : diagnostics.all()) {
    if (found.impact != base::Impact::kIncomplete) continue;
    FileInfo file{found.where, base::basename(found.where), 1, 0};
    for (const Cataloger* cataloger : all_catalogers()) {
      if (cataloger->database && cataloger->wants(file) != Want::kNone) return found.where;
    }
  }
  return "";
}

// A distribution without its package database tells nothing, which must not look like "nothing
// wrong".
void tell_missing_database(std::span<const PlacedReading> readings,
                           const base::Diagnostics& diagnostics, Catalog& out) {
  bool known = std::any_of(readings.begin(), readings.end(), [](const PlacedReading& placed) {
    return placed.reading->cataloger->database;
  });
  if (known || !out.distro.known()) return;
  std::string unread = unread_database(diagnostics);
  std::string why = unread.empty() ? "none was found" : unread + " could not be read";
  out.not_read.push_back({out.distro.id + " " + out.distro.version + ": the package database",
                          why + "; packages of the distribution are not in the answer", 0});
}

}  // namespace

bool is_among(const Catalogers& all, const Cataloger* one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool covers(const Catalogers& all, const Catalogers& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](const Cataloger* one) { return is_among(all, one); });
}

void interest(const FileInfo& file, TreeKind kind, Interest& out) {
  out.want = Want::kNone;
  out.whole.clear();
  out.head.clear();
  out.named.clear();
  out.log_of = {};
  for (const Cataloger* cataloger : all_catalogers()) {
    if (!reads(cataloger->trees, kind)) continue;
    if (is_log(*cataloger, file)) {
      out.log_of = file.path.substr(0, file.path.size() - cataloger->log_suffix.size());
    }
    Want want = cataloger->wants(file);
    if (want == Want::kNone) continue;
    auto& who = want == Want::kPresence ? out.named : want == Want::kHead ? out.head : out.whole;
    who.push_back(cataloger);
    out.want = std::max(out.want, want);
  }
}

void read_file(std::span<const Cataloger* const> who, const File& file, std::vector<Reading>& out,
               base::Diagnostics& diagnostics) {
  size_t before = out.size();
  for (const Cataloger* cataloger : who) {
    if (file.bytes.size() > cataloger->max_bytes) {
      diagnostics.add(skipped_impact(*cataloger), "file-not-read", file.info.path,
                      std::to_string(file.bytes.size()) + " bytes; the limit of the " +
                          std::string(cataloger->name) + " cataloger is " +
                          std::to_string(cataloger->max_bytes));
      continue;
    }
    Reading reading;
    reading.cataloger = cataloger;
    reading.facts.path = file.info.path;
    cataloger->read(file, reading.facts, diagnostics);
    if (reading.facts.empty()) continue;
    reading.facts.packages.shrink_to_fit();
    reading.bytes = memory_of(reading.facts);
    out.push_back(std::move(reading));
  }
  if (!may_be_shipped(file.info.path)) return;
  std::optional<Fingerprint> content;
  for (Reading& reading : std::span(out).subspan(before)) {
    if (reading.cataloger->database || reading.facts.packages.empty()) continue;
    if (!content) content = fingerprint(file.bytes);
    reading.facts.content = *content;
  }
}

Catalog join(std::span<const PlacedReading> readings, const History& history,
             base::Diagnostics& diagnostics) {
  std::vector<PlacedReading> ordered(readings.begin(), readings.end());
  std::sort(ordered.begin(), ordered.end(), [](const PlacedReading& a, const PlacedReading& b) {
    const Cataloger& x = *a.reading->cataloger;
    const Cataloger& y = *b.reading->cataloger;
    if (x.stage != y.stage) return x.stage < y.stage;
    if (&x != &y) return x.name < y.name;
    return a.reading->facts.path < b.reading->facts.path;
  });
  Catalog catalog;
  std::vector<Placed> files;
  for (size_t i = 0; i < ordered.size();) {
    const Cataloger* cataloger = ordered[i].reading->cataloger;
    files.clear();
    for (; i < ordered.size() && ordered[i].reading->cataloger == cataloger; ++i) {
      files.push_back({&ordered[i].reading->facts, ordered[i].layer});
    }
    join_one(*cataloger, files, catalog, diagnostics);
  }
  tell_missing_database(readings, diagnostics, catalog);
  finish(catalog);
  history.attribute_layers(catalog.packages);
  name_owners(catalog.packages, compare_with_shipped(readings));
  return catalog;
}

Catalog read_tree(std::span<const std::pair<std::string, std::string>> files, TreeKind kind,
                  base::Diagnostics& diagnostics) {
  std::vector<Reading> readings;
  Interest wanted;
  std::map<std::string_view, std::string_view> logs;
  for (const auto& [path, text] : files) {
    interest({path, base::basename(path), text.size(), 0644}, kind, wanted);
    if (!wanted.log_of.empty()) logs[wanted.log_of] = text;
  }
  for (const auto& [path, text] : files) {
    File file{{path, base::basename(path), text.size(), 0644}, base::as_bytes(text)};
    if (auto log = logs.find(path); log != logs.end()) file.log = base::as_bytes(log->second);
    interest(file.info, kind, wanted);
    base::ByteView head = file.bytes.first(std::min(file.bytes.size(), kHeadBytes));
    for (const Cataloger* cataloger : wanted.head) {
      if (cataloger->wants_head(file.info, head)) wanted.whole.push_back(cataloger);
    }
    read_file(wanted.whole, file, readings, diagnostics);
    read_file(wanted.named, {file.info, {}}, readings, diagnostics);
  }
  std::vector<PlacedReading> placed;
  placed.reserve(readings.size());
  for (Reading& reading : readings) placed.push_back({&reading, -1});
  return join(placed, {}, diagnostics);
}

}  // namespace bulkhead::catalog
