// SPDX-License-Identifier: Apache-2.0
// npm's lock files: package-lock.json and npm-shrinkwrap.json of lockfileVersion 1, 2 and 3
// (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), and the older npm-shrinkwrap.json
// without a version, which has the shape of 1.
//
// Version 1 nests "dependencies" the way node_modules nests; from 2 on "packages" is flat and its
// keys are the paths in node_modules. Version 1 is turned into such paths, so that one resolver
// serves both: a name is looked for in node_modules beside the asking package, then in every
// directory above, as Node.js does. Version 2 holds both shapes; "packages" is the one npm itself
// believes.
//
// Version 1 does not say what the project asks for; that comes from the package.json beside it.
#include <algorithm>
#include <map>

#include "base/counted.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/json_lines.h"
#include "catalog/lock_graph.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers::npm_lock {
namespace {

using base::json::Value;
using model::Relation;

constexpr std::string_view kModules = "node_modules/";
constexpr std::string_view kLockMark = "npm-lock";
constexpr size_t kMaxKeyBytes = 1024;
constexpr int kMaxAncestors = 64;

// A place in the tree that the lock file describes.
struct Entry {
  std::string key;        // "", "node_modules/a/node_modules/b", "packages/tool"
  int64_t package = -1;   // index into FileFacts::packages
  std::string_view link;  // the key that a symbolic link stands for
  Value value;
};

class Reader {
 public:
  Reader(const File& file, FileFacts& out, base::Diagnostics& diagnostics)
      : out_(out), limit_(file, diagnostics), lines_(base::as_text(file.bytes)) {}

  void read(Value lock);
  size_t skipped() const { return skipped_; }

 private:
  void read_flat(Value packages);
  void read_nested(Value dependencies, const std::string& above, bool top);
  void add(Entry entry, std::string_view name, model::Package package);
  model::Package flat_package(const Entry& entry, std::string_view name);
  model::Package nested_package(std::string_view name, Value value);
  void fill(model::Package& package, Value value, std::string_view source);
  const Entry* at(std::string_view key) const;
  const Entry* resolve(std::string_view from, std::string_view name) const;
  void connect(Value lock);
  void connect_one(const Entry& entry, Value names, bool direct);

  FileFacts& out_;
  ModulesLimit limit_;
  LineFinder lines_;
  std::vector<Entry> entries_;
  size_t skipped_ = 0;
};

// "@scope/name" or "name" from the end of a path.
std::string_view name_of_path(std::string_view path) {
  size_t modules = path.rfind(kModules);
  if (modules != path.npos) return path.substr(modules + kModules.size());
  std::string_view last = base::basename(path);
  std::string_view above = base::basename(base::dirname(path));
  if (!above.starts_with('@')) return last;
  return path.substr(path.size() - above.size() - 1 - last.size());
}

void Reader::read(Value lock) {
  out_.strings.emplace_back(kLockMark);
  if (lock["packages"].is_object()) {
    read_flat(lock["packages"]);
  } else {
    std::string_view name = lock["name"].string_or("");
    if (npm::valid_name(name)) {
      Entry root;
      model::Package package = npm::make_package(name, lock["version"].string_or(""));
      package.relation = Relation::kRoot;
      package.locations = {{out_.path, 0, -1}};
      add(std::move(root), name, std::move(package));
    }
    read_nested(lock["dependencies"], "", true);
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.key < b.key; });
  connect(lock);
}

void Reader::add(Entry entry, std::string_view name, model::Package package) {
  if (!npm::valid_name(name)) {
    ++skipped_;
    return;
  }
  if (limit_.reached(out_.packages.size())) return;
  package.origin = model::Origin::kLock;
  entry.package = static_cast<int64_t>(out_.packages.size());
  out_.packages.push_back(std::move(package));
  out_.strings.push_back(entry.key);
  entries_.push_back(std::move(entry));
}

void Reader::fill(model::Package& package, Value value, std::string_view source) {
  npm::set_source(package, npm::source_kind(source), source);
  package.digest = npm::digest_of_integrity(value["integrity"].string_or(""));
  package.licences = npm::licences_of(value);
  package.dev = value["dev"].boolean().value_or(false);
  package.optional =
      value["optional"].boolean().value_or(false) || value["devOptional"].boolean().value_or(false);
}

