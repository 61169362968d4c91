// SPDX-License-Identifier: Apache-2.0
// Cargo.toml: the crates of a source tree and what they ask for.
//
// A member of a workspace may inherit its version, its licence and the requirement of a dependency
// from the Cargo.toml of the workspace, which stands in a directory above. Files are read alone, so
// FileFacts::strings says beside each package what it is, and join() puts the two together:
//
//   ""                    as it stands
//   "inherits <v|-><l|->" the crate itself, with version or licence to come from the workspace
//   "inherits <key>"      a dependency whose requirement comes from the workspace
//   "shared"              [workspace.package], not a package of its own
//   "shared <key>"        one of [workspace.dependencies], likewise
#include <map>

#include "base/text.h"
#include "catalog/cargo/manifest.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"

namespace bulkhead::catalog::catalogers::cargo_manifest {
namespace {

using cargo::Dependency;
using cargo::Identity;
using model::Package;
using model::Relation;

constexpr std::string_view kInherits = "inherits ";
constexpr std::string_view kShared = "shared";

Want wants(const FileInfo& file) {
  return cargo::is_manifest_file(file.base) ? Want::kWhole : Want::kNone;
}

Package crate(const Identity& identity, const base::SharedText& path) {
  Package package = cargo::make_package(identity.name, identity.version);
  package.origin = model::Origin::kManifest;
  package.relation = Relation::kRoot;
  if (!identity.licence.empty()) package.licences = {identity.licence};
  package.supplier = identity.author;
  package.locations = {{path, identity.line, -1}};
  return package;
}

Package asked_for(const Dependency& dependency, const base::SharedText& path) {
  Package package =
      cargo::make_package(dependency.name, cargo::exact_version(dependency.requirement));
  package.origin = model::Origin::kManifest;
  package.relation = Relation::kDirect;
  package.requirement = dependency.requirement;
  package.dev = dependency.dev;
  package.optional = dependency.optional;
  package.locations = {{path, dependency.line, -1}};
  return package;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto root = open_manifest_toml(file, diagnostics);
  if (!root) return;
  cargo::Manifest manifest = cargo::read_manifest(*root);
  auto add = [&](Package package, std::string role) {
    out.packages.push_back(std::move(package));
    out.strings.push_back(std::move(role));
  };
  const Identity& own = manifest.package;
  if (cargo::valid_name(own.name)) {
    std::string role;
    if (own.version_inherited || own.licence_inherited) {
      role = std::string(kInherits) + (own.version_inherited ? 'v' : '-') +
             (own.licence_inherited ? 'l' : '-');
    }
    add(crate(own, out.path), std::move(role));
  }
  for (const Dependency& dependency : manifest.dependencies) {
    if (is_full(file, out, diagnostics)) break;
    std::string role = dependency.inherited ? std::string(kInherits) + dependency.key : "";
    add(asked_for(dependency, out.path), std::move(role));
  }
  if (!manifest.is_workspace) return;
  add(crate(manifest.shared, out.path), std::string(kShared));
  for (const Dependency& dependency : manifest.shared_dependencies) {
    if (is_full(file, out, diagnostics)) break;
    add(asked_for(dependency, out.path), std::string(kShared) + " " + dependency.key);
  }
}

// What a workspace shares, by the key of a dependency; "" is [workspace.package].
using Workspace = std::map<std::string_view, const Package*>;
using Workspaces = std::map<std::string_view, Workspace>;  // by directory

// The workspace in this directory or the nearest one above.
const Workspace* workspace_of(const Workspaces& workspaces, std::string_view directory) {
  while (true) {
    auto found = workspaces.find(directory);
    if (found != workspaces.end()) return &found->second;
    if (directory.empty()) return nullptr;
    directory = base::dirname(directory);
  }
}

void inherit(Package& package, std::string_view what, const Workspace& workspace) {
  bool itself = package.relation == Relation::kRoot;
  auto found = workspace.find(itself ? std::string_view() : what);
  if (found == workspace.end()) return;
  const Package& shared = *found->second;
  if (itself) {
    if (what.starts_with('v')) package.version = shared.version;
    if (what.ends_with('l')) package.licences = shared.licences;
    return;
  }
  package.name = shared.name;
  package.version = shared.version;
  package.requirement = shared.requirement;
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  Workspaces workspaces;
  for (const Placed& file : files) {
    const FileFacts& facts = *file.facts;
    for (size_t i = 0; i < facts.packages.size(); ++i) {
      std::string_view role = facts.strings[i];
      if (!role.starts_with(kShared)) continue;
      role.remove_prefix(std::min(role.size(), kShared.size() + 1));
      workspaces[base::dirname(facts.path)].emplace(role, &facts.packages[i]);
    }
  }
  for (const Placed& file : files) {
    const FileFacts& facts = *file.facts;
    const Workspace* workspace = workspace_of(workspaces, base::dirname(facts.path));
    for (size_t i = 0; i < facts.packages.size(); ++i) {
      std::string_view role = facts.strings[i];
      if (role.starts_with(kShared)) continue;
      Package package = facts.packages[i];  // a copy: members still inherit from it
      locate(file, package);
      if (!role.empty() && workspace != nullptr) {
        inherit(package, role.substr(kInherits.size()), *workspace);
      }
      out.packages.push_back(std::move(package));
    }
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "cargo_manifest",
    .summary = "Cargo.toml, with what members inherit from their workspace",
    .trees = Trees::kSource,
    .max_bytes = 8ull << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::cargo_manifest
