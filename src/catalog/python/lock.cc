// SPDX-License-Identifier: Apache-2.0
// Locked packages, their graph, and the project file beside them.
//
// FileFacts::strings hold, for a lock file, "lock" and whether its dev flags are known; for a
// project file "project" and then one "<d|-><o|-><name>" for each declared dependency.
#include "catalog/python/lock.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/lock_graph.h"
#include "catalog/python/names.h"
#include "catalog/url.h"

namespace bulkhead::catalog::python {
namespace {

constexpr std::string_view kLock = "lock";
constexpr std::string_view kProject = "project";

bool is_marked(const FileFacts& facts, std::string_view mark) {
  return !facts.strings.empty() && facts.strings.front() == mark;
}

std::string id_of(const model::Package& package) { return package.name + "@" + package.version; }

// Relations, and if asked for dev and optional, from what the project declares and the edges that
// depends_on holds.
void relate(std::vector<model::Package>& packages, const FileFacts& project, bool flags) {
  std::multimap<std::string_view, uint32_t> by_name;
  std::map<std::string, uint32_t> by_id;
  for (uint32_t i = 0; i < packages.size(); ++i) {
    by_name.emplace(packages[i].name, i);
    by_id.emplace(id_of(packages[i]), i);
  }
  LockGraph graph(packages.size());
  for (uint32_t i = 0; i < packages.size(); ++i) {
    for (const std::string& id : packages[i].depends_on) {
      auto found = by_id.find(id);
      if (found != by_id.end()) graph.edge(i, found->second, false);
    }
  }
  for (size_t i = 1; i < project.strings.size(); ++i) {
    std::string_view declared = project.strings[i];
    if (declared.size() < 3) continue;
    auto [first, last] = by_name.equal_range(declared.substr(2));
    for (; first != last; ++first) {
      graph.root(first->second, declared[0] == 'd', declared[1] == 'o');
    }
  }
  graph.apply(packages, flags);
}

}  // namespace

model::Package locked_package(std::string_view name, std::string_view version,
                              const base::SharedText& path, uint32_t line) {
  if (!valid_name(name)) return {};
  model::Package package = make_package(name, version);
  package.origin = model::Origin::kLock;
  package.locations = {{path, line, -1}};
  return package;
}

std::string only_hash(const base::Node& files) {
  if (files.items.size() != 1) return {};
  std::string_view hash = files.items[0]["hash"].string_or("");
  return hash.find(':') == hash.npos ? std::string() : std::string(hash);
}

void set_index(model::Package& package, std::string_view url) {
  bool pypi = url.find("://pypi.org/") != url.npos || url.find("://pypi.python.org/") != url.npos;
  if (!pypi) set_repository_url(package, url);
}

std::string Wanted::normalised(std::string_view name) { return normalise_name(name); }

void Wanted::resolve(std::vector<model::Package>& packages) const {
  // More of one name than this is not a lock file any tool writes; it would square the work.
  constexpr size_t kMaxVersions = 64;
  std::map<std::string_view, std::vector<size_t>> by_name;
  for (size_t i = 0; i < packages.size(); ++i) {
    auto& same = by_name[packages[i].name];
    if (same.size() < kMaxVersions) same.push_back(i);
  }
  for (const Want& want : wanted_) {
    auto found = by_name.find(want.name);
    if (found == by_name.end()) continue;
    for (size_t target : found->second) {
      packages[want.package].depends_on.push_back(id_of(packages[target]));
    }
  }
  for (model::Package& package : packages) tidy_dependencies(package.depends_on);
}

void mark_lock(FileFacts& out, Flags flags) {
  out.strings = {std::string(kLock), flags == Flags::kKnown ? "known" : "unknown"};
}

void mark_project(FileFacts& out, const Project& project) {
  std::set<std::string> entries;
  for (const Declared& declared : project.dependencies) {
    std::string entry = declared.dev ? "d" : "-";
    entry += declared.optional ? 'o' : '-';
    entries.insert(entry + normalise_name(declared.name));
  }
  out.strings = {std::string(kProject)};
  out.strings.insert(out.strings.end(), entries.begin(), entries.end());
}

void read_beside(const File& file, FileFacts& out) {
  // What is wrong with the file is said by the cataloger of projects.
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (root) mark_project(out, read_pyproject(*root));
}

void join_locks(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, const FileFacts*> projects;
  for (const Placed& file : files) {
    if (is_marked(*file.facts, kProject)) {
      projects.emplace(base::dirname(file.facts->path), file.facts);
    }
  }
  for (const Placed& file : files) {
    if (!is_marked(*file.facts, kLock)) continue;
    Catalog own;
    take_packages({&file, 1}, own);
    auto project = projects.find(base::dirname(file.facts->path));
    bool unknown = file.facts->strings.back() == "unknown";
    if (project != projects.end()) relate(own.packages, *project->second, unknown);
    add_packages(std::move(own.packages), out);
  }
}

}  // namespace bulkhead::catalog::python
