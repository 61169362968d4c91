// SPDX-License-Identifier: Apache-2.0
// The writer of the advisory database. Advisories are sorted by the first package they are about,
// so that what one package's findings need lies together: few pages are touched and one inflated
// block of text serves several findings.
#include "vuln/database/writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <tuple>

#include "archive/zstd_frame.h"
#include "crypto/digest.h"
#include "vuln/database/checksum.h"
#include "vuln/database/format.h"
#include "vuln/database/state.h"
#include "vuln/database/tables.h"
#include "vuln/database/workers.h"

namespace bulkhead::vuln {
namespace {

using format::Section;

constexpr size_t kTextBlockBytes = 16 << 10;
constexpr int kZstdLevel = 6;
constexpr base::UnixTime kSecondsPerDay = 86400;

uint32_t stored_time(base::UnixTime time) {
  return static_cast<uint32_t>(std::clamp<base::UnixTime>(time, 0, UINT32_MAX));
}

// One line of the future table of affected packages.
struct Entry {
  const Affected* affected;
  uint32_t advisory;
};

bool package_before(const Affected& a, const Affected& b) {
  return std::tie(a.key_ecosystem, a.key_name) < std::tie(b.key_ecosystem, b.key_name);
}

class DatabaseWriter {
 public:
  DatabaseWriter(Collected collected, unsigned threads)
      : collected_(std::move(collected)), threads_(threads) {}

  base::Result<base::Bytes> write() {
    sort_records();
    write_sources();
    write_ecosystems();
    write_advisories();
    write_packages();
    write_aliases();
    write_texts();
    write_kev();
    write_epss();
    if (strings_.blob().size() > format::kEventString || lists_.words().size() > UINT32_MAX ||
        ecosystems_.size() > UINT16_MAX || collected_.sources.size() > UINT16_MAX ||
        affected_.size() > UINT32_MAX || collected_.records.size() > UINT32_MAX) {
      return base::Error(base::Code::kLimit, "the feeds do not fit into an advisory database");
    }
    return assemble();
  }

 private:
  void sort_records();
  void write_sources();
  void write_ecosystems();
  void write_advisories();
  void write_packages();
  void write_aliases();
  void write_texts();
  void write_kev();
  void write_epss();
  base::Bytes assemble();

  uint32_t list_of_strings(const std::vector<std::string>& texts) {
    std::vector<uint32_t> words;
    for (const std::string& text : texts) words.push_back(strings_.add(text));
    return lists_.add(words);
  }
  uint32_t list_of_ranges(const Affected& affected);

  Collected collected_;
  unsigned threads_;
  StringTable strings_;
  ListTable lists_;
  std::map<std::string_view, uint32_t> ecosystem_index_;
  std::vector<Entry> entries_;

