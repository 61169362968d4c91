// SPDX-License-Identifier: Apache-2.0
// Cargo.lock, versions 1 to 4 (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html;
// the format is that of cargo's own encoder). Every crate of the graph is a [[package]]; those
// without a source are the workspace's own. A dependency is named "name", "name version" or "name
// version (source)", as long as it takes to be unambiguous. Version 1 keeps checksums in
// [metadata], and its first files a [root] package apart.
//
// The lock file does not tell development dependencies apart. The manifests of the workspace do:
// they are read too, and a crate that only [dev-dependencies] of the workspace's own crates reach
// is dev.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "catalog/cargo/manifest.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/lock_graph.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::cargo_lock {
namespace {

using base::Node;
using model::Package;
using model::Relation;

constexpr std::string_view kLock = "lock";
constexpr std::string_view kManifest = "manifest ";

Want wants(const FileInfo& file) {
  bool wanted = cargo::is_lock_file(file.base) || cargo::is_manifest_file(file.base);
  return wanted ? Want::kWhole : Want::kNone;
}

// A manifest is "manifest <crate>" and then the crates that only its [dev-dependencies] name.
void read_manifest(const File& file, FileFacts& out) {
  // What is wrong with the file is said by the cataloger of manifests.
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (!root) return;
  cargo::Manifest manifest = cargo::read_manifest(*root);
  if (!cargo::valid_name(manifest.package.name)) return;
  std::map<std::string_view, bool> only_dev;
  for (const cargo::Dependency& dependency : manifest.dependencies) {
    auto [at, added] = only_dev.emplace(dependency.name, dependency.dev);
    if (!added) at->second = at->second && dependency.dev;
  }
  out.strings.push_back(std::string(kManifest) + manifest.package.name);
  for (const auto& [name, dev] : only_dev) {
    if (dev) out.strings.emplace_back(name);
  }
}

void set_source(Package& package, std::string_view source) {
  if (source.starts_with("git+")) {
    auto parts = base::cut(source, "#");
    std::string_view url = parts ? parts->first : source;
    set_vcs_url(package, url.substr(0, url.find('?')), parts ? parts->second : "");
    return;
  }
  auto registry = base::cut(source, "+");
  if (!registry) return;
  bool own = registry->second.find("github.com/rust-lang/crates.io-index") != source.npos ||
             registry->second.find("://index.crates.io/") != source.npos;
  if (!own) set_repository_url(package, registry->second);
}

std::string id_of(const Package& package) { return package.name + "@" + package.version; }

class Reader {
 public:
  Reader(const File& file, FileFacts& out) : file_(file), out_(out) {}

  void read(const Node& root, base::Diagnostics& diagnostics) {
    const MemberIndex checksums(root["metadata"]);
    if (root["root"].is_mapping()) add(root["root"], checksums);
    for (const Node& entry : root["package"].items) {
      if (is_full(file_, out_, diagnostics)) break;
      add(entry, checksums);
    }
    for (size_t i = 0; i < entries_.size(); ++i) {
      auto& depends_on = out_.packages[i].depends_on;
      for (const Node& wanted : (*entries_[i])["dependencies"].items) {
        if (auto found = resolve(wanted.text)) depends_on.push_back(id_of(out_.packages[*found]));
      }
      tidy_dependencies(depends_on);
    }
  }

 private:
  void add(const Node& entry, const MemberIndex& checksums) {
    std::string_view name = entry["name"].string_or("");
    std::string_view version = entry["version"].string_or("");
    if (!cargo::valid_name(name) || version.empty()) return;
    Package package = cargo::make_package(name, version);
    package.origin = model::Origin::kLock;
    package.locations = {{out_.path, entry.line, -1}};
    std::string_view source = entry["source"].string_or("");
    if (source.empty()) package.relation = Relation::kRoot;
    set_source(package, source);
    std::string older_key = "checksum " + std::string(name) + " " + std::string(version) + " (" +
                            std::string(source) + ")";
    std::string_view checksum = entry["checksum"].string_or(checksums[older_key].string_or(""));
    if (checksum.size() == 64) package.digest = "sha256:" + std::string(checksum);
    auto& same = by_name_[package.name.str()];
    if (same.size() < kMaxVersions) same.push_back(out_.packages.size());
    entries_.push_back(&entry);
    out_.packages.push_back(std::move(package));
  }

