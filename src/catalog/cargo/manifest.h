// SPDX-License-Identifier: Apache-2.0
// Cargo.toml (https://doc.rust-lang.org/cargo/reference/manifest.html): a crate, what it asks for,
// and what a workspace lets its members inherit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "model/package.h"

namespace bulkhead::catalog::cargo {

struct Dependency {
  std::string key;          // what the crate's code calls it
  std::string name;         // the crate, another name with package = "..."
  std::string requirement;  // "1.2", "=1.2.3", a git URL, "" for a mere path
  bool dev = false;
  bool build = false;
  bool optional = false;
  bool inherited = false;  // { workspace = true }
  uint32_t line = 0;
};

struct Identity {
  std::string name;
  std::string version;
  std::string licence;
  std::string author;
  bool version_inherited = false;
  bool licence_inherited = false;
  uint32_t line = 0;
};

struct Manifest {
  Identity package;  // no name: a workspace that is no crate itself
  std::vector<Dependency> dependencies;
  bool is_workspace = false;
  Identity shared;                              // [workspace.package]
  std::vector<Dependency> shared_dependencies;  // [workspace.dependencies]
};

// "Cargo.toml" and "Cargo.lock"; where file systems do not tell capitals from small letters, cargo
// takes "cargo.toml" and "cargo.lock" too.
bool is_manifest_file(std::string_view base);
bool is_lock_file(std::string_view base);

Manifest read_manifest(const base::Node& root);

// The version when the requirement allows exactly one: "=1.2.3".
std::string_view exact_version(std::string_view requirement);
// Letters, digits, "-" and "_", as crates.io and cargo have them.
bool valid_name(std::string_view name);
model::Package make_package(std::string_view name, std::string_view version);

}  // namespace bulkhead::catalog::cargo
