// SPDX-License-Identifier: Apache-2.0
// yarn.lock of Yarn 1 and of Yarn 2 and later (berry).
//
// An entry is keyed by descriptors: a name and what was asked for. The package behind it may have
// another name ("old@npm:real@1") and, in berry, may be a patched copy ("patch:real@npm%3A1#...")
// of a registry's package, which counts as that package. Of directories of the project itself those
// that are linked ("workspace:", "link:", "portal:") are none; one that Yarn 1 copies ("file:dir")
// is a package of the project, which its package.json tells of if it is in the tree. Neither format
// says what is direct or for development: the walk starts at the package.json files beside the lock
// file and of its workspaces.
//
// Formats: https://classic.yarnpkg.com/docs/yarn-lock, https://yarnpkg.com/advanced/lexicon
// (locator, descriptor, resolution).
#include <algorithm>
#include <map>

#include "base/counted.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/lock_graph.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"
#include "catalog/npm/yarn.h"

namespace bulkhead::catalog::catalogers::yarn_lock {
namespace {

constexpr std::string_view kLockMark = "yarn-lock";

// From descriptors to packages. Where a "resolutions" field of the project changed what a name
// resolves to, the descriptor that was asked for is not in the file; then the name alone has to do
// if it is unambiguous.
class Index {
 public:
  void add(std::string_view descriptor, uint32_t package) {
    by_descriptor_.emplace(descriptor, package);
    auto parts = npm::split_descriptor(descriptor);
    if (!parts) return;
    auto [found, fresh] = by_name_.emplace(parts->first, package);
    if (!fresh && found->second != package) found->second = kAmbiguous;
  }
  std::optional<uint32_t> find(std::string_view name, std::string_view range) const {
    std::string descriptor = std::string(name).append("@").append(range);
    auto found = by_descriptor_.find(descriptor);
    if (found == by_descriptor_.end()) {
      descriptor = std::string(name).append("@npm:").append(range);
      found = by_descriptor_.find(descriptor);
    }
    if (found != by_descriptor_.end()) return found->second;
    auto only = by_name_.find(name);
    if (only == by_name_.end() || only->second == kAmbiguous) return std::nullopt;
    return only->second;
  }
  bool knows(std::string_view name) const { return by_name_.contains(name); }

