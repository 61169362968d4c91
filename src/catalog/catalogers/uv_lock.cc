// SPDX-License-Identifier: Apache-2.0
// uv.lock (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile): every package with
// its source and its dependencies by name, and by version where a name has several. The projects of
// the workspace are packages too (source = editable or virtual); what they list is asked for
// directly.
#include <map>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/lock_graph.h"
#include "catalog/python/lock.h"
#include "catalog/python/names.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::uv_lock {
namespace {

using base::Node;
using model::Relation;

Want wants(const FileInfo& file) { return file.base == "uv.lock" ? Want::kWhole : Want::kNone; }

bool is_member(const Node& source) {
  return !source["virtual"].missing() || !source["editable"].missing();
}

void set_source(model::Package& package, const Node& source) {
  // "https://host/repository?rev=v1#commit"
  if (std::string_view git = source["git"].string_or(""); !git.empty()) {
    auto parts = base::cut(git, "#");
    std::string_view url = parts ? parts->first : git;
    set_vcs_url(package, url.substr(0, url.find('?')), parts ? parts->second : "");
  }
  set_download_url(package, source["url"].string_or(""));
  std::string_view registry = source["registry"].string_or("");
  if (registry.find("://") != registry.npos) python::set_index(package, registry);
}

std::string digest_of(const Node& entry) {
  const Node& wheels = entry["wheels"];
  if (wheels.items.size() + (entry["sdist"].missing() ? 0 : 1) != 1) return {};
  const Node& file = wheels.items.empty() ? entry["sdist"] : wheels.items[0];
  std::string_view hash = file["hash"].string_or("");
  return hash.starts_with("sha") ? std::string(hash) : std::string();
}

// The packages of one lock file and the ways between them.
class Reader {
 public:
  Reader(const File& file, FileFacts& out) : file_(file), out_(out) {}

  void read(const Node& root, base::Diagnostics& diagnostics) {
    for (const Node& entry : root["package"].items) {
      if (is_full(file_, out_, diagnostics)) break;
      add(entry);
    }
    LockGraph graph(out_.packages.size());
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Node& entry = *entries_[i];
      auto from = static_cast<uint32_t>(i);
      connect(graph, from, entry["dependencies"], false, false);
      for (const auto& [extra, list] : entry["optional-dependencies"].members) {
        connect(graph, from, list, false, true);
      }
      // The older spelling is one list, the newer one a table of groups.
      for (const auto& [group, list] : entry["dev-dependencies"].members) {
        connect(graph, from, list, true, false);
      }
      connect(graph, from, entry["dev-dependencies"], true, false);
      tidy_dependencies(out_.packages[i].depends_on);
    }
    graph.apply(out_.packages, true);
  }

 private:
  void add(const Node& entry) {
    model::Package package = python::locked_package(
        entry["name"].string_or(""), entry["version"].string_or(""), out_.path, entry.line);
    if (package.type.empty()) return;
    if (is_member(entry["source"])) package.relation = Relation::kRoot;
    package.digest = digest_of(entry);
    set_source(package, entry["source"]);
    auto& same = by_name_[package.name.str()];
    if (same.size() < kMaxVersions) same.push_back(static_cast<uint32_t>(out_.packages.size()));
    entries_.push_back(&entry);
    out_.packages.push_back(std::move(package));
  }

  void connect(LockGraph& graph, uint32_t from, const Node& list, bool dev, bool optional) {
    bool root = out_.packages[from].relation == Relation::kRoot;
    for (const Node& wanted : list.items) {
      auto found = by_name_.find(python::normalise_name(wanted["name"].string_or("")));
      if (found == by_name_.end()) continue;
      std::string_view version = wanted["version"].string_or("");
      for (uint32_t to : found->second) {
        const model::Package& target = out_.packages[to];
        if (!version.empty() && target.version != version) continue;
        if (root) {
          graph.root(to, dev, optional);
        } else {
          graph.edge(from, to, false);
        }
        out_.packages[from].depends_on.push_back(target.name + "@" + target.version);
      }
    }
  }

  // uv locks a few versions of a name for different platforms, never this many.
  static constexpr size_t kMaxVersions = 64;

  const File& file_;
  FileFacts& out_;
  std::vector<const Node*> entries_;  // beside out_.packages
  std::map<std::string, std::vector<uint32_t>, std::less<>> by_name_;
};

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto root = open_lock_toml(file, diagnostics);
  if (root) Reader(file, out).read(*root, diagnostics);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "uv_lock",
    .summary = "uv.lock of uv",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::uv_lock
