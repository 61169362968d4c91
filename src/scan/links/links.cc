// SPDX-License-Identifier: Apache-2.0
// What an upper layer writes through a link is judged by the link's text alone; a link on the way
// of another one counts as something being there, and nothing is taken to be replaced through it.
#include "scan/links/links.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/text.h"
#include "scan/merge.h"

namespace bulkhead::scan {
namespace {

// Those that are directories of files.
constexpr std::string_view kDpkgFiles = "var/lib/dpkg/status.d";
constexpr std::string_view kPacmanFiles = "var/lib/pacman/local";

constexpr std::string_view kDatabases[] = {
    "var/lib/dpkg/status",
    kDpkgFiles,
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
    "usr/lib/sysimage/rpm-ostree-base-db/Packages",
    "usr/lib/sysimage/rpm-ostree-base-db/Packages.db",
    "usr/lib/sysimage/rpm-ostree-base-db/rpmdb.sqlite",
    "var/lib/rpmmanifest/container-manifest-2",
    kPacmanFiles,
    "usr/lib/opkg/status",
    "var/lib/opkg/status",
    "lib/opkg/status",
    "var/lib/chisel/manifest.wall",
    "usr/share/bottlerocket/application-inventory.json",
};

// Of dpkg and opkg, whose packages have files of their own. apk's and rpm's databases are one file
// each, and pacman's one directory.
constexpr std::string_view kBeside[] = {
    "var/lib/dpkg/info", "usr/share/doc", "usr/lib/opkg/info", "var/lib/opkg/info", "lib/opkg/info",
};

bool is_at_or_above(std::string_view path, std::string_view below) {
  return below.starts_with(path) && (below.size() == path.size() || below[path.size()] == '/');
}

PathIndex::Has find(std::span<const TreeFacts* const> layers, uint64_t hash) {
  for (size_t i = layers.size(); i-- > 0;) {
    PathIndex::Has has = layers[i]->index.find(hash);
    if (has != PathIndex::Has::kNothing) return has;
  }
  return PathIndex::Has::kNothing;
}

// Whether a link, or anything else that is no directory, stands on the way to a path or there.
bool leads_elsewhere(std::span<const TreeFacts* const> layers, const PathKey& key,
                     std::string_view path) {
  PrefixHasher hasher(key);
  for (size_t size = 0; size < path.size();) {
    size = std::min(path.find('/', size + 1), path.size());
    if (find(layers, hasher.hash(path, size)) == PathIndex::Has::kOther) return true;
  }
  return false;
}

}  // namespace

std::string resolve_link(std::string_view path, std::string_view target) {
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

std::span<const std::string_view> database_paths() { return kDatabases; }

bool is_directory_database(std::string_view path) {
  return path == kDpkgFiles || path == kPacmanFiles;
}

std::span<const std::string_view> paths_beside_databases() { return kBeside; }

bool leads_to_database(std::string_view path) {
  return std::any_of(std::begin(kDatabases), std::end(kDatabases),
                     [&](std::string_view database) { return is_at_or_above(path, database); });
}

LinksBelow::LinksBelow(std::span<const TreeFacts* const> lower, const TreeFacts& top,
                       const PathKey& key)
    : top_(top), key_(key) {
  for (const TreeFacts* layer : lower) {
    for (const auto& [path, target] : layer->links) {
      if (!leads_to_database(path)) continue;
      std::string to = resolve_link(path, target);
      if (to.empty() || leads_elsewhere(lower, key, to) || hides(top, key, path)) continue;
      links_.push_back({path, std::move(to)});
    }
  }
}

bool LinksBelow::hide(std::string_view path) const {
  return std::any_of(links_.begin(), links_.end(), [&](const Link& link) {
    if (path.size() <= link.target.size() || !is_at_or_above(link.target, path)) return false;
    std::string through = link.path + std::string(path.substr(link.target.size()));
    return hides(top_, key_, through, link.path.size());
  });
}

}  // namespace bulkhead::scan