  std::optional<size_t> resolve(std::string_view wanted) const {
    std::vector<std::string_view> words = base::split(wanted, ' ');
    auto same = by_name_.find(words[0]);
    if (same == by_name_.end()) return std::nullopt;
    for (size_t index : same->second) {
      const Node& entry = *entries_[index];
      if (words.size() > 1 && entry["version"].string_or("") != words[1]) continue;
      bool source_differs =
          words.size() > 2 && !same_source(entry["source"].string_or(""), words[2]);
      if (!source_differs) return index;
    }
    return std::nullopt;
  }

  // In a dependency the source of a git crate stands without its commit.
  static bool same_source(std::string_view source, std::string_view wanted) {
    if (wanted.starts_with('(') && wanted.ends_with(')')) {
      wanted = wanted.substr(1, wanted.size() - 2);
    }
    return source.substr(0, source.find('#')) == wanted.substr(0, wanted.find('#'));
  }

  // Of one crate; more would only make resolve() slow.
  static constexpr size_t kMaxVersions = 256;

  const File& file_;
  FileFacts& out_;
  std::vector<const Node*> entries_;  // beside out_.packages
  std::map<std::string, std::vector<size_t>, std::less<>> by_name_;
};

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (cargo::is_manifest_file(file.info.base)) return read_manifest(file, out);
  auto root = open_lock_toml(file, diagnostics);
  if (!root) return;
  out.strings = {std::string(kLock)};
  Reader(file, out).read(*root, diagnostics);
}

// The manifests that a lock file is the nearest one above of, by the crate they describe.
using Manifests = std::map<std::string_view, const FileFacts*>;

bool only_for_dev(const Manifests& manifests, std::string_view crate, std::string_view wanted) {
  auto found = manifests.find(crate);
  if (found == manifests.end()) return false;
  const auto& names = found->second->strings;
  return std::binary_search(names.begin() + 1, names.end(), wanted);
}

void relate(std::vector<Package>& packages, const Manifests& manifests) {
  std::map<std::string, uint32_t> by_id;
  for (uint32_t i = 0; i < packages.size(); ++i) by_id.emplace(id_of(packages[i]), i);
  LockGraph graph(packages.size());
  for (uint32_t i = 0; i < packages.size(); ++i) {
    const Package& from = packages[i];
    for (const std::string& id : from.depends_on) {
      auto found = by_id.find(id);
      if (found == by_id.end()) continue;
      if (from.relation == Relation::kRoot) {
        graph.root(found->second, only_for_dev(manifests, from.name, packages[found->second].name),
                   false);
      } else {
        graph.edge(i, found->second, false);
      }
    }
  }
  graph.apply(packages, true);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, Manifests> workspaces;  // by the directory of the lock file
  for (const Placed& file : files) {
    if (file.facts->strings.front() == kLock) workspaces[base::dirname(file.facts->path)];
  }
  for (const Placed& file : files) {
    std::string_view mark = file.facts->strings.front();
    if (!mark.starts_with(kManifest)) continue;
    std::string_view directory = base::dirname(file.facts->path);
    auto lock = workspaces.find(directory);
    while (lock == workspaces.end() && !directory.empty()) {
      directory = base::dirname(directory);
      lock = workspaces.find(directory);
    }
    if (lock != workspaces.end()) {
      lock->second.emplace(mark.substr(kManifest.size()), file.facts);
    }
  }
  for (const Placed& file : files) {
    if (file.facts->strings.front() != kLock) continue;
    Catalog own;
    take_packages({&file, 1}, own);
    relate(own.packages, workspaces[base::dirname(file.facts->path)]);
    add_packages(std::move(own.packages), out);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "cargo_lock",
    .summary = "Cargo.lock of Rust, versions 1 to 4",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::cargo_lock