model::Package Reader::flat_package(const Entry& entry, std::string_view name) {
  Value value = entry.value;
  std::string_view resolved = value["resolved"].string_or("");
  std::string_view version = value["version"].string_or("");
  if (version.empty()) version = npm::version_of_archive(resolved, name);
  model::Package package = npm::make_package(name, version);
  // A directory of the project itself, unless the lock file says that it was fetched.
  bool own = entry.key.empty() || (!npm::has_segment(entry.key, "node_modules") &&
                                   value["resolved"].missing() && value["integrity"].missing());
  if (own) package.relation = Relation::kRoot;
  fill(package, value, resolved);
  uint32_t line = entry.key.empty() ? 0 : lines_.find(entry.key, true);
  package.locations = {{out_.path, line, -1}};
  return package;
}

void Reader::read_flat(Value packages) {
  packages.each_member([&](std::string_view key, Value value) {
    if (key.size() > kMaxKeyBytes || !value.is_object()) {
      ++skipped_;
      return;
    }
    Entry entry;
    entry.key = key;
    entry.value = value;
    if (value["link"].boolean().value_or(false)) {
      entry.link = value["resolved"].string_or("");
      if (!entry.link.empty()) entries_.push_back(std::move(entry));
      return;
    }
    std::string_view name = value["name"].string_or(name_of_path(key));
    if (key.empty() && name.empty()) {  // a project without a name still asks for packages
      entries_.push_back(std::move(entry));
      return;
    }
    model::Package package = flat_package(entry, name);
    add(std::move(entry), name, std::move(package));
  });
}

// In version 1 the version says where a package that is not from a registry comes from.
model::Package Reader::nested_package(std::string_view name, Value value) {
  std::string_view version = value["version"].string_or("");
  std::string_view resolved = value["resolved"].string_or("");
  std::string_view source = resolved;
  if (auto alias = npm::split_alias(version)) {
    std::tie(name, version) = *alias;
  } else if (!npm::clean_version(version)) {
    source = version.empty() ? resolved : version;
    version = npm::version_of_archive(source, name);
  }
  model::Package package = npm::make_package(name, version);
  fill(package, value, source);
  return package;
}

void Reader::read_nested(Value dependencies, const std::string& above, bool top) {
  dependencies.each_member([&](std::string_view key, Value value) {
    if (!npm::valid_name(key) || !value.is_object()) {
      ++skipped_;
      return;
    }
    uint32_t line = lines_.find(key, true);
    Entry entry;
    entry.key = above + (top ? "" : "/") + std::string(kModules).append(key);
    entry.value = value;
    std::string path = entry.key;
    model::Package package = nested_package(key, value);
    package.locations = {{out_.path, line, -1}};
    // A directory of the project; this version of the format does not say its version.
    bool own = npm::source_kind(value["version"].string_or("")) == npm::SourceKind::kLocal;
    if (own) package.relation = Relation::kRoot;
    add(std::move(entry), key, std::move(package));
    if (path.size() <= kMaxKeyBytes) read_nested(value["dependencies"], path, false);
  });
}

const Entry* Reader::at(std::string_view key) const {
  auto found = std::lower_bound(entries_.begin(), entries_.end(), key,
                                [](const Entry& e, std::string_view k) { return e.key < k; });
  return found != entries_.end() && found->key == key ? &*found : nullptr;
}

const Entry* Reader::resolve(std::string_view from, std::string_view name) const {
  std::string candidate;
  for (int step = 0; step < kMaxAncestors; ++step) {
    candidate.assign(from).append(from.empty() ? "" : "/").append(kModules).append(name);
    if (const Entry* found = at(candidate)) {
      if (found->link.empty()) return found;
      return at(found->link);  // one step: a link never leads to a link
    }
    if (from.empty()) return nullptr;
    do {
      from = base::dirname(from);
    } while (base::basename(from) == "node_modules");
  }
  return nullptr;
}

void Reader::connect_one(const Entry& entry, Value names, bool direct) {
  names.each_member([&](std::string_view name, Value) {
    const Entry* to = resolve(entry.key, name);
    if (to == nullptr || to->package < 0) return;
    model::Package& target = out_.packages[static_cast<size_t>(to->package)];
    if (direct && target.relation != Relation::kRoot) target.relation = Relation::kDirect;
    if (entry.package < 0 || entry.package == to->package) return;
    out_.packages[static_cast<size_t>(entry.package)].depends_on.push_back(npm::display_id(target));
  });
}

void Reader::connect(Value lock) {
  bool flat = lock["packages"].is_object();
  for (const Entry& entry : entries_) {
    bool own = entry.key.empty() ||
               (entry.package >= 0 &&
                out_.packages[static_cast<size_t>(entry.package)].relation == Relation::kRoot);
    for (const char* section : {"requires", "dependencies", "optionalDependencies",
                                "peerDependencies", "devDependencies"}) {
      // Version 1 lists under "dependencies" what is nested, not what is asked for.
      if (flat ? section == std::string_view("requires")
               : section != std::string_view("requires")) {
        continue;
      }
      connect_one(entry, entry.value[section], own && flat);
    }
  }
  for (model::Package& package : out_.packages) {
    tidy_dependencies(package.depends_on);
    if (flat && package.relation == Relation::kUnknown) package.relation = Relation::kIndirect;
  }
}

