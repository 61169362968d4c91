// SPDX-License-Identifier: Apache-2.0
// Installed npm packages: every package.json of an image or directory that tells of one.
//
// What counts, and why:
// - `node_modules/<name>/package.json` and `node_modules/@scope/<name>/package.json`, wherever the
//   node_modules stands: global ones, pnpm's `.pnpm/x@1/node_modules/x`, yarn's `unplugged`,
//   packages in packages. Debian's /usr/share/nodejs and /usr/lib/*/nodejs are node_modules by
//   another name.
// - A package.json deeper inside such a package is a copy that its author bundled
//   (`next/dist/compiled` holds dozens, vulnerable ones among them) if it has a valid name and a
//   semantic version. Most have neither: `{"type": "module"}` beside the ES build, `{"name":
//   "rxjs/operators"}` for an entry point. One with the name of the package around it is that
//   package's own build output, not a second copy.
// - Directories of tests and examples that a package ships are its test data: nothing in them is
//   ever loaded, and their names are chosen to look real ("lodash", version "1.0.0"). They are left
//   out, with the node_modules in them.
// - Outside of node_modules it is an application (or a package manager unpacked by itself): the
//   root of its own tree. Test directories count as above when an application's package.json stands
//   above them; the node_modules in them were really installed and stay.
//
// Format: https://docs.npmjs.com/cli/configuring-npm/package-json
#include <algorithm>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/npm/installed.h"

namespace bulkhead::catalog::catalogers::npm_installed {
namespace {

// What facts.strings says of a package that is not a package root.
constexpr std::string_view kInnerMark = "inner";
constexpr std::string_view kOutsideMark = "outside";

Want wants(const FileInfo& file) {
  return file.base == "package.json" ? Want::kWhole : Want::kNone;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  npm::Place place = npm::place_of(base::dirname(file.info.path));
  if (place.test_data) return;
  auto document = parse_json(file.bytes, file.info.path, diagnostics);
  if (!document) {
    // Templates of package.json lie about in packages; only a root has to be readable.
    base::Impact impact =
        place.kind == npm::Place::Kind::kRoot ? base::Impact::kDegraded : base::Impact::kNote;
    diagnostics.add(impact, "bad-manifest", file.info.path, document.error().message());
    return;
  }
  auto package = npm::installed_package(document->root(), place, file.info.path, diagnostics);
  if (!package) return;
  if (place.kind == npm::Place::Kind::kInner) out.strings.emplace_back(kInnerMark);
  if (place.kind == npm::Place::Kind::kOutside) out.strings.emplace_back(kOutsideMark);
  out.packages.push_back(*std::move(package));
}

// The directories that have a package.json of one kind, to be asked what encloses a path.
class Directories {
 public:
  void add(const FileFacts& facts) {
    entries_.push_back({base::dirname(facts.path), &facts.packages[0]});
  }
  void sort() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.directory < b.directory; });
  }
  struct Entry {
    std::string_view directory;
    const model::Package* package;
  };
  // The nearest one above a directory, nullptr when there is none.
  const Entry* above(std::string_view directory) const {
    while (!directory.empty()) {
      directory = base::dirname(directory);
      auto at = std::lower_bound(
          entries_.begin(), entries_.end(), directory,
          [](const Entry& entry, std::string_view d) { return entry.directory < d; });
      if (at != entries_.end() && at->directory == directory) return &*at;
    }
    return nullptr;
  }

 private:
  std::vector<Entry> entries_;
};

bool same_name(const model::Package& a, const model::Package& b) {
  return a.name == b.name && a.name_space == b.name_space;
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  Directories roots;
  Directories applications;
  auto kind_of = [](const FileFacts& facts) {
    return facts.strings.empty() ? std::string_view() : std::string_view(facts.strings[0]);
  };
  for (const Placed& placed : files) {
    if (placed.facts->packages.empty()) continue;
    std::string_view kind = kind_of(*placed.facts);
    if (kind.empty()) roots.add(*placed.facts);
    if (kind == kOutsideMark) applications.add(*placed.facts);
  }
  roots.sort();
  applications.sort();
  std::vector<Placed> taken;
  for (const Placed& placed : files) {
    if (placed.facts->packages.empty()) continue;
    std::string_view kind = kind_of(*placed.facts);
    std::string_view directory = base::dirname(placed.facts->path);
    if (kind == kInnerMark) {
      const auto* around = roots.above(directory);
      if (around != nullptr && same_name(*around->package, placed.facts->packages[0])) continue;
    } else if (kind == kOutsideMark) {
      const auto* around = applications.above(directory);
      if (around != nullptr &&
          npm::has_test_directory(directory.substr(around->directory.size()))) {
        continue;
      }
    }
    taken.push_back(placed);
  }
  take_packages(taken, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "npm_installed",
    .summary = "installed npm packages by their package.json",
    .trees = Trees::kInstalled,
    .version = 2,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::npm_installed
