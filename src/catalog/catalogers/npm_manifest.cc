// SPDX-License-Identifier: Apache-2.0
// package.json of a source tree: the project itself, and what it asks for where no lock file says
// what it gets (a lock file's reader adds what the lock file, being out of date, does not know). A
// lock file speaks for the project beside it and for the members of its workspace, which the
// "workspaces" of that project's package.json or a pnpm-workspace.yaml list as patterns of
// directories.
//
// Formats: https://docs.npmjs.com/cli/configuring-npm/package-json,
// https://pnpm.io/pnpm-workspace_yaml
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers::npm_manifest {
namespace {

constexpr std::string_view kLockMark = "lock";
constexpr std::array<std::string_view, 6> kLockFiles = {"bun.lock",          "npm-shrinkwrap.json",
                                                        "package-lock.json", "pnpm-lock.yaml",
                                                        "shrinkwrap.yaml",   "yarn.lock"};

bool is_lock_file(std::string_view base) {
  return std::find(kLockFiles.begin(), kLockFiles.end(), base) != kLockFiles.end();
}

Want wants(const FileInfo& file) {
  if (!npm::tells_of_project(file) && !is_lock_file(file.base)) return Want::kNone;
  return npm::has_segment(file.path, "node_modules") ? Want::kNone : Want::kWhole;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (is_lock_file(file.info.base)) {
    out.strings.emplace_back(kLockMark);
  } else {
    npm::read_project(file, out, diagnostics);
  }
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  npm::Projects projects(files);
  std::set<const npm::Project*> locked;
  for (const Placed& placed : files) {
    if (placed.facts->strings.empty() || placed.facts->strings[0] != kLockMark) continue;
    auto here = projects.locked_by(base::dirname(placed.facts->path));
    locked.insert(here.begin(), here.end());
  }
  for (const npm::Project& project : projects.all()) {
    if (project.self != nullptr) {
      model::Package& self = out.packages.emplace_back(*project.self);
      for (model::Location& location : self.locations) location.layer = project.layer;
    }
    if (locked.contains(&project)) continue;
    std::vector<const npm::Request*> wishes;
    for (const npm::Request& request : project.requests) {
      // Another project of the same tree is there itself.
      bool local = npm::source_kind(request.written) == npm::SourceKind::kLocal;
      if (!local || !projects.is_own(*request.package)) wishes.push_back(&request);
    }
    npm::take_requests(project, wishes, out.packages);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "npm_manifest",
    .summary = "package.json of a project and what it asks for",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::npm_manifest
