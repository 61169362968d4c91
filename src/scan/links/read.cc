// SPDX-License-Identifier: Apache-2.0
// The last entry of a path counts, as in the first pass: what a later one says replaces what an
// earlier one said.
#include "scan/links/read.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace bulkhead::scan {

// What one pass over a layer looks for, and what became of it.
struct LinkReader::Pass {
  int32_t layer = -1;
  std::multimap<std::string, LinkRead, std::less<>> files;  // by their real path
  std::vector<LinkRead> below;
  std::map<std::string, LinkRead> chased;  // by name, of files that are hard links to a target
  std::set<std::string> read;              // names

  // All reads of the file that the layer has at a path.
  std::vector<LinkRead> wanting(const std::string& path, const LinkView& view) const {
    std::vector<LinkRead> out;
    auto [begin, end] = files.equal_range(path);
    for (auto at = begin; at != end; ++at) out.push_back(at->second);
    for (const LinkRead& directory : below) {
      if (!path.starts_with(directory.real + "/") || view.is_hidden(path, layer)) continue;
      LinkRead one = directory;
      one.real = path;
      one.name += path.substr(directory.real.size());
      one.below = false;
      out.push_back(std::move(one));
    }
    return out;
  }
};

int32_t LinkReader::layer_of(std::string_view name) const {
  auto at = layers_.find(name);
  return at == layers_.end() ? -1 : at->second;
}

base::Status LinkReader::offer(const Pass& pass, const LinkRead& read,
                               const archive::TarEntry& entry, base::Source& content) {
  if (layers_.size() < FactCollector::kMaxReadings) {
    layers_[read.name] = std::max(read.layer, pass.layer);
  }
  return facts_.file({read.name, base::basename(read.name), entry.size, entry.mode}, content);
}

base::Status LinkReader::file(Pass& pass, archive::TarReader& tar, std::vector<LinkRead> reads) {
  const archive::TarEntry& entry = tar.entry();
  EntrySource content(tar);
  for (const LinkRead& read : reads) {
    pass.chased.erase(read.name);
    pass.read.insert(read.name);
  }
  if (reads.size() == 1) return offer(pass, reads[0], entry, content);
  if (entry.size > Spill::kMemoryBytes) {
    for (const LinkRead& read : std::span(reads).subspan(1)) {
      plan_.fail(read, "too large to be read under several names");
    }
    return offer(pass, reads[0], entry, content);
  }
  base::Bytes bytes(static_cast<size_t>(entry.size));
  bytes.resize(TRY(base::read_full(content, bytes)));
  for (const LinkRead& read : reads) {
    base::MemorySource again(bytes);
    TRY(offer(pass, read, entry, again));
  }
  return {};
}

base::Status LinkReader::walk(Pass& pass, archive::TarReader& tar) {
  while (TRY(tar.next())) {
    const archive::TarEntry& entry = tar.entry();
    bool is_file = entry.type == archive::EntryType::kFile;
    if (!is_file && entry.type != archive::EntryType::kHardLink) continue;
    auto path = archive::normal_path(entry.path);
    if (!path) continue;
    std::vector<LinkRead> reads = pass.wanting(*path, view_);
    if (is_file && !reads.empty()) TRY(file(pass, tar, std::move(reads)));
    if (is_file) continue;
    for (LinkRead& read : reads) {
      read.target = entry.link_target;
      pass.chased[read.name] = read;
    }
  }
  return {};
}

base::Status LinkReader::read(int32_t layer, const LayerJob& job, const OpenLayer& open) {
  std::vector<LinkRead> reads = plan_.take(layer);
  for (int passes = 0; !reads.empty() && passes < kMaxPasses; ++passes) {
    Pass pass{layer, {}, {}, {}, {}};
    for (LinkRead& read : reads) {
      if (read.below) {
        pass.below.push_back(read);
      } else {
        pass.files.emplace(read.real, read);
      }
    }
    TRY(verified_pass(job, open, [&](archive::TarReader& tar) { return walk(pass, tar); }));
    auto stale = facts_.take_stale();
    for (const LinkRead& read : reads) {
      bool met = pass.read.contains(read.name) || pass.chased.contains(read.name);
      if (!read.below && !met) plan_.fail(read, "which is no file");
    }
    for (const auto& [name, read] : pass.chased) plan_.chase(read, layer);
    reads.erase(std::remove_if(reads.begin(), reads.end(),
                               [&](const LinkRead& read) { return !stale.contains(read.name); }),
                reads.end());
    std::ranges::move(plan_.take(layer), std::back_inserter(reads));
  }
  for (const LinkRead& read : reads) plan_.fail(read, "the last of too many in a row");
  return {};
}

}  // namespace bulkhead::scan
