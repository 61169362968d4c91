// SPDX-License-Identifier: Apache-2.0
// The two steps of cataloguing, as the scan pipeline and the tests drive them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catalog/cataloger.h"

namespace bulkhead::catalog {

// One cataloger's facts about one file, as kept per layer.
struct Reading {
  const Cataloger* cataloger = nullptr;
  FileFacts facts;
  size_t bytes = 0;  // memory_of(facts)
};

using Catalogers = std::vector<const Cataloger*>;
bool is_among(const Catalogers& all, const Cataloger* one);
bool covers(const Catalogers& all, const Catalogers& some);

// Which catalogers want a file, and how much of it.
struct Interest {
  Want want = Want::kNone;
  Catalogers whole;         // will read the whole file
  Catalogers head;          // decide by its head
  Catalogers named;         // need no bytes of it
  std::string_view log_of;  // the path of the file that this one is the log of, or ""
};
// Cheap when nobody is interested (no allocation).
void interest(const FileInfo& file, TreeKind kind, Interest& out);

// Runs read() of the given catalogers on a file; empty facts are dropped, a file above a
// cataloger's max_bytes is a diagnostic.
void read_file(std::span<const Cataloger* const> who, const File& file, std::vector<Reading>& out,
               base::Diagnostics& diagnostics);

struct PlacedReading {
  Reading* reading = nullptr;  // what is in it moves to the catalog
  int32_t layer = -1;
};

// The package databases that upper layers replaced: which packages each version had.
class History {
 public:
  void replaced(const Reading& reading, int32_t layer);
  // Sets the layer of packages of a package database to the layer that brought them: the lowest one
  // from which on every version of that database has the package.
  void attribute_layers(std::vector<model::Package>& packages) const;

 private:
  struct Generation {
    int32_t layer;
    std::vector<uint64_t> packages;  // sorted hashes
  };
  static constexpr size_t kMaxPackages = 4'000'000;

  std::map<base::SharedText, std::vector<Generation>> databases_;  // by path
  size_t packages_ = 0;
};

// Runs join() of every cataloger in order of stage, puts the packages in order, and finds out which
// layer brought each and which belong to a package of the distribution. `readings` are those
// visible in the merged tree.
Catalog join(std::span<const PlacedReading> readings, const History& history,
             base::Diagnostics& diagnostics);

// Everything at once for a small tree in memory (tests, fuzzing).
Catalog read_tree(std::span<const std::pair<std::string, std::string>> files, TreeKind kind,
                  base::Diagnostics& diagnostics);

}  // namespace bulkhead::catalog
