// SPDX-License-Identifier: Apache-2.0
// pnpm-lock.yaml, lockfileVersion 5.x (pnpm 3 to 7), 6.x (pnpm 8) and 9.x (pnpm 9 and later), after
// pnpm's own description (https://github.com/pnpm/spec, folder lockfile) and files written by each.
//
// Keys of "packages" are dependency paths, which changed their shape with the version:
//
//   5   /name/1.0.0          /name/1.0.0_react@17.0.2     (peers behind '_', before 5.2 behind '/')
//   6   /name@1.0.0          /name@1.0.0(react@17.0.2)
//   9   name@1.0.0           "snapshots" has the peers: name@1.0.0(react@17.0.2)
//
// and "registry.example.com/name/1.0.0", "github.com/user/repo/<commit>", "file:x.tgz" for what is
// not from the default registry; such entries carry name and version themselves. The shape is told
// from the key, not from lockfileVersion. "importers" (or, without a workspace, the document
// itself) say what the projects ask for, so direct, development and optional follow by walking from
// there.
#include <map>

#include "base/counted.h"
#include "base/node.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/lock_graph.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers::pnpm_lock {
namespace {

using base::Node;

constexpr std::string_view kLockMark = "pnpm-lock";

struct DependencyPath {
  std::string_view name;
  std::string_view version;  // "" when the path does not hold one
};

// "name/1.0.0_peers" or "@scope/name/1.0.0/peers".
DependencyPath split_old_path(std::string_view path) {
  size_t slash = path.find('/');
  if (path.starts_with('@') && slash != path.npos) slash = path.find('/', slash + 1);
  if (slash == path.npos) return {};
  std::string_view version = path.substr(slash + 1);
  version = version.substr(0, version.find_first_of("/_"));
  return {path.substr(0, slash), version};
}

DependencyPath split_path(std::string_view path) {
  path = path.substr(0, path.find('('));  // peers and patch hashes of 6 and 9
  bool absolute = path.starts_with('/');
  if (absolute) path.remove_prefix(1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto parts = npm::split_descriptor(path);
    if (parts && npm::valid_name(parts->first)) return {parts->first, parts->second};
    DependencyPath old = split_old_path(path);
    if (npm::valid_name(old.name) && npm::clean_version(old.version)) return old;
    // Once more without a registry's host in front.
    size_t slash = path.find('/');
    if (absolute || slash == path.npos) break;
    path.remove_prefix(slash + 1);
  }
  return {};
}

class Reader {
 public:
  Reader(const File& file, FileFacts& out, base::Diagnostics& diagnostics)
      : out_(out), limit_(file, diagnostics) {}

  void read(const Node& document);
  size_t skipped() const { return skipped_; }

 private:
  // A package with its peers: a vertex of the graph.
  struct Vertex {
    std::string_view key;
    const Node* dependencies = nullptr;  // the entry that lists them
  };
  void add(std::string_view key, const Node& info, const Node& dependencies);
  std::optional<model::Package> package_of(std::string_view key, const Node& info);
  std::optional<uint32_t> resolve(std::string_view name, std::string_view reference) const;
  void connect(LockGraph& graph);
  void ask(LockGraph& graph, const Node& importer);