  std::vector<format::Source> sources_;
  std::vector<format::Ecosystem> ecosystems_;
  std::vector<format::Advisory> advisories_;
  std::vector<format::Package> packages_;
  std::vector<format::Bucket> package_buckets_;
  std::vector<format::Affected> affected_;
  std::vector<format::Alias> aliases_;
  std::vector<format::Bucket> alias_buckets_;
  std::vector<format::TextBlock> text_blocks_;
  base::Bytes text_;
  std::vector<format::Kev> kev_;
  std::vector<format::EpssYear> epss_years_;
  std::vector<format::Epss> epss_;
};

void DatabaseWriter::sort_records() {
  auto first_package = [](const Record& record) -> const Affected& {
    return *std::min_element(record.affected.begin(), record.affected.end(), package_before);
  };
  std::vector<const Affected*> first;
  for (const auto& item : collected_.records) first.push_back(&first_package(item.record));
  std::vector<size_t> order(collected_.records.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const auto& left = collected_.records[a];
    const auto& right = collected_.records[b];
    return std::tie(first[a]->key_ecosystem, first[a]->key_name, left.record.id, left.source, a) <
           std::tie(first[b]->key_ecosystem, first[b]->key_name, right.record.id, right.source, b);
  });
  std::vector<Collected::Item> sorted;
  sorted.reserve(order.size());
  for (size_t i : order) sorted.push_back(std::move(collected_.records[i]));
  collected_.records = std::move(sorted);
}

void DatabaseWriter::write_sources() {
  for (const SourceFacts& source : collected_.sources) {
    sources_.push_back({strings_.add(source.name), strings_.add(source.digest), source.records,
                        source.newest, source.flags, 0});
  }
}

void DatabaseWriter::write_ecosystems() {
  for (const auto& item : collected_.records) {
    for (const Affected& affected : item.record.affected) {
      ecosystem_index_.emplace(affected.key_ecosystem, 0);
      ecosystem_index_.emplace(affected.ecosystem, 0);
    }
  }
  for (auto& [name, index] : ecosystem_index_) {
    index = static_cast<uint32_t>(ecosystems_.size());
    ecosystems_.push_back({strings_.add(name), 0});
  }
}

void DatabaseWriter::write_advisories() {
  for (const auto& [record, source] : collected_.records) {
    auto index = static_cast<uint32_t>(advisories_.size());
    for (const Affected& affected : record.affected) entries_.push_back({&affected, index});
    format::Advisory out{};
    out.id = strings_.add(record.id);
    out.aliases = list_of_strings(record.aliases);
    out.covers = list_of_strings(record.covers);
    out.published = stored_time(record.published);
    out.modified = stored_time(record.modified);
    out.source = static_cast<uint16_t>(source);
    out.severity = static_cast<uint8_t>(record.severity);
    out.text_block = UINT32_MAX;
    advisories_.push_back(out);
  }
}

uint32_t DatabaseWriter::list_of_ranges(const Affected& affected) {
  std::vector<uint32_t> ranges;
  for (const auto& range : affected.ranges) {
    std::vector<uint32_t> events;
    for (const Event& event : range) {
      events.push_back(static_cast<uint32_t>(event.type) << format::kEventShift |
                       strings_.add(event.version));
    }
    ranges.push_back(lists_.add(events));
  }
  return lists_.add(ranges);
}

void DatabaseWriter::write_packages() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return package_before(*a.affected, *b.affected);
  });
  std::vector<uint64_t> hashes;
  for (size_t i = 0; i < entries_.size();) {
    const Affected& key = *entries_[i].affected;
    size_t end = i;
    while (end < entries_.size() && !package_before(key, *entries_[end].affected)) ++end;
    uint32_t ecosystem = ecosystem_index_[key.key_ecosystem];
    ++ecosystems_[ecosystem].packages;
    packages_.push_back({strings_.add(key.key_name), strings_.add(key.name),
                         static_cast<uint32_t>(i), static_cast<uint32_t>(end - i),
                         static_cast<uint16_t>(ecosystem), 0});
    hashes.push_back(package_hash(key.key_ecosystem, key.key_name));
    for (; i < end; ++i) {
      const Affected& affected = *entries_[i].affected;
      affected_.push_back({entries_[i].advisory, list_of_ranges(affected),
                           list_of_strings(affected.versions), strings_.add(affected.stream),
                           static_cast<uint16_t>(ecosystem_index_[affected.ecosystem]),
                           static_cast<uint8_t>(affected.status),
                           static_cast<uint8_t>(affected.severity)});
    }
  }
  package_buckets_ = bucket_table(hashes);
}

void DatabaseWriter::write_aliases() {
  std::map<std::string_view, std::vector<uint32_t>> by_id;
  for (uint32_t i = 0; i < advisories_.size(); ++i) {
    const Record& record = collected_.records[i].record;
    auto add = [&](const std::string& id) {
      auto& list = by_id[id];
      if (list.empty() || list.back() != i) list.push_back(i);
    };
    add(record.id);
    for (const std::string& alias : record.aliases) add(alias);
    for (const std::string& covered : record.covers) add(covered);
  }
  std::vector<uint64_t> hashes;
  for (const auto& [id, advisories] : by_id) {
    aliases_.push_back({strings_.add(id), lists_.add(advisories)});
    hashes.push_back(alias_hash(id));
  }
  alias_buckets_ = bucket_table(hashes);
}

