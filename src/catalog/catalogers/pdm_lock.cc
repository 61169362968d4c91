// SPDX-License-Identifier: Apache-2.0
// pdm.lock (https://pdm-project.org/en/latest/usage/lockfile/): packages with their requirements in
// the words of PEP 508. From lock-version 4.4 on they name the groups that need them; a group may
// be an extra or a development group, which only the pyproject.toml beside the lock file tells.
#include <algorithm>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/lock.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::pdm_lock {
namespace {

using base::Node;

Want wants(const FileInfo& file) {
  return file.base == "pdm.lock" || file.base == "pyproject.toml" ? Want::kWhole : Want::kNone;
}

// The project's own groups that are not "default", as long as nothing says more.
bool is_dev(const Node& groups) {
  return !groups.items.empty() &&
         std::none_of(groups.items.begin(), groups.items.end(),
                      [](const Node& group) { return group.text == "default"; });
}

void read_lock(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto root = open_lock_toml(file, diagnostics);
  if (!root) return;
  python::mark_lock(out, python::Flags::kUnknown);
  python::Wanted wanted;
  const MemberIndex older_files((*root)["metadata"]["files"]);
  for (const Node& entry : (*root)["package"].items) {
    std::string_view name = entry["name"].string_or("");
    std::string_view version = entry["version"].string_or("");
    model::Package package = python::locked_package(name, version, out.path, entry.line);
    if (package.type.empty()) continue;
    if (is_full(file, out, diagnostics)) break;
    package.dev = is_dev(entry["groups"]);
    bool newer = !entry["files"].missing();
    std::string older_key = std::string(name) + " " + std::string(version);
    package.digest = python::only_hash(newer ? entry["files"] : older_files[older_key]);
    std::string_view asked = entry["ref"].string_or("");
    set_vcs_url(package, entry["git"].string_or(""), entry["revision"].string_or(asked));
    set_download_url(package, entry["url"].string_or(""));
    for (const Node& dependency : entry["dependencies"].items) {
      auto requirement = python::parse_requirement(dependency.text);
      // A package with extras depends on itself without them.
      if (requirement) wanted.add(out.packages.size(), requirement->name);
    }
    out.packages.push_back(std::move(package));
  }
  wanted.resolve(out.packages);
  for (model::Package& package : out.packages) {
    std::erase(package.depends_on, package.name + "@" + package.version);
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "pdm.lock") return read_lock(file, out, diagnostics);
  python::read_beside(file, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "pdm_lock",
    .summary = "pdm.lock of PDM",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = python::join_locks,
};

}  // namespace bulkhead::catalog::catalogers::pdm_lock