Want wants(const FileInfo& file) {
  if (file.base != "package-lock.json" && file.base != "npm-shrinkwrap.json" &&
      !npm::tells_of_project(file)) {
    return Want::kNone;
  }
  // What published packages carry in node_modules is not what was installed.
  return npm::has_segment(file.path, "node_modules") ? Want::kNone : Want::kWhole;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (npm::tells_of_project(file.info)) {
    npm::read_project(file, out, diagnostics);
    return;
  }
  auto lock = open_lock_json(file, diagnostics);
  if (!lock) return;
  out.path = file.info.path;
  Reader reader(file, out, diagnostics);
  reader.read(lock->root());
  if (reader.skipped() > 0) {
    diagnostics.skipped(
        "bad-lockfile", file.info.path,
        "skipped " + base::counted(reader.skipped(), "entry") + " without a valid name");
  }
}

// Goes through what the projects of a lock file ask for. A version 1 lock file learns from it what
// is direct; what no lock file knows (it is out of date) is a wish still.
void compare_with_projects(const FileFacts& facts, npm::Projects& projects,
                           std::vector<model::Package>& packages, Catalog& out) {
  bool related = std::any_of(packages.begin(), packages.end(), [](const model::Package& package) {
    return package.relation == Relation::kDirect || package.relation == Relation::kIndirect;
  });
  std::string_view directory = base::dirname(facts.path);
  auto locked = projects.locked_by(directory);
  if (locked.empty()) return;
  std::map<std::string_view, size_t> by_key;
  for (size_t i = 0; i < packages.size(); ++i) by_key.emplace(facts.strings[i + 1], i);
  for (const npm::Project* project : locked) {
    std::string_view below = project->directory.substr(directory.size());
    if (below.starts_with('/')) below.remove_prefix(1);
    std::vector<const npm::Request*> wishes;
    for (const npm::Request& request : project->requests) {
      std::string key = std::string(kModules).append(request.key);
      auto found = by_key.end();
      if (!below.empty()) found = by_key.find(std::string(below) + "/" + key);
      if (found == by_key.end()) found = by_key.find(key);
      if (found == by_key.end()) {
        if (projects.is_wish(request)) wishes.push_back(&request);
      } else if (!related && packages[found->second].relation != Relation::kRoot) {
        packages[found->second].relation = Relation::kDirect;
      }
    }
    npm::take_requests(*project, wishes, out.packages);
  }
  for (model::Package& package : packages) {
    if (package.relation == Relation::kUnknown) package.relation = Relation::kIndirect;
  }
}

// Whether a package of the project itself has a package.json in the tree. Version 1 has directories
// under the name they are asked for by and not where they are, so there the name decides.
bool is_told(const npm::Projects& projects, std::string_view directory, std::string_view key,
             const model::Package& package) {
  return key.starts_with(kModules) ? projects.is_own(package) : projects.has(directory, key);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  npm::Projects projects(files);
  std::vector<std::string_view> shrinkwrapped;
  for (const Placed& placed : files) {
    if (base::basename(placed.facts->path) == "npm-shrinkwrap.json") {
      shrinkwrapped.push_back(base::dirname(placed.facts->path));
    }
  }
  std::sort(shrinkwrapped.begin(), shrinkwrapped.end());
  for (const Placed& placed : files) {
    const FileFacts& facts = *placed.facts;
    if (facts.strings.size() != facts.packages.size() + 1 || facts.strings[0] != kLockMark) {
      continue;
    }
    // npm ignores a package-lock.json beside an npm-shrinkwrap.json.
    std::string_view directory = base::dirname(facts.path);
    if (base::basename(facts.path) == "package-lock.json" &&
        std::binary_search(shrinkwrapped.begin(), shrinkwrapped.end(), directory)) {
      continue;
    }
    std::vector<model::Package> packages = std::move(placed.facts->packages);
    compare_with_projects(facts, projects, packages, out);
    for (size_t i = 0; i < packages.size(); ++i) {
      // A project with a package.json of its own is told of by that one.
      bool own = packages[i].relation == Relation::kRoot;
      if (own && is_told(projects, directory, facts.strings[i + 1], packages[i])) continue;
      for (model::Location& location : packages[i].locations) location.layer = placed.layer;
      out.packages.push_back(std::move(packages[i]));
    }
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "npm_lock",
    .summary = "package-lock.json and npm-shrinkwrap.json of npm",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::npm_lock