void DatabaseWriter::write_texts() {
  std::vector<std::string> blocks(1);
  for (size_t i = 0; i < advisories_.size(); ++i) {
    Record& record = collected_.records[i].record;
    std::string text = pack_text(record);
    record.description = {};  // a large import would hold it three times
    if (text.empty()) continue;
    if (!blocks.back().empty() && blocks.back().size() + text.size() > kTextBlockBytes) {
      blocks.emplace_back();
    }
    advisories_[i].text_block = static_cast<uint32_t>(blocks.size() - 1);
    advisories_[i].text_offset = static_cast<uint32_t>(blocks.back().size());
    blocks.back() += text;
  }
  if (blocks.back().empty()) return;  // no advisory has a text
  std::vector<base::Bytes> packed(blocks.size());
  std::vector<uint32_t> sizes(blocks.size());
  for_each_parallel(blocks.size(), threads_, [&](size_t i) {
    sizes[i] = static_cast<uint32_t>(blocks[i].size());
    packed[i] = archive::pack_zstd(base::as_bytes(blocks[i]), kZstdLevel);
    packed[i].shrink_to_fit();
    blocks[i] = {};
  });
  for (size_t i = 0; i < blocks.size(); ++i) {
    text_blocks_.push_back({text_.size(), static_cast<uint32_t>(packed[i].size()), sizes[i]});
    text_.insert(text_.end(), packed[i].begin(), packed[i].end());
  }
}

void DatabaseWriter::write_kev() {
  std::map<uint64_t, format::Kev> sorted;
  for (const KevEntry& entry : collected_.kev) {
    auto cve = parse_cve(entry.id);
    if (!cve) continue;
    uint64_t key = uint64_t{cve->year} << 32 | cve->number;
    sorted[key] = {key, static_cast<uint32_t>(std::max<base::UnixTime>(0, entry.added) /
                                              kSecondsPerDay),
                   entry.ransomware ? format::kRansomware : 0};
  }
  for (const auto& [key, entry] : sorted) kev_.push_back(entry);
}

void DatabaseWriter::write_epss() {
  auto& rows = collected_.epss;
  std::stable_sort(rows.begin(), rows.end(), [](const EpssEntry& a, const EpssEntry& b) {
    return std::tie(a.year, a.number) < std::tie(b.year, b.number);
  });
  for (size_t i = 0; i < rows.size(); ++i) {
    const EpssEntry& row = rows[i];
    // Of two rows about one CVE the later one counts.
    if (i + 1 < rows.size() && rows[i + 1].year == row.year && rows[i + 1].number == row.number) {
      continue;
    }
    if (epss_years_.empty() || epss_years_.back().year != row.year) {
      epss_years_.push_back({row.year, static_cast<uint32_t>(epss_.size()), 0});
    }
    ++epss_years_.back().count;
    epss_.push_back(uint64_t{row.number} << (2 * format::kEpssBits) |
                    uint64_t{row.probability} << format::kEpssBits | row.percentile);
  }
}

base::Bytes DatabaseWriter::assemble() {
  FileLayout file;
  file.add(Section::kStrings, 1, base::as_bytes(strings_.blob()));
  file.add_items(Section::kLists, lists_.words());
  file.add_items(Section::kSources, sources_);
  file.add_items(Section::kEcosystems, ecosystems_);
  file.add_items(Section::kAdvisories, advisories_);
  file.add_items(Section::kPackages, packages_);
  file.add_items(Section::kPackageBuckets, package_buckets_);
  file.add_items(Section::kAffected, affected_);
  file.add_items(Section::kAliases, aliases_);
  file.add_items(Section::kAliasBuckets, alias_buckets_);
  file.add_items(Section::kTextBlocks, text_blocks_);
  file.add(Section::kText, 1, text_);
  file.add_items(Section::kKev, kev_);
  file.add_items(Section::kEpssYears, epss_years_);
  file.add_items(Section::kEpss, epss_);
  return file.finish(collected_.built);
}

}  // namespace

base::Result<base::Bytes> write_database(Collected collected, unsigned threads) {
  return DatabaseWriter(std::move(collected), threads).write();
}

}  // namespace bulkhead::vuln
