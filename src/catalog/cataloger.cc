// SPDX-License-Identifier: Apache-2.0
// What catalogers share: finding one by name, the join that just takes packages.
#include "catalog/cataloger.h"

#include <algorithm>
#include <iterator>

namespace bulkhead::catalog {

const Cataloger* find_cataloger(std::string_view name) {
  auto all = all_catalogers();
  auto at = std::find_if(all.begin(), all.end(),
                         [&](const Cataloger* cataloger) { return cataloger->name == name; });
  return at == all.end() ? nullptr : *at;
}

namespace {

constexpr size_t kAllocation = 24;  // what the heap adds to a block, with the count of a text

template <typename T>
size_t memory_of(const std::vector<T>& list) {
  return list.capacity() == 0 ? 0 : list.capacity() * sizeof(T) + kAllocation;
}

size_t memory_of(const std::vector<std::string>& list) {
  size_t bytes = memory_of<std::string>(list);
  for (const std::string& text : list) bytes += text.capacity() + kAllocation;
  return bytes;
}

// Of a text that may be that of the record before.
size_t memory_of(const base::SharedText& text, const base::SharedText& before) {
  bool own = text.view().data() != before.view().data() && text.size() > 7;
  return own ? text.size() + kAllocation : 0;
}

size_t memory_of(const model::Package& package, const model::Package& before) {
  size_t bytes = sizeof(package) + memory_of(package.licences) + memory_of(package.locations) +
                 memory_of(package.depends_on) + memory_of(package.fix_claims) +
                 package.files.packed().size() + 2 * kAllocation * package.qualifiers.size();
  for (auto field :
       {&model::Package::type, &model::Package::name_space, &model::Package::name,
        &model::Package::version, &model::Package::source_name, &model::Package::source_version,
        &model::Package::supplier, &model::Package::requirement, &model::Package::digest}) {
    bytes += memory_of(package.*field, before.*field);
  }
  for (const model::FixClaim& claim : package.fix_claims) bytes += claim.id.size() + kAllocation;
  return bytes;
}

}  // namespace

size_t memory_of(const FileFacts& facts) {
  size_t bytes =
      sizeof(facts) + facts.path.size() + memory_of(facts.strings) + memory_of(facts.shipped);
  const model::Package none;
  const model::Package* before = &none;
  for (const model::Package& package : facts.packages) {
    bytes += memory_of(package, *before);
    before = &package;
  }
  return bytes;
}

void locate(const Placed& file, model::Package& package) {
  if (package.locations.empty()) package.locations.push_back({file.facts->path, 0, file.layer});
  for (model::Location& location : package.locations) {
    if (location.layer < 0) location.layer = file.layer;
  }
}

void add_packages(std::vector<model::Package> packages, Catalog& out) {
  if (out.packages.empty()) {
    out.packages = std::move(packages);
    return;
  }
  out.packages.insert(out.packages.end(), std::make_move_iterator(packages.begin()),
                      std::make_move_iterator(packages.end()));
}

void take_packages(std::span<const Placed> files, Catalog& out) {
  for (const Placed& file : files) {
    std::vector<model::Package> packages = std::move(file.facts->packages);
    for (model::Package& package : packages) locate(file, package);
    add_packages(std::move(packages), out);
  }
}

}  // namespace bulkhead::catalog
