// SPDX-License-Identifier: Apache-2.0
// poetry.lock in its four ages: lock-version 1.0 and 1.1 (Poetry 1.0 to 1.2) and early 2.0 say
// category = "main" or "dev", 2.0 from Poetry 1.5 on says neither, 2.1 (Poetry 2) says groups.
// Where the file is silent, development packages are those that only the development groups of the
// pyproject.toml beside it reach. Direct packages always come from there.
#include <algorithm>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/lock.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::poetry_lock {
namespace {

using base::Node;

Want wants(const FileInfo& file) {
  return file.base == "poetry.lock" || file.base == "pyproject.toml" ? Want::kWhole : Want::kNone;
}

void set_source(model::Package& package, const Node& source) {
  std::string_view type = source["type"].string_or("");
  std::string_view url = source["url"].string_or("");
  if (type == "git") {
    std::string_view asked = source["reference"].string_or("");
    set_vcs_url(package, url, source["resolved_reference"].string_or(asked));
  } else if (type == "url") {
    set_download_url(package, url);
  } else if (type == "legacy") {
    python::set_index(package, url);
  }
}

bool is_dev(const Node& entry) {
  const Node& groups = entry["groups"];
  if (groups.missing()) return entry["category"].string_or("main") == "dev";
  return std::none_of(groups.items.begin(), groups.items.end(),
                      [](const Node& group) { return group.text == "main"; });
}

void read_lock(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto root = open_lock_toml(file, diagnostics);
  if (!root) return;
  python::Wanted wanted;
  bool silent = true;
  // Before lock-version 2.0 the hashes stand apart.
  const MemberIndex older_files((*root)["metadata"]["files"]);
  for (const Node& entry : (*root)["package"].items) {
    std::string_view name = entry["name"].string_or("");
    model::Package package =
        python::locked_package(name, entry["version"].string_or(""), out.path, entry.line);
    if (package.type.empty()) continue;
    if (is_full(file, out, diagnostics)) break;
    silent = silent && entry["category"].missing() && entry["groups"].missing();
    package.dev = is_dev(entry);
    package.optional = entry["optional"].string_or("") == "true";
    bool newer = !entry["files"].missing();
    package.digest = python::only_hash(newer ? entry["files"] : older_files[name]);
    set_source(package, entry["source"]);
    for (const auto& [dependency, constraint] : entry["dependencies"].members) {
      wanted.add(out.packages.size(), dependency);
    }
    out.packages.push_back(std::move(package));
  }
  wanted.resolve(out.packages);
  python::mark_lock(out, silent ? python::Flags::kUnknown : python::Flags::kKnown);
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "poetry.lock") return read_lock(file, out, diagnostics);
  python::read_beside(file, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "poetry_lock",
    .summary = "poetry.lock of Poetry",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = python::join_locks,
};

}  // namespace bulkhead::catalog::catalogers::poetry_lock
