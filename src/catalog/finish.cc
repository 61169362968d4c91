// SPDX-License-Identifier: Apache-2.0
// The last step of cataloguing: order, duplicates, and who owns whom.
//
// Ownership: a Python or Node package that a distribution ships appears twice, as a deb and as a
// pypi or npm package. The distribution patches it under its own version, so the language package
// stays in the list but names its owner. File lists of a distribution can hold half a million
// paths; therefore not they are indexed but the few paths that language packages are recorded at,
// by hash.
//
// Distributions merged /bin, /sbin and /lib into /usr while their file lists still say /lib/...:
// both spellings hash alike.
#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "catalog/cataloger.h"

namespace bulkhead::catalog {
namespace {

using model::Location;
using model::Package;

bool owns_files(const Package& package) {
  return package.type == "deb" || package.type == "rpm" || package.type == "apk" ||
         package.type == "alpm" || package.type == "opkg";
}

size_t path_hash(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.starts_with("usr/")) {
    std::string_view rest = path.substr(4);
    if (rest.starts_with("bin/") || rest.starts_with("sbin/") || rest.starts_with("lib")) {
      path = rest;
    }
  }
  return std::hash<std::string_view>{}(path);
}

// Merging ---------------------------------------------------------------------------------------

template <typename T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

template <typename T>
void sort_unique(std::vector<T>& values, size_t from = 0) {
  auto begin = values.begin() + static_cast<ptrdiff_t>(std::min(from, values.size()));
  std::sort(begin, values.end());
  values.erase(std::unique(begin, values.end()), values.end());
}

void fill(std::string& to, std::string&& from) {
  if (to.empty()) to = std::move(from);
}

// What another record of the same package knows and this one does not. Lists only grow here;
// settle() orders them once, however many records there were.
void merge_into(Package& to, Package&& from) {
  if (from.origin < to.origin) {
    to.origin = from.origin;
    to.cataloger = std::move(from.cataloger);
  }
  to.dev = to.dev && from.dev;
  to.optional = to.optional && from.optional;
  if (to.relation == model::Relation::kUnknown) to.relation = from.relation;
  if (from.relation == model::Relation::kDirect && to.relation == model::Relation::kIndirect) {
    to.relation = from.relation;
  }
  fill(to.requirement, std::move(from.requirement));
  fill(to.source_name, std::move(from.source_name));
  fill(to.source_version, std::move(from.source_version));
  fill(to.supplier, std::move(from.supplier));
  fill(to.digest, std::move(from.digest));
  if (to.licences.empty()) to.licences = std::move(from.licences);
  append(to.files, std::move(from.files));
  append(to.depends_on, std::move(from.depends_on));
  if (to.fix_claims.empty()) to.fix_claims = std::move(from.fix_claims);
  append(to.locations, std::move(from.locations));
}

void settle(Package& package) {
  sort_unique(package.files);
  sort_unique(package.depends_on);
  // The first location stays first: it is where the record stands.
  sort_unique(package.locations, 1);
  auto& locations = package.locations;
  if (locations.size() < 2) return;
  auto again = std::find(locations.begin() + 1, locations.end(), locations.front());
  if (again != locations.end()) locations.erase(again);
}

std::string_view record_path(const Package& package) {
  return package.locations.empty() ? std::string_view() : package.locations.front().path;
}

// Records of one directory speak of the same installation. Programs do not: two in /usr/bin may
// come from two packages of the distribution, or one of them from nowhere.
std::string_view place(const Package& package) {
  std::string_view path = record_path(package);
  return package.origin == model::Origin::kBinary ? path : base::dirname(path);
}

// The same purl in the same place becomes one package.
std::vector<Package> merge_same(std::vector<Package> packages) {
  struct Entry {
    std::string purl;
    std::string directory;
    size_t index;
  };
  std::vector<Entry> order;
  order.reserve(packages.size());
  for (size_t i = 0; i < packages.size(); ++i) {
    order.push_back({packages[i].purl(), std::string(place(packages[i])), i});
  }
  std::sort(order.begin(), order.end(), [&](const Entry& a, const Entry& b) {
    const Package& p = packages[a.index];
    const Package& q = packages[b.index];
    return std::tie(a.purl, a.directory, p.locations, p.cataloger, a.index) <
           std::tie(b.purl, b.directory, q.locations, q.cataloger, b.index);
  });

  std::vector<Package> merged;
  merged.reserve(packages.size());
  for (size_t i = 0; i < order.size();) {
    Package& kept = merged.emplace_back(std::move(packages[order[i].index]));
    size_t first = i++;
    while (i < order.size() && order[i].purl == order[first].purl &&
           order[i].directory == order[first].directory) {
      merge_into(kept, std::move(packages[order[i++].index]));
    }
    if (i - first > 1) settle(kept);
  }
  return merged;
}

// Ownership -------------------------------------------------------------------------------------

constexpr uint32_t kNobody = UINT32_MAX;

// The paths that are asked about and the OS package that owns each. Sorted arrays, so that crafted
// hashes cost nothing extra.
class Owners {
 public:
  void ask(std::string_view path) { hashes_.push_back(path_hash(path)); }