  FileFacts& out_;
  ModulesLimit limit_;
  std::vector<Vertex> vertices_;
  std::vector<model::Package> packages_;  // parallel; a directory without a name has no type
  std::map<std::string_view, uint32_t, std::less<>> by_key_;
  size_t skipped_ = 0;
};

void Reader::read(const Node& document) {
  const Node& packages = document["packages"];
  const Node& snapshots = document["snapshots"];
  if (snapshots.is_mapping()) {
    std::map<std::string_view, const Node*> infos;
    for (const auto& [key, info] : packages.members) infos.emplace(key, &info);
    for (const auto& [key, snapshot] : snapshots.members) {
      auto info = infos.find(std::string_view(key).substr(0, key.find('(')));
      add(key, info == infos.end() ? snapshot : *info->second, snapshot);
    }
  } else {
    for (const auto& [key, info] : packages.members) add(key, info, info);
  }
  LockGraph graph(vertices_.size());
  connect(graph);
  if (document["importers"].is_mapping()) {
    for (const auto& [directory, importer] : document["importers"].members) ask(graph, importer);
  } else {
    ask(graph, document);
  }
  graph.apply(packages_, true);
  for (model::Package& package : packages_) {
    if (!package.type.empty()) out_.packages.push_back(std::move(package));
  }
}

void Reader::add(std::string_view key, const Node& info, const Node& dependencies) {
  if (limit_.reached(out_.packages.size() + packages_.size())) return;
  auto package = package_of(key, info);
  if (!package) return;
  auto [found, fresh] = by_key_.emplace(key, static_cast<uint32_t>(vertices_.size()));
  if (!fresh) return;
  vertices_.push_back({key, &dependencies});
  packages_.push_back(*std::move(package));
}

// nullopt when the key cannot be read. A directory that is copied in ("file:dir") is a package of
// the project itself; one without a name only passes on what it asks for.
std::optional<model::Package> Reader::package_of(std::string_view key, const Node& info) {
  const Node& resolution = info["resolution"];
  DependencyPath path = split_path(key);
  std::string_view name = info["name"].string_or(path.name);
  std::string_view version = info["version"].string_or(path.version);
  bool directory = resolution["type"].string_or("") == "directory";
  if (directory && !npm::valid_name(name)) return model::Package();
  if (!npm::valid_name(name)) {
    ++skipped_;
    return std::nullopt;
  }
  std::string_view tarball = resolution["tarball"].string_or("");
  npm::SourceKind kind = npm::source_kind(tarball);
  std::string source(tarball);
  if (resolution["type"].string_or("") == "git") {
    kind = npm::SourceKind::kGit;
    source = resolution["repo"].string_or("");
    source.append("#").append(resolution["commit"].string_or(""));
  }
  // What stands behind '@' may be a URL or file; a version of its own is then in the archive's
  // name.
  if (!npm::clean_version(version)) version = npm::version_of_archive(tarball, name);
  model::Package package = npm::make_package(name, version);
  if (directory) package.relation = model::Relation::kRoot;
  npm::set_source(package, kind, source);
  package.origin = model::Origin::kLock;
  package.digest = npm::digest_of_integrity(resolution["integrity"].string_or(""));
  // The key of a block mapping stands on the line before its first member.
  package.locations = {{out_.path, info.members.empty() ? info.line : info.line - 1, -1}};
  return package;
}

std::optional<uint32_t> Reader::resolve(std::string_view name, std::string_view reference) const {
  std::string with_slash = std::string("/").append(name).append("/").append(reference);
  std::string with_at = std::string("/").append(name).append("@").append(reference);
  std::string_view bare = std::string_view(with_at).substr(1);
  for (std::string_view key :
       {bare, std::string_view(with_at), std::string_view(with_slash), reference}) {
    auto found = by_key_.find(key);
    if (found != by_key_.end()) return found->second;
  }
  return std::nullopt;
}

void Reader::connect(LockGraph& graph) {
  for (uint32_t from = 0; from < vertices_.size(); ++from) {
    for (const char* section : {"dependencies", "optionalDependencies"}) {
      bool optional = section == std::string_view("optionalDependencies");
      for (const auto& [name, reference] : (*vertices_[from].dependencies)[section].members) {
        auto to = resolve(name, reference.string_or(""));
        if (!to) continue;
        graph.edge(from, *to, optional);
        if (!packages_[*to].type.empty()) {
          packages_[from].depends_on.push_back(npm::display_id(packages_[*to]));
        }
      }
    }
    tidy_dependencies(packages_[from].depends_on);
  }
}

void Reader::ask(LockGraph& graph, const Node& importer) {
  for (const char* section : {"dependencies", "devDependencies", "optionalDependencies"}) {
    bool dev = section == std::string_view("devDependencies");
    bool optional = section == std::string_view("optionalDependencies");
    for (const auto& [name, value] : importer[section].members) {
      std::string_view reference =
          value.is_mapping() ? value["version"].string_or("") : value.string_or("");
      if (auto to = resolve(name, reference)) graph.root(*to, dev, optional);
    }
  }
}

Want wants(const FileInfo& file) {
  // Before pnpm 3 the file had another name.
  bool lock = file.base == "pnpm-lock.yaml" || file.base == "shrinkwrap.yaml";
  if (!lock && !npm::tells_of_project(file)) return Want::kNone;
  return npm::has_segment(file.path, "node_modules") ? Want::kNone : Want::kWhole;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (npm::tells_of_project(file.info)) {
    base::Diagnostics told;  // what is wrong with it the cataloger of manifests says
    npm::read_project(file, out, told);
    return;
  }
  out.strings.emplace_back(kLockMark);
  // pnpm 10 and later may put a second document, for its own tools, in front.
  auto documents = base::parse_yaml_stream(base::as_text(file.bytes), base::Limits());
  if (!documents) {
    lock_not_read(file, documents.error().message(), diagnostics);
    return;
  }
  size_t skipped = 0;
  for (const Node& document : *documents) {
    Reader reader(file, out, diagnostics);
    reader.read(document);
    skipped += reader.skipped();
  }
  if (skipped > 0) {
    diagnostics.skipped("bad-lockfile", file.info.path,
                        "skipped " + base::counted(skipped, "entry") + " without a name");
  }
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  npm::Projects projects(files);
  for (const Placed& placed : files) {
    const FileFacts& facts = *placed.facts;
    if (facts.strings.empty() || facts.strings[0] != kLockMark) continue;
    std::vector<model::Package> packages = std::move(placed.facts->packages);
    npm::drop_told(projects, packages);
    for (model::Package& package : packages) locate(placed, package);
    add_packages(std::move(packages), out);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "pnpm_lock",
    .summary = "pnpm-lock.yaml of pnpm 3 and later",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::pnpm_lock
