// SPDX-License-Identifier: Apache-2.0
// package.json of a source tree: the project itself, and what it asks for where no lock file says
// what it gets. A lock file speaks for the project beside it and for the members of its workspace,
// which the "workspaces" of that project's package.json or a pnpm-workspace.yaml list as patterns
// of directories.
//
// Formats: https://docs.npmjs.com/cli/configuring-npm/package-json,
// https://pnpm.io/pnpm-workspace_yaml
#include <algorithm>
#include <array>
#include <set>

#include "base/node.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers {
namespace {

constexpr std::string_view kLockMark = "lock";
constexpr std::string_view kWorkspaceMark = "pnpm-workspace";
constexpr std::array<std::string_view, 4> kLockFiles = {"npm-shrinkwrap.json", "package-lock.json",
                                                        "pnpm-lock.yaml", "yarn.lock"};

bool is_lock_file(std::string_view base) {
  return std::find(kLockFiles.begin(), kLockFiles.end(), base) != kLockFiles.end();
}

Want wants(const FileInfo& file) {
  bool known = file.base == "package.json" || file.base == "pnpm-workspace.yaml" ||
               is_lock_file(file.base);
  if (!known || npm::has_segment(file.path, "node_modules")) return Want::kNone;
  return Want::kWhole;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "package.json") {
    npm::read_project(file, out, diagnostics);
    return;
  }
  if (is_lock_file(file.info.base)) {
    out.strings.emplace_back(kLockMark);
    return;
  }
  auto workspace = base::parse_yaml(base::as_text(file.bytes), base::Limits());
  if (!workspace) {
    diagnostics.skipped("bad-manifest", file.info.path, workspace.error().message());
    return;
  }
  out.strings.emplace_back(kWorkspaceMark);
  std::vector<std::string> globs;
  for (const base::Node& glob : (*workspace)["packages"].items) {
    if (glob.is_scalar()) globs.push_back(glob.text);
  }
  npm::put_workspaces(std::move(globs), out);
}

void take(const model::Package& package, const npm::Project& project, Catalog& out) {
  model::Package& taken = out.packages.emplace_back(package);
  for (model::Location& location : taken.locations) location.layer = project.layer;
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  npm::Projects projects(files);
  std::set<const npm::Project*> locked;
  for (const Placed& placed : files) {
    if (placed.facts->strings.empty() || placed.facts->strings[0] != kLockMark) continue;
    auto here = projects.locked_by(base::dirname(placed.facts->path));
    locked.insert(here.begin(), here.end());
  }
  std::set<std::string> own;
  for (const npm::Project& project : projects.all()) {
    if (project.self != nullptr) own.insert(npm::full_name(*project.self));
  }
  for (const npm::Project& project : projects.all()) {
    if (project.self != nullptr) take(*project.self, project, out);
    if (locked.contains(&project)) continue;
    for (const npm::Request& request : project.requests) {
      // Another project of the same tree is there itself.
      bool local = npm::source_kind(request.package->requirement) == npm::SourceKind::kLocal;
      if (local && own.contains(npm::full_name(*request.package))) continue;
      take(*request.package, project, out);
    }
  }
}

}  // namespace

extern constinit const Cataloger npm_manifest;
constinit const Cataloger npm_manifest = {
    .name = "npm_manifest",
    .summary = "package.json of a project and what it asks for",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers
