// SPDX-License-Identifier: Apache-2.0
// Reads the tables of Cargo.toml that name crates. What it does not understand it skips.
#include "catalog/cargo/manifest.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/url.h"

namespace bulkhead::catalog::cargo {
namespace {

using base::Node;

// Large crates have a few hundred.
constexpr size_t kMaxDependencies = 50'000;

bool is_true(const Node& node) { return node.plain && node.text == "true"; }

Dependency read_dependency(std::string_view key, const Node& value) {
  Dependency out;
  out.key = key;
  out.name = value["package"].string_or(key);
  out.line = value.line;
  out.inherited = is_true(value["workspace"]);
  out.optional = is_true(value["optional"]);
  std::string_view version = value.is_scalar() ? value.text : value["version"].string_or("");
  out.requirement = base::trim(version);
  if (out.requirement.empty()) out.requirement = public_url(value["git"].string_or(""));
  return out;
}

void read_table(const Node& table, bool dev, bool build, std::vector<Dependency>& out) {
  for (const auto& [key, value] : table.members) {
    Dependency dependency = read_dependency(key, value);
    if (out.size() == kMaxDependencies) break;
    if (!valid_name(dependency.name)) continue;
    dependency.dev = dev;
    dependency.build = build;
    out.push_back(std::move(dependency));
  }
}

// The three tables, at the top of the manifest and under every target; cargo still takes the older
// spelling with an underscore.
void read_tables(const Node& where, std::vector<Dependency>& out) {
  read_table(where["dependencies"], false, false, out);
  for (const char* name : {"dev-dependencies", "dev_dependencies"}) {
    read_table(where[name], true, false, out);
  }
  for (const char* name : {"build-dependencies", "build_dependencies"}) {
    read_table(where[name], false, true, out);
  }
}

Identity read_identity(const Node& table) {
  Identity out;
  out.name = table["name"].string_or("");
  out.line = table["name"].line;
  out.version = table["version"].string_or("");
  out.version_inherited = is_true(table["version"]["workspace"]);
  out.licence = table["license"].string_or("");
  out.licence_inherited = is_true(table["license"]["workspace"]);
  const Node& authors = table["authors"];
  if (!authors.items.empty()) out.author = authors.items.front().string_or("");
  return out;
}

}  // namespace

bool is_manifest_file(std::string_view base) {
  return base == "Cargo.toml" || base == "cargo.toml";
}

bool is_lock_file(std::string_view base) { return base == "Cargo.lock" || base == "cargo.lock"; }

bool valid_name(std::string_view name) {
  constexpr size_t kMaxBytes = 128;
  return !name.empty() && name.size() <= kMaxBytes &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

std::string_view exact_version(std::string_view requirement) {
  requirement = base::trim(requirement);
  if (!requirement.starts_with('=')) return {};
  std::string_view version = base::trim(requirement.substr(1));
  std::string_view core = version.substr(0, version.find_first_of("-+"));
  bool one = std::count(core.begin(), core.end(), '.') == 2 &&
             version.find_first_of(", *<>=~^") == version.npos;
  return one ? version : std::string_view();
}

model::Package make_package(std::string_view name, std::string_view version) {
  model::Package package;
  package.type = "cargo";
  package.name = name;
  package.version = version;
  return package;
}

Manifest read_manifest(const Node& root) {
  Manifest out;
  // "project" is what cargo called "package" before 1.0.
  out.package = read_identity(root["package"].missing() ? root["project"] : root["package"]);
  read_tables(root, out.dependencies);
  for (const auto& [target, tables] : root["target"].members) {
    read_tables(tables, out.dependencies);
  }
  const Node& workspace = root["workspace"];
  out.is_workspace = !workspace.missing();
  out.shared = read_identity(workspace["package"]);
  read_table(workspace["dependencies"], false, false, out.shared_dependencies);
  return out;
}

}  // namespace bulkhead::catalog::cargo
