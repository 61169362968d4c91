// SPDX-License-Identifier: Apache-2.0
// Databases stand at known paths, so a directory link above one is found by asking for the
// database. Any other name that is wanted is known only where it stands, so there the link itself
// has to have it.
#include "scan/links/plan.h"

#include <algorithm>

#include "archive/tar.h"
#include "base/text.h"
#include "catalog/release_files.h"
#include "scan/links/links.h"

namespace bulkhead::scan {
namespace {

catalog::Interest interest_in(std::string_view path, catalog::TreeKind kind) {
  catalog::Interest out;
  catalog::interest({path, base::basename(path), 1, 0}, kind, out);
  return out;
}

// Whether everyone who reads a file of one name reads it by the other name, too.
bool covered(std::string_view name, std::string_view other, catalog::TreeKind kind) {
  catalog::Interest wanted = interest_in(name, kind);
  catalog::Interest there = interest_in(other, kind);
  return catalog::covers(there.whole, wanted.whole);
}

bool is_listed(std::span<const std::string_view> paths, std::string_view path) {
  return std::ranges::find(paths, path) != paths.end();
}

// Whether readers want files below this path, and not the path itself.
bool is_directory(std::string_view path) {
  return is_directory_database(path) || is_listed(paths_beside_databases(), path);
}

bool is_database_file(std::string_view path) {
  return std::ranges::any_of(database_paths(), [&](std::string_view database) {
    return path == database || path.starts_with(std::string(database) + "/");
  });
}

}  // namespace

LinkPlan::LinkPlan(LinkView& view, catalog::TreeKind kind, base::Diagnostics& diagnostics)
    : view_(view), kind_(kind), diagnostics_(diagnostics) {
  bool linked = false;
  for (size_t i = 0; i < view.layers(); ++i) {
    const TreeFacts& layer = view.layer(static_cast<int32_t>(i));
    linked |= !layer.links.empty() || !layer.hard_links.empty();
  }
  if (!linked) return;
  if (kind == catalog::TreeKind::kInstalled) plan_databases();
  plan_symlinks();
  plan_hard_links();
}

std::vector<LinkRead> LinkPlan::take(int32_t layer) {
  auto at = by_layer_.find(layer);
  if (at == by_layer_.end()) return {};
  std::vector<LinkRead> out = std::move(at->second);
  by_layer_.erase(at);
  return out;
}

// By its own name or by that of a link planned before.
bool LinkPlan::is_read(std::string_view name, std::string_view real) {
  if (covered(name, real, kind_)) return true;
  auto [begin, end] = names_.equal_range(real);
  return std::any_of(begin, end,
                     [&](const auto& other) { return covered(name, other.second, kind_); });
}

bool LinkPlan::add(LinkRead read, int32_t layer) {
  if (reads_ >= kMaxReads) {
    diagnostics_.incomplete("too-many-links", read.name,
                            "more links to files of other names than are followed; what this and "
                            "others lead to is not in the answer");
    return false;
  }
  ++reads_;
  names_.emplace(read.real, read.name);
  by_layer_[layer].push_back(std::move(read));
  return true;
}

void LinkPlan::plan_databases() {
  for (std::string_view path : catalog::release_files()) plan_database(std::string(path));
  for (std::string_view path : database_paths()) {
    if (plan_database(std::string(path))) plan_log(std::string(path) + "-wal");
  }
  for (std::string_view path : paths_beside_databases()) plan_database(std::string(path));
}

// The log of changes beside a database (SQLite's; no other has one) goes with it.
void LinkPlan::plan_log(const std::string& path) {
  Led led = view_.follow(path);
  if (led.linked && led.to == Led::To::kFile) add({led.path, path, led.layer}, led.at);
}

bool LinkPlan::plan_database(const std::string& path) {
  Led led = view_.follow(path);
  if (led.to == Led::To::kTooFar) return too_far(path);
  if (!led.linked || led.path.empty()) return false;
  for (int32_t above = led.layer + 1; above < static_cast<int32_t>(view_.layers()); ++above) {
    if (view_.has(path, above)) return false;  // written through the link, and read there
  }
  LinkRead read{led.path, path, led.layer};
  if (led.to == Led::To::kFile) return !is_read(path, led.path) && add(std::move(read), led.at);
  // A directory need have no entry of its own: what is below it makes it, and that no index tells.
  read.maybe = led.to == Led::To::kNothing && is_directory(path);
  if (read.maybe || led.to == Led::To::kDirectory) plan_directory(read);
  return false;
}

void LinkPlan::plan_directory(const LinkRead& read) {
  if (is_listed(database_paths(), read.real)) return;
  if (is_listed(paths_beside_databases(), read.real)) return;
  LinkRead all = read;
  all.below = true;  // which layers have files there, their indexes cannot tell
  for (int32_t layer = 0; layer < static_cast<int32_t>(view_.layers()); ++layer) {
    // One that was refused has nothing, and asking for it again would fail all that is read here.
    if (!view_.layer(layer).index.entries().empty()) add(all, layer);
  }
  plan_links_below(read);
}

// Links in the directory have wanted names only behind the link to it.
void LinkPlan::plan_links_below(const LinkRead& directory) {
  std::string below = directory.real + "/";
  for (size_t i = 0; i < view_.layers(); ++i) {
    const LinkMap& links = view_.layer(static_cast<int32_t>(i)).links;
    for (auto at = links.lower_bound(below); at != links.end(); ++at) {
      const auto& [path, target] = *at;
      if (!path.starts_with(below)) break;
      std::string name = directory.name + path.substr(directory.real.size());
      if (!interest_in(name, kind_).whole.empty()) plan_symlink(name, target);
    }
  }
}

void LinkPlan::plan_symlinks() {
  for (size_t i = 0; i < view_.layers(); ++i) {
    for (const auto& [path, target] : view_.layer(static_cast<int32_t>(i)).links) {
      if (!interest_in(path, kind_).whole.empty()) plan_symlink(path, target);
    }
  }
}

void LinkPlan::plan_symlink(const std::string& path, const std::string& target) {
  Led led = view_.follow(path);
  auto [begin, end] = names_.equal_range(led.path);
  if (std::any_of(begin, end, [&](const auto& other) { return other.second == path; })) return;
  LinkRead read{led.path, path, led.layer};
  read.target = target;
  switch (led.to) {
    case Led::To::kFile:
      if (!is_read(path, led.path)) add(std::move(read), led.at);
      return;
    case Led::To::kDirectory: return;
    case Led::To::kNothing:
      diagnostics_.skipped(
          "link-not-read", path,
          "a symbolic link to " + base::printable(target, 200) + ", where the tree has nothing");
      return;
    case Led::To::kLoop:
      diagnostics_.skipped("link-not-read", path,
                           "a symbolic link to " + base::printable(target, 200) + "; after " +
                               std::to_string(LinkView::kMaxLinks) +
                               " links it is still none "
                               "to a file");
      return;
    case Led::To::kTooFar: too_far(path);
  }
}

bool LinkPlan::too_far(std::string_view path) {
  diagnostics_.incomplete("too-many-links", path,
                          "more links, and longer ways of links, than are followed; what this and "
                          "others lead to is not in the answer");
  return false;
}

void LinkPlan::plan_hard_links() {
  for (size_t i = 0; i < view_.layers(); ++i) {
    auto layer = static_cast<int32_t>(i);
    for (const auto& [path, target] : view_.layer(layer).hard_links) {
      LinkRead read{"", path, layer};
      read.hard = true;
      read.target = target;
      chase(std::move(read), layer);
    }
  }
}

void LinkPlan::chase(LinkRead read, int32_t layer) {
  auto path = archive::normal_path(read.target);
  if (!path || ++read.hops > kMaxHops) {
    return fail(read, path ? "the last of too many in a row" : "which is out of the root");
  }
  if (view_.has(*path, layer)) {
    read.real = std::move(*path);
    add(std::move(read), layer);
    return;
  }
  Led led = view_.follow_below(*path, layer);
  if (led.to != Led::To::kFile) return fail(read, "which no layer has");
  read.real = std::move(led.path);
  add(std::move(read), led.at);
}

void LinkPlan::fail(const LinkRead& read, std::string_view why) {
  if (is_database_file(read.name) && !read.hard) {
    diagnostics_.incomplete("database-behind-link", read.name,
                            "leads to " + base::printable(read.real, 200) + ", " +
                                std::string(why) + "; its packages are not in the answer");
    return;
  }
  base::Impact impact = read.hard ? base::Impact::kIncomplete : base::Impact::kDegraded;
  diagnostics_.add(impact, "link-not-read", read.name,
                   std::string(read.hard ? "hard link to " : "a symbolic link to ") +
                       base::printable(read.target.empty() ? read.real : read.target, 200) + ", " +
                       std::string(why));
}

}  // namespace bulkhead::scan
