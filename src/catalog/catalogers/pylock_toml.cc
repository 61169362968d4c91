// SPDX-License-Identifier: Apache-2.0
// pylock.toml and pylock.<name>.toml, the lock file that installers share (PEP 751,
// https://packaging.python.org/en/latest/specifications/pylock-toml/).
//
// What belongs to an extra or a group only shows in the markers, so nothing is called dev here.
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/lock.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::pylock_toml {
namespace {

using base::Node;

Want wants(const FileInfo& file) {
  bool named = file.base.starts_with("pylock.") && file.base.ends_with(".toml");
  return named ? Want::kWhole : Want::kNone;
}

void set_source(model::Package& package, const Node& entry) {
  const Node& vcs = entry["vcs"];
  if (vcs["type"].string_or("") == "git") {
    set_vcs_url(package, vcs["url"].string_or(""), vcs["commit-id"].string_or(""));
  }
  set_download_url(package, entry["archive"]["url"].string_or(""));
  python::set_index(package, entry["index"].string_or(""));
}

// "sha256:..." when there is exactly one file.
std::string digest_of(const Node& entry) {
  const Node& wheels = entry["wheels"];
  size_t files = wheels.items.size() + (entry["sdist"].missing() ? 0 : 1) +
                 (entry["archive"].missing() ? 0 : 1);
  if (files != 1) return {};
  const Node& file = !wheels.items.empty()      ? wheels.items[0]
                     : entry["sdist"].missing() ? entry["archive"]
                                                : entry["sdist"];
  std::string_view hash = file["hashes"]["sha256"].string_or("");
  return hash.empty() ? std::string() : "sha256:" + std::string(hash);
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto root = open_lock_toml(file, diagnostics);
  if (!root) return;
  python::Wanted wanted;
  for (const Node& entry : (*root)["packages"].items) {
    model::Package package = python::locked_package(
        entry["name"].string_or(""), entry["version"].string_or(""), out.path, entry.line);
    if (package.type.empty()) continue;
    if (is_full(file, out, diagnostics)) break;
    package.digest = digest_of(entry);
    set_source(package, entry);
    for (const Node& dependency : entry["dependencies"].items) {
      wanted.add(out.packages.size(), dependency["name"].string_or(""));
    }
    out.packages.push_back(std::move(package));
  }
  wanted.resolve(out.packages);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "pylock_toml",
    .summary = "pylock.toml, the lock file of PEP 751",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::pylock_toml
