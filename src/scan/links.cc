// SPDX-License-Identifier: Apache-2.0
// Targets are resolved by their text, as from inside the tree; a link on the way of another one
// counts as something being there.
#include "scan/links.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "scan/merge.h"

namespace bulkhead::scan {
namespace {

constexpr std::array<std::string_view, 14> kDatabases = {
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages.db",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "usr/share/rpm/Packages",
    "usr/share/rpm/Packages.db",
    "usr/share/rpm/rpmdb.sqlite",
    "var/lib/pacman/local",
};

bool is_at_or_above(std::string_view path, std::string_view below) {
  return below.starts_with(path) && (below.size() == path.size() || below[path.size()] == '/');
}

// Where a link at `path` leads, without leading slash; ".." does not leave the tree.
std::string resolve(std::string_view path, std::string_view target) {
  std::string out(target.starts_with('/') ? "" : base::dirname(path));
  for (std::string_view segment : base::split(target, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      out = std::string(base::dirname(out));
    } else {
      out.append(out.empty() ? "" : "/").append(segment);
    }
  }
  return out;
}

PathIndex::Has find(std::span<const TreeFacts* const> layers, const PathKey& key,
                    std::string_view path) {
  for (size_t i = layers.size(); i-- > 0;) {
    PathIndex::Has has = layers[i]->index.find(hash_path(key, path));
    if (has != PathIndex::Has::kNothing) return has;
  }
  return PathIndex::Has::kNothing;
}

// Something stands at the path, or a link on the way to it.
bool holds(std::span<const TreeFacts* const> layers, const PathKey& key, std::string_view path) {
  if (find(layers, key, path) != PathIndex::Has::kNothing) return true;
  for (path = base::dirname(path); !path.empty(); path = base::dirname(path)) {
    if (find(layers, key, path) == PathIndex::Has::kOther) return true;
  }
  return false;
}

}  // namespace

bool leads_to_database(std::string_view path) {
  return std::any_of(kDatabases.begin(), kDatabases.end(), [&](std::string_view database) {
    return is_at_or_above(path, database);
  });
}

void report_links(std::span<const TreeFacts* const> layers, const PathKey& key,
                  base::Diagnostics& diagnostics) {
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    for (const auto& [path, target] : layers[layer]->links) {
      if (is_hidden(layers.subspan(layer + 1), key, path)) continue;
      std::string to = resolve(path, target);
      for (std::string_view database : kDatabases) {
        if (!is_at_or_above(path, database)) continue;
        std::string real = to + std::string(database.substr(path.size()));
        bool read = std::find(kDatabases.begin(), kDatabases.end(), real) != kDatabases.end();
        if (read || !holds(layers, key, real)) continue;
        diagnostics.incomplete("database-behind-link", database,
                               "reached through a symbolic link, " + path + " -> " + target +
                                   "; its packages are not in the answer");
      }
    }
  }
}

}  // namespace bulkhead::scan
