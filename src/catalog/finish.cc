// SPDX-License-Identifier: Apache-2.0
// Order and duplicates.
#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "base/text.h"
#include "catalog/cataloger.h"

namespace bulkhead::catalog {
namespace {

using model::Package;

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

void fill(base::SharedText& to, base::SharedText&& from) {
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
  to.files.merge(from.files);
  append(to.depends_on, std::move(from.depends_on));
  if (to.fix_claims.empty()) to.fix_claims = std::move(from.fix_claims);
  append(to.locations, std::move(from.locations));
}

void settle(Package& package) {
  sort_unique(package.depends_on);
  // The first location stays first: it is where the record stands.
  sort_unique(package.locations, 1);
  auto& locations = package.locations;
  if (locations.size() < 2) return;
  auto again = std::find(locations.begin() + 1, locations.end(), locations.front());
  if (again != locations.end()) locations.erase(again);
}

// Records of one directory speak of the same installation. Programs do not: two in /usr/bin may
// come from two packages of the distribution, or one of them from nowhere.
std::string_view place(const Package& package) {
  std::string_view path = record_path(package);
  return package.origin == model::Origin::kBinary ? path : base::dirname(path);
}

std::string identity_text(const Package& package) {
  return package.purl().append(1, '\0').append(place(package));
}

// A package by the hash of its identity: identities themselves would be as large as the packages.
struct Entry {
  uint64_t hash;
  uint32_t index;
};

// Orders what may be one package, so that the first one is the one to keep.
class Before {
 public:
  explicit Before(const std::vector<Package>& packages) : packages_(packages) {}
  bool operator()(const Entry& a, const Entry& b) const {
    const Package& p = packages_[a.index];
    const Package& q = packages_[b.index];
    return std::tie(a.hash, p.locations, p.cataloger, a.index) <
           std::tie(b.hash, q.locations, q.cataloger, b.index);
  }

 private:
  const std::vector<Package>& packages_;
};

// Merges entries of one hash; those that go leave an empty type behind. Nearly always all have the
// same identity; where they do not, one identity after the other.
void merge_run(std::span<const Entry> run, std::vector<Package>& packages) {
  std::map<std::string, uint32_t> kept;
  std::vector<uint32_t> grown;
  for (const Entry& entry : run) {
    auto [first, is_new] = kept.emplace(identity_text(packages[entry.index]), entry.index);
    if (is_new) continue;
    Package& to = packages[first->second];
    if (grown.empty() || grown.back() != first->second) grown.push_back(first->second);
    merge_into(to, std::move(packages[entry.index]));
    packages[entry.index] = Package();
  }
  for (uint32_t index : grown) settle(packages[index]);
}

// The same purl in the same place becomes one package.
void merge_same(std::vector<Package>& packages) {
  std::vector<Entry> order;
  order.reserve(packages.size());
  for (uint32_t i = 0; i < packages.size(); ++i) {
    order.push_back({std::hash<std::string>{}(identity_text(packages[i])), i});
  }
  std::sort(order.begin(), order.end(), Before(packages));
  for (size_t first = 0; first < order.size();) {
    size_t end = first + 1;
    while (end < order.size() && order[end].hash == order[first].hash) ++end;
    if (end - first > 1) merge_run(std::span(order).subspan(first, end - first), packages);
    first = end;
  }
  std::erase_if(packages, [](const Package& package) { return package.type.empty(); });
}

// Sorts where they are: packages are large, so their places are sorted and then they move once.
void sort_packages(std::vector<Package>& packages) {
  std::vector<uint32_t> order(packages.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t i, uint32_t j) {
    const Package& a = packages[i];
    const Package& b = packages[j];
    return std::tie(a.type, a.name, a.version, a.locations, a.name_space, a.arch, a.qualifiers, i) <
           std::tie(b.type, b.name, b.version, b.locations, b.name_space, b.arch, b.qualifiers, j);
  });
  // Every cycle of the permutation in turn; a place that is done points at itself.
  for (uint32_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    Package first = std::move(packages[start]);
    uint32_t to = start;
    while (order[to] != start) {
      uint32_t from = order[to];
      packages[to] = std::move(packages[from]);
      order[to] = to;
      to = from;
    }
    packages[to] = std::move(first);
    order[to] = to;
  }
}

}  // namespace

void finish(Catalog& catalog) {
  merge_same(catalog.packages);
  sort_packages(catalog.packages);
}

}  // namespace bulkhead::catalog
