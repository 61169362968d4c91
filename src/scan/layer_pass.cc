// SPDX-License-Identifier: Apache-2.0
// The layer pass is a chain of sources, two of them in threads of their own:
//
//   stored bytes -> sha256 (digest) -> [thread] -> inflate -> [thread] -> sha256 (diff-id) -> tar
//
// On two cores the inflating thread is the slowest link and the rest hides behind it. Whiteouts and
// opaque directories follow the OCI image specification v1.1, layer.md.
#include "scan/layer_pass.h"

#include <map>
#include <set>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/text.h"
#include "scan/read_ahead.h"

namespace bulkhead::scan {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kAufsPrivate = ".wh..wh.";  // .wh..wh.plnk and friends: never content
constexpr uint64_t kMaxLayerBytes = 1ull << 40;

// Reports progress on the way.
class CountingSource final : public base::Source {
 public:
  CountingSource(base::Source& inner, const std::function<void(uint64_t)>& progress)
      : inner_(inner), progress_(progress) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t got = TRY(inner_.read(out));
    bytes_ += got;
    if (progress_) progress_(bytes_);
    return got;
  }

 private:
  base::Source& inner_;
  const std::function<void(uint64_t)>& progress_;
  uint64_t bytes_ = 0;
};

// Hard links whose target was not read when it passed: name -> target.
using PendingLinks = std::map<std::string, std::string>;

// Walks the entries of one tar into a collector.
class LayerWalk {
 public:
  LayerWalk(archive::TarReader& tar, FactCollector& facts) : tar_(tar), facts_(facts) {}

  base::Status run() {
    while (TRY(tar_.next())) {
      const archive::TarEntry& entry = tar_.entry();
      if (entry.path_too_long) {
        // No path of this length can be unpacked at once, but step by step it can.
        size_t longest = std::max(entry.path.size(), entry.link_target.size());
        facts_.diagnostics().incomplete(
            "path-too-long", base::printable(entry.path, 200),
            "a path of " + std::to_string(longest) + " bytes; this entry is skipped");
        continue;
      }
      auto path = archive::normal_path(entry.path);
      if (!path) {
        // Whoever unpacks the image may put it somewhere after all.
        facts_.diagnostics().incomplete("unsafe-path", entry.path, path.error().message());
        continue;
      }
      if (!path->empty()) TRY_AT(base::printable(*path, 200), visit(entry, *path));
    }
    return {};
  }
  PendingLinks take_pending() { return std::move(pending_); }

 private:
  base::Status visit(const archive::TarEntry& entry, const std::string& path) {
    std::string_view name = base::basename(path);
    if (name.starts_with(kWhiteout)) {
      removed(path, name);
      return {};
    }
    switch (entry.type) {
      case archive::EntryType::kFile: {
        EntrySource content(tar_);
        pending_.erase(path);
        names_.erase(path);
        return facts_.file({path, name, entry.size, entry.mode}, content);
      }
      case archive::EntryType::kHardLink: hard_link(entry, path); break;
      case archive::EntryType::kDirectory: facts_.directory(path); break;
      case archive::EntryType::kSymlink:
        pending_.erase(path);
        facts_.symlink(path, entry.link_target);
        break;
      default: pending_.erase(path); facts_.other(path);
    }
    return {};
  }

  void removed(const std::string& path, std::string_view name) {
    std::string parent(base::dirname(path));
    if (name == kOpaque) {
      facts_.opaque(std::move(parent));
    } else if (!name.starts_with(kAufsPrivate) && name.size() > kWhiteout.size()) {
      std::string hidden = parent.empty() ? "" : parent + "/";
      facts_.whiteout(hidden.append(name.substr(kWhiteout.size())));
    }
  }

  void hard_link(const archive::TarEntry& entry, const std::string& path) {
    auto target = archive::normal_path(entry.link_target);
    if (!target || target->empty()) {
      facts_.other(path);
      facts_.report(path, base::Impact::kIncomplete, "unsafe-path", "hard link out of the layer");
      return;
    }
    if (const std::string* link = facts_.link_at(*target)) {
      std::string same = *link;  // a second name of a symbolic link
      pending_.erase(path);
      facts_.symlink(path, same);
      return;
    }
    follow_names(*target);
    // A hard link has no size of its own; this one lets every reader of a head look.
    catalog::FileInfo info{path, base::basename(path),
                           std::max<uint64_t>(entry.size, catalog::kHeadBytes), entry.mode};
    if (names_.size() < FactCollector::kMaxHardLinks) names_[path] = *target;
    if (facts_.hard_link(info, *target)) return;
    if (pending_.size() < FactCollector::kMaxHardLinks) {
      pending_[path] = *target;
    } else {
      facts_.report(path, base::Impact::kIncomplete, "too-many-links",
                    "hard link to a file not read; skipped");
    }
  }

