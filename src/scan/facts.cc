// SPDX-License-Identifier: Apache-2.0
// Keeps what catalogers read, and only as long as the entry it was read from is not replaced by a
// later entry of the same archive.
#include "scan/facts.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "scan/links/links.h"

namespace bulkhead::scan {
namespace {

void add_unreadable(const catalog::FileInfo& info, std::span<const catalog::Cataloger* const> who,
                    const base::Error& error, base::Diagnostics& diagnostics) {
  for (const catalog::Cataloger* cataloger : who) {
    base::Impact impact = cataloger->database ? base::Impact::kIncomplete : base::Impact::kDegraded;
    diagnostics.add(
        impact, "file-not-read", info.path,
        error.message() + " (skipped by the " + std::string(cataloger->name) + " cataloger)");
  }
}

}  // namespace

size_t TreeFacts::bytes_beside() const {
  size_t bytes = 0;
  for (const LinkMap* map : {&links, &hard_links}) {
    for (const auto& [path, target] : *map) {
      bytes += path.size() + target.size() + FactCollector::kLinkNodeBytes;
    }
  }
  for (const auto* list : {&whiteouts, &opaque}) {
    for (const std::string& path : *list) bytes += path.size() + sizeof(path);
  }
  return bytes;
}

void FactCollector::announce(std::string_view path, bool is_directory) {
  ++facts_.entries;
  uint64_t hash = hash_path(key_, path);
  facts_.index.add(hash, is_directory);
  forget_links(path, is_directory);
  if (!facts_.privileged.empty()) forget_privileged(path, is_directory);
  if (!may_have_log_.empty()) {
    may_have_log_.erase(std::string(path));
    stale_.erase(std::string(path));
  }
  if (is_directory || by_path_.empty()) return;
  forget(path);
  if (ancestors_.contains(hash)) forget_below(path);
}

void FactCollector::forget_privileged(std::string_view path, bool is_directory) {
  auto& files = facts_.privileged;
  if (auto at = files.find(path); at != files.end()) files.erase(at);
  if (is_directory) return;
  files.erase(files.lower_bound(std::string(path) + "/"),
              files.lower_bound(std::string(path) + "0"));  // '0' follows '/' in ASCII
}

void FactCollector::note_mode(std::string_view path, uint32_t mode) {
  constexpr uint32_t kSetIds = 06000;
  if ((mode & kSetIds) == 0 || kind_ != catalog::TreeKind::kInstalled) return;
  if (facts_.privileged.size() < kMaxPrivileged) {
    facts_.privileged.emplace(path, mode & 07777);
    return;
  }
  facts_.diagnostics.incomplete("too-many-setuid-files", path,
                                "more setuid files in one tree than are kept");
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

void FactCollector::uncount(const Kept& kept) {
  kept_ -= kept.readings.size();
  kept_bytes_ -= kept.bytes();
}

void FactCollector::forget(std::string_view path) {
  auto at = by_path_.find(path);
  if (at == by_path_.end()) return;
  uncount(at->second);
  by_path_.erase(at);
}

void FactCollector::forget_below(std::string_view path) {
  std::string first = std::string(path) + "/";
  std::string last = std::string(path) + "0";  // '0' follows '/' in ASCII
  auto begin = by_path_.lower_bound(first);
  auto end = by_path_.lower_bound(last);
  for (auto at = begin; at != end; ++at) uncount(at->second);
  by_path_.erase(begin, end);
}

void FactCollector::directory(std::string_view path) {
  announce(path, true);
  if (!by_path_.empty()) forget(path);
}

void FactCollector::other(std::string_view path) {
  announce(path, false);
  if (kind_ != catalog::TreeKind::kInstalled || !leads_to_database(path)) {
    if (is_wanted(path)) {
      report(path, base::Impact::kDegraded, "not-a-file",
             "a pipe, socket or device; what a file of this name would hold is not in the answer");
    }
    return;
  }
  facts_.diagnostics.incomplete("database-not-a-file", path,
                                "a pipe, socket or device stands where a package database should; "
                                "its packages are not in the answer");
}

void FactCollector::symlink(std::string_view path, std::string_view target) {
  announce(path, false);
  link_bytes_ += path.size() + target.size() + kLinkNodeBytes;
  if (link_bytes_ <= kMaxLinkBytes) {
    facts_.links[std::string(path)] = target;
    return;
  }
  facts_.diagnostics.incomplete("too-many-links", path,
                                "more symbolic links in one tree than are kept; what this and "
                                "others lead to may not be in the answer");
}

void FactCollector::forget_links(std::string_view path, bool is_directory) {
  for (LinkMap* links : {&facts_.links, &facts_.hard_links, &maybe_below_}) {
    if (links->empty()) continue;
    if (auto at = links->find(path); at != links->end()) links->erase(at);
    if (is_directory) continue;
    below_.assign(path).append("/");
    auto at = links->lower_bound(below_);
    while (at != links->end() && at->first.starts_with(below_)) at = links->erase(at);
  }
}

void FactCollector::missing(const std::string& path, const std::string& target) {
  facts_.hard_links.insert_or_assign(path, target);
}

// A target that this tree has after all, and that was not read, is none that a lower layer has to
// have.
void FactCollector::sort_out_hard_links() {
  auto stands_here = [&](const auto& link) {
    return facts_.index.find(hash_path(key_, link.second)) != PathIndex::Has::kNothing;
  };
  for (const auto& link : facts_.hard_links) {
    if (!stands_here(link)) continue;
    report(link.first, base::Impact::kIncomplete, "link-not-read",
           "hard link to " + base::printable(link.second, 200) +
               ", which is no file or too large to read again");
  }
  std::erase_if(facts_.hard_links, stands_here);
  std::erase_if(maybe_below_, stands_here);
  facts_.hard_links.merge(maybe_below_);
}

// Whether a cataloger reads every file of this name; who does is in interest_ then.
bool FactCollector::is_wanted(std::string_view path) {
  catalog::interest({path, base::basename(path), 0, 0}, kind_, interest_);
  return interest_.want == catalog::Want::kWhole;
}

base::Status FactCollector::file(const catalog::FileInfo& info, base::Source& content) {
  announce(info.path, false);
  note_mode(info.path, info.mode);
  catalog::interest(info, kind_, interest_);
  if (!interest_.log_of.empty()) return read_log(info, content);
  if (interest_.want == catalog::Want::kNone) return {};
  return read_wanted(info, content);
}

base::Status FactCollector::read_log(const catalog::FileInfo& info, base::Source& content) {
  if (info.size > kMaxLogBytes - log_bytes_) {
    report(
        info.path, base::Impact::kIncomplete, "file-not-read",
        std::to_string(info.size) + " bytes of changes to a package database; they are not read");
    return {};
  }
  Log log{std::string(info.path), base::Bytes(static_cast<size_t>(info.size))};
  log.bytes.resize(TRY(base::read_full(content, log.bytes)));
  log_bytes_ += log.bytes.size();
  std::string main(interest_.log_of);
  if (may_have_log_.contains(main)) stale_.insert(main);
  logs_.insert_or_assign(std::move(main), std::move(log));
  return {};
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
  Kept kept;
  base::Diagnostics diagnostics;
  std::vector<const catalog::Cataloger*> fits;
  for (const catalog::Cataloger* cataloger : interest_.whole) {
    if (info.size <= cataloger->max_bytes) {
      fits.push_back(cataloger);
      continue;
    }
    add_unreadable(
        info, {&cataloger, 1},
        base::Error(base::Code::kLimit, std::to_string(info.size) + " bytes; the limit is " +
                                            std::to_string(cataloger->max_bytes)),
        diagnostics);
  }
  if (!fits.empty()) {
    auto bytes = spill_.gather(base::ByteView(head).first(have), content, info.size);
    if (bytes) {
      catalog::File file{info, *bytes};
      if (auto log = logs_.find(info.path); log != logs_.end()) {
        file.log = log->second.bytes;
        log->second.read = true;
      }
      bool may_have_log = std::any_of(fits.begin(), fits.end(), [](const auto* cataloger) {
        return !cataloger->log_suffix.empty();
      });
      if (may_have_log) may_have_log_.emplace(info.path);
      catalog::read_file(fits, file, kept.readings, diagnostics);
    } else {
      add_unreadable(info, fits, bytes.error(), diagnostics);
    }
    if (info.size > Spill::kMemoryBytes) spill_.release();
  }
  catalog::read_file(interest_.named, {info, {}}, kept.readings, diagnostics);
  if (!diagnostics.empty()) {
    kept.diagnostics = std::make_unique<base::Diagnostics>(std::move(diagnostics));
  }
  keep(info.path, std::move(kept));
  return {};
}

FactCollector::Kept FactCollector::Kept::copy() const {
  Kept out{readings, nullptr};
  if (diagnostics) out.diagnostics = std::make_unique<base::Diagnostics>(*diagnostics);
  return out;
}

size_t FactCollector::Kept::bytes() const {
  constexpr size_t kNode = 160;  // of by_path_, with what it points to
  size_t bytes = kNode;
  for (const catalog::Reading& reading : readings) bytes += reading.bytes;
  return bytes;
}

void FactCollector::keep(std::string_view path, Kept kept) {
  if (kept.readings.empty() && !kept.diagnostics) return;
  size_t bytes = kept.bytes();
  if (kept_ + kept.readings.size() > kMaxReadings || kept_bytes_ + bytes > kMaxReadingBytes) {
    facts_.diagnostics.incomplete("too-many-records", path,
                                  "more package records in one tree than are kept; this and "
                                  "others are skipped");
    return;
  }
  // Too many to be told apart: what they say stays, whatever becomes of the files.
  if (kept.diagnostics && ++reported_ > kMaxReported) {
    facts_.diagnostics.merge(*kept.diagnostics);
    kept.diagnostics = nullptr;
  }
  kept_ += kept.readings.size();
  kept_bytes_ += bytes;
  for (std::string_view up = base::dirname(path); !up.empty(); up = base::dirname(up)) {
    if (!ancestors_.insert(hash_path(key_, up)).second) break;
  }
  base::SharedText name =
      kept.readings.empty() ? base::SharedText(path) : kept.readings.front().facts.path;
  by_path_[std::move(name)] = std::move(kept);
}

void FactCollector::report(std::string_view path, base::Impact impact, std::string_view kind,
                           std::string_view message) {
  Kept kept;
  kept.diagnostics = std::make_unique<base::Diagnostics>();
  kept.diagnostics->add(impact, kind, path, message);
  keep(path, std::move(kept));
}

// Whether everyone who wants the link's name also wanted the target's, so that nothing kept about
// the target means that there is nothing to keep.
bool FactCollector::was_considered(const catalog::FileInfo& link, std::string_view target) const {
  catalog::FileInfo info = link;
  info.path = target;
  info.base = base::basename(target);
  catalog::Interest there;
  catalog::interest(info, kind_, there);
  return catalog::covers(there.whole, interest_.whole) &&
         catalog::covers(there.head, interest_.head);
}

const std::string* FactCollector::link_at(std::string_view path) const {
  auto link = facts_.links.find(path);
  return link == facts_.links.end() ? nullptr : &link->second;
}

bool FactCollector::hard_link(const catalog::FileInfo& info, std::string_view target) {
  // Copy before announcing: a link to itself or to something it replaces must not lose the facts.
  auto known = by_path_.find(target);
  Kept copies;
  if (known != by_path_.end()) copies = known->second.copy();
  uint32_t mode = info.mode;
  auto privileged = facts_.privileged.find(target);  // one file, whatever the link's header says
  if (privileged != facts_.privileged.end()) mode |= privileged->second;
  announce(info.path, false);
  note_mode(info.path, mode);

  catalog::interest(info, kind_, interest_);
  if (interest_.want == catalog::Want::kNone) return true;
  if (!was_considered(info, target)) return false;
  bool nothing_known = copies.readings.empty() && !copies.diagnostics;
  // What others read in the target is not said of this name.
  std::erase_if(copies.readings, [&](const catalog::Reading& copy) {
    return !catalog::is_among(interest_.whole, copy.cataloger) &&
           !catalog::is_among(interest_.head, copy.cataloger);
  });
  if (nothing_known && maybe_below_.size() < kMaxHardLinks) {
    maybe_below_.insert_or_assign(std::string(info.path), std::string(target));
  }
  for (catalog::Reading& copy : copies.readings) {
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
  facts_.index.seal();
  sort_out_hard_links();
  for (const auto& [main, log] : logs_) {
    if (log.read) continue;
    report(log.path, base::Impact::kIncomplete, "file-not-read",
           "changes to a package database that is not beside it; they are not read");
  }
  facts_.readings.reserve(kept_);
  for (auto& [path, kept] : by_path_) {
    std::move(kept.readings.begin(), kept.readings.end(), std::back_inserter(facts_.readings));
    if (kept.diagnostics) facts_.file_diagnostics.emplace(path, std::move(*kept.diagnostics));
  }
  by_path_.clear();
  std::sort(facts_.whiteouts.begin(), facts_.whiteouts.end());
  std::sort(facts_.opaque.begin(), facts_.opaque.end());
  return std::move(facts_);
}

}  // namespace bulkhead::scan
