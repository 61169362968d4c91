// SPDX-License-Identifier: Apache-2.0
// The two steps of cataloguing, as the scan pipeline and the tests drive them.
#pragma once

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
};

// Which catalogers want a file, and how much of it.
struct Interest {
  Want want = Want::kNone;
  std::vector<const Cataloger*> whole;  // will read the whole file
  std::vector<const Cataloger*> head;   // decide by its head
};
// Cheap when nobody is interested (no allocation).
void interest(const FileInfo& file, TreeKind kind, Interest& out);

// Runs read() of the given catalogers on a file; empty facts are dropped, a file above a
// cataloger's max_bytes is a diagnostic.
void read_file(std::span<const Cataloger* const> who, const File& file, std::vector<Reading>& out,
               base::Diagnostics& diagnostics);

// Runs join() of every cataloger in order of stage, then finish(). `readings` are those visible in
// the merged tree with their layer; the caller keeps them alive.
struct PlacedReading {
  const Reading* reading = nullptr;
  int32_t layer = -1;
};
Catalog join(std::span<const PlacedReading> readings, base::Diagnostics& diagnostics);

// Everything at once for a small tree in memory (tests, fuzzing).
Catalog read_tree(std::span<const std::pair<std::string, std::string>> files, TreeKind kind,
                  base::Diagnostics& diagnostics);

}  // namespace bulkhead::catalog