  // From a name that is a hard link itself to the one that has the content.
  void follow_names(std::string& target) const {
    constexpr int kMaxHops = 40;  // a name given anew may lead in a circle
    for (int hop = 0; hop < kMaxHops; ++hop) {
      auto name = names_.find(target);
      if (name == names_.end()) return;
      target = name->second;
    }
  }

  archive::TarReader& tar_;
  FactCollector& facts_;
  PendingLinks pending_;
  PendingLinks names_;  // every hard link so far
};

base::Status check_digest(std::string_view what, std::string_view expected, std::string actual) {
  actual.insert(0, "sha256:");
  if (expected.empty() || expected == actual) return {};
  return base::Error(base::Code::kCorrupt,
                     std::string(what) + " is " + actual + ", expected " + std::string(expected));
}

}  // namespace

// A registry may answer differently when it is asked again, so no reading is exempt.
base::Status verified_pass(const LayerJob& job, const OpenLayer& open, const WalkLayer& walk) {
  auto stored = TRY(open());
  CountingSource counted(*stored, job.progress);
  HashingSource stored_hash(counted, crypto::Algorithm::kSha256);
  ReadAhead stored_ahead(stored_hash);
  base::Limits limits;
  limits.max_bytes = kMaxLayerBytes;
  auto inflated = TRY(archive::inflate_source(stored_ahead, limits));
  ReadAhead inflated_ahead(*inflated);
  HashingSource tar_hash(inflated_ahead, crypto::Algorithm::kSha256);
  archive::TarLimits tar_limits;
  tar_limits.give_long_paths = true;
  archive::TarReader tar(tar_hash, tar_limits);
  TRY(walk(tar));
  if (job.size != 0 && stored_hash.bytes() != job.size) {
    return base::Error(base::Code::kCorrupt, "blob has " + std::to_string(stored_hash.bytes()) +
                                                 " bytes, expected " + std::to_string(job.size));
  }
  TRY(check_digest("blob", job.digest, stored_hash.hex()));
  return check_digest("diff-id", job.diff_id, tar_hash.hex());
}

namespace {

using Paths = std::set<std::string, std::less<>>;

// Reads the content of hard-link targets that nobody wanted under their own name, and files whose
// log of changes came after them.
base::Status second_look(const PendingLinks& pending, const Paths& stale, archive::TarReader& tar,
                         FactCollector& facts) {
  std::multimap<std::string, std::string> names_of;  // target -> names
  for (const auto& [name, target] : pending) names_of.emplace(target, name);
  std::set<std::string> read;
  while (TRY(tar.next())) {
    const archive::TarEntry& entry = tar.entry();
    if (entry.path_too_long) continue;
    auto path = archive::normal_path(entry.path);
    if (!path || entry.type != archive::EntryType::kFile) continue;
    if (stale.contains(*path)) {
      EntrySource content(tar);
      TRY(facts.file({*path, base::basename(*path), entry.size, entry.mode}, content));
    }
    auto [begin, end] = names_of.equal_range(*path);
    if (begin == end) continue;
    if (entry.size > Spill::kMemoryBytes) {  // kept nowhere, so it can go to one name only
      EntrySource once(tar);
      TRY(facts.file({begin->second, base::basename(begin->second), entry.size, entry.mode}, once));
      read.insert(begin->second);
      continue;
    }
    base::Bytes bytes(static_cast<size_t>(entry.size));
    EntrySource content(tar);
    if (TRY(base::read_full(content, bytes)) != bytes.size()) continue;
    for (auto at = begin; at != end; ++at) {
      base::MemorySource again(bytes);
      TRY(facts.file({at->second, base::basename(at->second), entry.size, entry.mode}, again));
      read.insert(at->second);
    }
  }
  for (const auto& [name, target] : pending) {
    if (!read.contains(name)) facts.missing(name, target);
  }
  return {};
}

}  // namespace

base::Result<TreeFacts> read_layer(const LayerJob& job, const OpenLayer& open, const PathKey& key,
                                   Spill& spill) {
  FactCollector facts(job.kind, key, spill);
  PendingLinks pending;
  TRY(verified_pass(job, open, [&](archive::TarReader& tar) -> base::Status {
    LayerWalk walk(tar, facts);
    TRY(walk.run());
    pending = walk.take_pending();
    return {};
  }));
  Paths stale = facts.take_stale();
  if (!pending.empty() || !stale.empty()) {
    TRY_AT("second look", verified_pass(job, open, [&](archive::TarReader& tar) {
             return second_look(pending, stale, tar, facts);
           }));
  }
  return facts.finish();
}

}  // namespace bulkhead::scan
