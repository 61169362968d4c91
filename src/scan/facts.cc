// SPDX-License-Identifier: Apache-2.0
// Keeps what catalogers read, and only as long as the entry it was read from is not replaced by a
// later entry of the same archive.
#include "scan/facts.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "scan/links.h"

namespace bulkhead::scan {

void FactCollector::announce(std::string_view path, bool is_directory) {
  ++facts_.entries;
  uint64_t hash = hash_path(key_, path);
  facts_.index.add(hash, is_directory);
  if (auto link = facts_.links.find(path); link != facts_.links.end()) facts_.links.erase(link);
  if (is_directory || by_path_.empty()) return;
  forget(path);
  if (ancestors_.contains(hash)) forget_below(path);
}

void FactCollector::remove(std::string path, std::vector<std::string>& list) {
  removed_bytes_ += path.size() + sizeof(path);
  if (removed_bytes_ <= kMaxRemovedBytes) {
    list.push_back(std::move(path));
    return;
  }
  facts_.diagnostics.incomplete("too-many-whiteouts", path,
                                "what it removes from lower layers still counts as being there");
}

void FactCollector::forget(std::string_view path) {
  auto at = by_path_.find(path);
  if (at == by_path_.end()) return;
  kept_ -= at->second.size();
  by_path_.erase(at);
}

void FactCollector::forget_below(std::string_view path) {
  std::string first = std::string(path) + "/";
  std::string last = std::string(path) + "0";  // '0' follows '/' in ASCII
  auto begin = by_path_.lower_bound(first);
  auto end = by_path_.lower_bound(last);
  for (auto at = begin; at != end; ++at) kept_ -= at->second.size();
  by_path_.erase(begin, end);
}

void FactCollector::directory(std::string_view path) {
  announce(path, true);
  if (!by_path_.empty()) forget(path);
}

void FactCollector::other(std::string_view path) { announce(path, false); }

void FactCollector::symlink(std::string_view path, std::string_view target) {
  announce(path, false);
  if (leads_to_database(path)) facts_.links[std::string(path)] = target;
}

base::Status FactCollector::file(const catalog::FileInfo& info, base::Source& content) {
  announce(info.path, false);
  catalog::interest(info, kind_, interest_);
  if (interest_.want == catalog::Want::kNone) return {};
  return read_wanted(info, content);
}

base::Status FactCollector::read_wanted(const catalog::FileInfo& info, base::Source& content) {
  std::array<std::byte, catalog::kHeadBytes> head;
  size_t have = 0;
  if (!interest_.head.empty()) {
    size_t want = static_cast<size_t>(std::min<uint64_t>(head.size(), info.size));
    have = TRY(base::read_full(content, std::span(head).first(want)));
    for (const catalog::Cataloger* cataloger : interest_.head) {
      if (cataloger->wants_head(info, base::ByteView(head).first(have))) {
        interest_.whole.push_back(cataloger);
      }
    }
  }
  // A cataloger's own bound comes before reading, so that nothing huge is gathered for nothing.
  std::vector<const catalog::Cataloger*> fits;
  for (const catalog::Cataloger* cataloger : interest_.whole) {
    if (info.size <= cataloger->max_bytes) {
      fits.push_back(cataloger);
      continue;
    }
    unreadable(info, {&cataloger, 1},
               base::Error(base::Code::kLimit, std::to_string(info.size) + " bytes; the limit is " +
                                                   std::to_string(cataloger->max_bytes)));
  }
  if (fits.empty()) return {};
  auto bytes = spill_.gather(base::ByteView(head).first(have), content, info.size);
  if (!bytes) {
    unreadable(info, fits, bytes.error());
    return {};
  }
  std::vector<catalog::Reading> readings;
  catalog::read_file(fits, {info, *bytes}, readings, facts_.diagnostics);
  if (info.size > Spill::kMemoryBytes) spill_.release();
  keep(info.path, std::move(readings));
  return {};
}

void FactCollector::unreadable(const catalog::FileInfo& info,
                               std::span<const catalog::Cataloger* const> who,
                               const base::Error& error) {
  for (const catalog::Cataloger* cataloger : who) {
    base::Impact impact = cataloger->database ? base::Impact::kIncomplete : base::Impact::kDegraded;
    facts_.diagnostics.add(
        impact, "file-not-read", info.path,
        error.message() + " (skipped by the " + std::string(cataloger->name) + " cataloger)");
  }
}

void FactCollector::keep(std::string_view path, std::vector<catalog::Reading> readings) {
  if (readings.empty()) return;
  if (kept_ + readings.size() > kMaxReadings) {
    facts_.diagnostics.incomplete(
        "too-many-records", path,
        "more than " + std::to_string(kMaxReadings) +
            " package records in one tree; this and later ones are skipped");
    return;
  }
  kept_ += readings.size();
  for (std::string_view up = base::dirname(path); !up.empty(); up = base::dirname(up)) {
    if (!ancestors_.insert(hash_path(key_, up)).second) break;
  }
  by_path_[std::string(path)] = std::move(readings);
}

// Whether everyone who wants the link's name also wanted the target's, so that nothing kept about
// the target means that there is nothing to keep.
bool FactCollector::was_considered(const catalog::FileInfo& link, std::string_view target) const {
  catalog::FileInfo info = link;
  info.path = target;
  info.base = base::basename(target);
  catalog::Interest there;
  catalog::interest(info, kind_, there);
  auto covers = [](const auto& all, const auto& some) {
    return std::all_of(some.begin(), some.end(), [&](const catalog::Cataloger* cataloger) {
      return std::find(all.begin(), all.end(), cataloger) != all.end();
    });
  };
  return covers(there.whole, interest_.whole) && covers(there.head, interest_.head);
}

bool FactCollector::hard_link(const catalog::FileInfo& info, std::string_view target) {
  // Copy before announcing: a link to itself or to something it replaces must not lose the facts.
  auto known = by_path_.find(target);
  std::vector<catalog::Reading> copies;
  if (known != by_path_.end()) copies = known->second;
  announce(info.path, false);

  catalog::interest(info, kind_, interest_);
  if (interest_.want == catalog::Want::kNone) return true;
  if (copies.empty() && !was_considered(info, target)) return false;
  for (catalog::Reading& copy : copies) {
    copy.facts.path = info.path;
    for (model::Package& package : copy.facts.packages) {
      for (model::Location& location : package.locations) {
        if (location.path == target) location.path = info.path;
      }
    }
  }
  keep(info.path, std::move(copies));
  return true;
}

TreeFacts FactCollector::finish() {
  facts_.readings.reserve(kept_);
  for (auto& [path, readings] : by_path_) {
    std::move(readings.begin(), readings.end(), std::back_inserter(facts_.readings));
  }
  by_path_.clear();
  facts_.index.seal();
  std::sort(facts_.whiteouts.begin(), facts_.whiteouts.end());
  std::sort(facts_.opaque.begin(), facts_.opaque.end());
  return std::move(facts_);
}

}  // namespace bulkhead::scan