 private:
  static constexpr uint32_t kAmbiguous = UINT32_MAX;
  std::map<std::string, uint32_t, std::less<>> by_descriptor_;
  std::map<std::string, uint32_t, std::less<>> by_name_;
};

// The package of a classic entry; nullopt when it is a link to a directory.
std::optional<model::Package> classic_package(const npm::YarnEntry& entry) {
  // A dependency on "" stands there without a range.
  std::string_view descriptor = entry.descriptors.front();
  auto parts = npm::split_descriptor(descriptor);
  auto [name, range] = parts ? *parts : std::pair(descriptor, std::string_view());
  if (auto alias = npm::split_alias(range)) std::tie(name, range) = *alias;
  npm::SourceKind kind = npm::source_kind(range);
  bool local = kind == npm::SourceKind::kLocal;
  if ((local && !range.starts_with("file:")) || !npm::valid_name(name)) return std::nullopt;
  model::Package package = npm::make_package(name, entry.version);
  if (local) package.relation = model::Relation::kRoot;
  if (kind == npm::SourceKind::kRegistry) kind = npm::source_kind(entry.resolved);
  npm::set_source(package, kind, entry.resolved.empty() ? range : entry.resolved);
  package.digest = npm::digest_of_integrity(entry.integrity);
  if (package.digest.empty()) {  // older files have a SHA-1 behind the URL
    auto hash = base::cut_last(entry.resolved, "#");
    bool sha1 = hash && hash->second.size() == 40 && base::from_hex(hash->second) &&
                kind == npm::SourceKind::kRegistry;
    if (sha1) package.digest = "sha1:" + base::lower(hash->second);
  }
  return package;
}

std::optional<model::Package> berry_package(const npm::YarnEntry& entry) {
  std::string_view locator = entry.resolved.empty() ? entry.descriptors.front() : entry.resolved;
  auto parts = npm::split_descriptor(locator);
  if (!parts || !npm::valid_name(parts->first)) return std::nullopt;
  auto [name, reference] = *parts;
  npm::SourceKind kind = npm::source_kind(reference);
  if (kind == npm::SourceKind::kLocal) return std::nullopt;
  model::Package package = npm::make_package(name, entry.version);
  npm::set_source(package, kind, reference.substr(0, reference.find("::")));
  return package;
}

// One line for the edges of a package, for join(): "3 17? 20", '?' marks an optional one.
std::string connect(const npm::YarnEntry& entry, const Index& index, FileFacts& out,
                    model::Package* from) {
  std::string edges;
  for (const npm::YarnDependency& dependency : entry.dependencies) {
    auto to = index.find(dependency.name, dependency.range);
    if (!to) continue;
    edges.append(edges.empty() ? "" : " ").append(std::to_string(*to));
    if (dependency.optional) edges += '?';
    if (from != nullptr) from->depends_on.push_back(npm::display_id(out.packages[*to]));
  }
  if (from != nullptr) tidy_dependencies(from->depends_on);
  return edges;
}

Want wants(const FileInfo& file) {
  if (file.base != "yarn.lock" && !npm::tells_of_project(file)) return Want::kNone;
  return npm::has_segment(file.path, "node_modules") ? Want::kNone : Want::kWhole;
}

// strings: the mark, for each package its descriptors (one a line) and its edges, and at the end
// what the workspaces of a berry file ask for.
void read_lock(const File& file, const npm::YarnLock& lock, FileFacts& out,
               base::Diagnostics& diagnostics) {
  std::vector<const npm::YarnEntry*> owners;
  std::vector<const npm::YarnEntry*> workspaces;
  std::vector<std::string> descriptors;
  std::map<std::string, uint32_t> berry_ids;  // a patched copy joins the package that it patches
  Index index;
  for (const npm::YarnEntry& entry : lock.entries) {
    if (entry.descriptors.empty()) continue;
    auto package = lock.berry ? berry_package(entry) : classic_package(entry);
    if (!package) {
      workspaces.push_back(&entry);
      continue;
    }
    auto at = static_cast<uint32_t>(owners.size());
    if (lock.berry && package->qualifiers.empty()) {
      at = berry_ids.emplace(npm::display_id(*package), at).first->second;
    }
    bool more = at == owners.size();
    if (more && is_full(file, at, kMaxPackagesOfModules, diagnostics)) break;
    std::string names = base::join(entry.descriptors, "\n");
    for (const std::string& descriptor : entry.descriptors) index.add(descriptor, at);
    if (!more) {
      descriptors[at].append("\n").append(names);
      continue;
    }
    package->origin = model::Origin::kLock;
    package->locations = {{out.path, entry.line, -1}};
    out.packages.push_back(*std::move(package));
    owners.push_back(&entry);
    descriptors.push_back(std::move(names));
  }
  out.strings.emplace_back(kLockMark);
  for (size_t i = 0; i < owners.size(); ++i) {
    out.strings.push_back(std::move(descriptors[i]));
    out.strings.push_back(connect(*owners[i], index, out, &out.packages[i]));
  }
  std::string direct;
  for (const npm::YarnEntry* workspace : workspaces) {
    if (!lock.berry) continue;
    direct.append(" ").append(connect(*workspace, index, out, nullptr));
  }
  out.strings.push_back(std::move(direct));
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (npm::tells_of_project(file.info)) {
    npm::read_project(file, out, diagnostics);
    return;
  }
  auto lock = npm::parse_yarn_lock(base::as_text(file.bytes));
  if (!lock) {
    lock_not_read(file, lock.error().message(), diagnostics);
    return;
  }
  if (!lock->bad_lines.empty()) {
    diagnostics.skipped("bad-lockfile", file.info.path,
                        "line " + std::to_string(lock->bad_lines.front()) +
                            " is not of yarn's format; skipped " +
                            base::counted(lock->bad_lines.size(), "such line"));
  }
  read_lock(file, *lock, out, diagnostics);
}

// Calls f(package, optional) for every edge in a line of edges.
template <typename F>
void each_edge(std::string_view edges, size_t packages, F&& f) {
  for (std::string_view edge : base::split(edges, ' ')) {
    bool optional = edge.ends_with('?');
    if (optional) edge.remove_suffix(1);
    auto to = base::to_number<uint32_t>(edge);
    if (to && *to < packages) f(*to, optional);
  }
}

void relate(const FileFacts& facts, npm::Projects& projects, std::vector<model::Package>& packages,
            Catalog& out) {
  size_t count = packages.size();
  LockGraph graph(count);
  Index index;
  for (uint32_t i = 0; i < count; ++i) {
    for (std::string_view descriptor : base::split(facts.strings[1 + 2 * i], '\n')) {
      index.add(descriptor, i);
    }
    each_edge(facts.strings[2 + 2 * i], count,
              [&](uint32_t to, bool optional) { graph.edge(i, to, optional); });
  }
  auto locked = projects.locked_by(base::dirname(facts.path));
  for (const npm::Project* project : locked) {
    std::vector<const npm::Request*> wishes;  // what an outdated lock file does not know
    for (const npm::Request& request : project->requests) {
      const model::Package& wish = *request.package;
      if (auto to = index.find(request.key, request.written)) {
        graph.root(*to, wish.dev, wish.optional);
      } else if (!index.knows(request.key) && projects.is_wish(request)) {
        wishes.push_back(&request);
      }
    }
    npm::take_requests(*project, wishes, out.packages);
  }
  bool known = !locked.empty();
  if (!known) {
    each_edge(facts.strings.back(), count, [&](uint32_t to, bool optional) {
      known = true;
      graph.root(to, false, optional);
    });
  }
  if (known) graph.apply(packages, !locked.empty());
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  npm::Projects projects(files);
  for (const Placed& placed : files) {
    const FileFacts& facts = *placed.facts;
    if (facts.strings.size() != 2 * facts.packages.size() + 2 || facts.strings[0] != kLockMark) {
      continue;
    }
    std::vector<model::Package> packages = std::move(placed.facts->packages);
    relate(facts, projects, packages, out);
    npm::drop_told(projects, packages);
    for (model::Package& package : packages) locate(placed, package);
    add_packages(std::move(packages), out);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "yarn_lock",
    .summary = "yarn.lock of Yarn 1 and of Yarn 2 and later",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::yarn_lock