  void look_up(const std::vector<Package>& packages) {
    std::sort(hashes_.begin(), hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
    owners_.assign(hashes_.size(), kNobody);
    for (uint32_t i = 0; i < packages.size(); ++i) {
      if (!owns_files(packages[i])) continue;
      for (const std::string& path : packages[i].files) {
        auto slot = find(path);
        if (slot && owners_[*slot] == kNobody) owners_[*slot] = i;
      }
    }
  }
  // After look_up; kNobody when no OS package owns the path.
  uint32_t of(std::string_view path) const {
    auto slot = find(path);
    return slot ? owners_[*slot] : kNobody;
  }

 private:
  std::optional<size_t> find(std::string_view path) const {
    size_t hash = path_hash(path);
    auto at = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
    if (at == hashes_.end() || *at != hash) return std::nullopt;
    return static_cast<size_t>(at - hashes_.begin());
  }

  std::vector<size_t> hashes_;
  std::vector<uint32_t> owners_;
};

// The owner of the record decides; where installation made the record itself, the owner of more
// than half of the files.
uint32_t owner_of(const Package& package, const Owners& owners) {
  uint32_t owner = owners.of(record_path(package));
  if (owner != kNobody || package.files.empty()) return owner;
  std::unordered_map<uint32_t, size_t> votes;
  for (const std::string& path : package.files) {
    uint32_t by = owners.of(path);
    if (by != kNobody && ++votes[by] * 2 > package.files.size()) return by;
  }
  return kNobody;
}

void name_owners(std::vector<Package>& packages) {
  bool any_files = std::any_of(packages.begin(), packages.end(), [](const Package& package) {
    return owns_files(package) && !package.files.empty();
  });
  if (!any_files) return;
  Owners owners;
  for (const Package& package : packages) {
    if (owns_files(package)) continue;
    owners.ask(record_path(package));
    for (const std::string& path : package.files) owners.ask(path);
  }
  owners.look_up(packages);
  for (Package& package : packages) {
    if (owns_files(package)) continue;
    uint32_t owner = owner_of(package, owners);
    if (owner != kNobody) package.owner = packages[owner].purl();
  }
}

}  // namespace

void finish(Catalog& catalog) {
  catalog.packages = merge_same(std::move(catalog.packages));
  std::stable_sort(catalog.packages.begin(), catalog.packages.end(),
                   [](const Package& a, const Package& b) {
                     return std::tie(a.type, a.name, a.version, a.locations) <
                            std::tie(b.type, b.name, b.version, b.locations);
                   });
  name_owners(catalog.packages);
}

}  // namespace bulkhead::catalog
