// SPDX-License-Identifier: Apache-2.0
// Who owns whom: a Python or Node package that a distribution ships appears twice, as a deb and as
// a pypi or npm package. The distribution patches it under its own version, so the language package
// stays in the list but names its owner.
//
// But "pip install --upgrade" and "npm install -g" write over the distribution's files, and then
// the path alone would hide what is really installed. Whether a record is still the owner's is
// asked in this order:
//   1. the digest that the owner's database has of the record;
//   2. without one: the record is in a layer no newer than the owner, or of the same release.
// A record that no database has can only be told by the files it lists; then the release must be
// the same too.
//
// File lists of a distribution can hold half a million paths; therefore not they are indexed but
// the few paths that language packages are recorded at, by hash.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "catalog/cataloger.h"

namespace bulkhead::catalog {
namespace {

using model::Package;

constexpr uint32_t kNobody = UINT32_MAX;

bool owns_files(const Package& package) {
  return package.type == "deb" || package.type == "rpm" || package.type == "apk" ||
         package.type == "alpm" || package.type == "opkg";
}

// The paths that are asked about and the OS package that owns each. Sorted arrays, so that crafted
// hashes cost nothing extra.
class Owners {
 public:
  void ask(std::string_view path) { keys_.push_back(path_key(path)); }

  void look_up(const std::vector<Package>& packages) {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    owners_.assign(keys_.size(), kNobody);
    for (uint32_t i = 0; i < packages.size(); ++i) {
      if (!owns_files(packages[i])) continue;
      packages[i].files.each([&](std::string_view path) {
        auto slot = find(path);
        if (slot && owners_[*slot] == kNobody) owners_[*slot] = i;
        return true;
      });
    }
  }
  // After look_up; kNobody when no OS package owns the path.
  uint32_t of(std::string_view path) const {
    auto slot = find(path);
    return slot ? owners_[*slot] : kNobody;
  }

 private:
  std::optional<size_t> find(std::string_view path) const {
    uint64_t key = path_key(path);
    auto at = std::lower_bound(keys_.begin(), keys_.end(), key);
    if (at == keys_.end() || *at != key) return std::nullopt;
    return static_cast<size_t>(at - keys_.begin());
  }

  std::vector<uint64_t> keys_;
  std::vector<uint32_t> owners_;
};

int32_t layer_of(const Package& package) {
  return package.locations.empty() ? -1 : package.locations.front().layer;
}

// A version without what only separates its parts: Debian and rpm write 2.0~rc1 for 2.0rc1.
std::string plain(std::string_view version) {
  std::string out(version);
  std::erase_if(out, [](char c) { return c == '~' || c == '^' || c == '_'; });
  return base::lower(out);
}

// Whether an OS package packs that release: "1:1.16.0+dfsg-4" is 1.16.0.
bool same_release(const Package& os, const Package& language) {
  std::string_view version = os.version;
  if (auto epoch = base::cut(version, ":")) version = epoch->second;
  if (auto revision = base::cut_last(version, "-")) version = revision->first;
  std::string whole = plain(version);
  std::string release = plain(language.version);
  if (release.empty() || !whole.starts_with(release)) return false;
  std::string_view rest = std::string_view(whole).substr(release.size());
  constexpr std::array<std::string_view, 5> kRepacked = {"+", "dfsg", ".dfsg", "ds", ".ds"};
  return rest.empty() || std::any_of(kRepacked.begin(), kRepacked.end(),
                                     [&](std::string_view mark) { return rest.starts_with(mark); });
}

bool is_genuine(const Package& language, const Package& os, Originals::State state) {
  switch (state) {
    case Originals::State::kOriginal: return true;
    case Originals::State::kChanged: return false;
    case Originals::State::kUnknown: break;
  }
  return layer_of(language) <= layer_of(os) || same_release(os, language);
}

// The owner of more than half of the files.
uint32_t owner_of_files(const Package& package, const Owners& owners) {
  std::unordered_map<uint32_t, size_t> votes;
  size_t files = 0;
  package.files.each([&](std::string_view path) {
    ++files;
    ++votes[owners.of(path)];
    return true;
  });
  for (auto [by, count] : votes) {
    if (by != kNobody && count * 2 > files) return by;
  }
  return kNobody;
}

}  // namespace

void name_owners(std::vector<Package>& packages, const Originals& originals) {
  bool any_files = std::any_of(packages.begin(), packages.end(), [](const Package& package) {
    return owns_files(package) && !package.files.empty();
  });
  if (!any_files) return;
  Owners owners;
  for (const Package& package : packages) {
    if (owns_files(package)) continue;
    owners.ask(record_path(package));
    package.files.each([&](std::string_view path) {
      owners.ask(path);
      return true;
    });
  }
  owners.look_up(packages);
  for (Package& package : packages) {
    if (owns_files(package)) continue;
    uint32_t owner = owners.of(record_path(package));
    bool recorded = owner != kNobody;
    if (!recorded) owner = owner_of_files(package, owners);
    if (owner == kNobody) continue;
    const Package& os = packages[owner];
    bool genuine = recorded ? is_genuine(package, os, originals.state(record_path(package)))
                            : same_release(os, package);
    if (genuine) package.owner = os.purl();
  }
}

}  // namespace bulkhead::catalog
