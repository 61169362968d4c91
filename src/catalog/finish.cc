// SPDX-License-Identifier: Apache-2.0
// Order and duplicates.
#include <algorithm>
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

}  // namespace

void finish(Catalog& catalog) {
  catalog.packages = merge_same(std::move(catalog.packages));
  std::stable_sort(catalog.packages.begin(), catalog.packages.end(),
                   [](const Package& a, const Package& b) {
                     return std::tie(a.type, a.name, a.version, a.locations) <
                            std::tie(b.type, b.name, b.version, b.locations);
                   });
}

}  // namespace bulkhead::catalog
