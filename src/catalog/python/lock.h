// SPDX-License-Identifier: Apache-2.0
// What the lock files of Python's tools share: the form of a locked package, and the join with the
// project file that stands beside a lock and says what is asked for directly.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "catalog/cataloger.h"
#include "catalog/python/project.h"

namespace bulkhead::catalog::python {

// A kLock package, placed at a line of the file; a name that is none gives an empty type.
model::Package locked_package(std::string_view name, std::string_view version,
                              const base::SharedText& path, uint32_t line);
// "sha256:..." of the only file that a list of tables {hash = ...} names, else "".
std::string only_hash(const base::Node& files);
// The registry, unless it is PyPI.
void set_index(model::Package& package, std::string_view url);

// Names that packages of one lock file depend on, to be resolved when all are known.
class Wanted {
 public:
  void add(size_t package, std::string_view name) {
    wanted_.push_back({package, normalised(name)});
  }
  // Fills depends_on with "name@version" of every locked package of that name.
  void resolve(std::vector<model::Package>& packages) const;

 private:
  static std::string normalised(std::string_view name);
  struct Want {
    size_t package;
    std::string name;
  };
  std::vector<Want> wanted_;
};

// Whether a lock file says itself what is for development, or the join must work it out.
enum class Flags { kKnown, kUnknown };
// Marks facts as those of a lock file, or of a project file with what it declares.
void mark_lock(FileFacts& out, Flags flags);
void mark_project(FileFacts& out, const Project& project);
// Reads a pyproject.toml that stands beside a lock file.
void read_beside(const File& file, FileFacts& out);

// Takes the packages of lock files; beside a project file their relations are set.
void join_locks(std::span<const Placed> files, Catalog& out, base::Diagnostics& diagnostics);

}  // namespace bulkhead::catalog::python
