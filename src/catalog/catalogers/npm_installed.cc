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
#include <array>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers {
namespace {

using base::json::Value;

// What facts.strings says of a package that is not a package root.
constexpr std::string_view kInnerMark = "inner";
constexpr std::string_view kOutsideMark = "outside";

// By convention, not by any rule: what npm packages call such folders.
constexpr std::array<std::string_view, 24> kTestDirectories = {
    "__fixtures__", "__mocks__", "__test__",   "__tests__",  "bench",         "benchmark",
    "benchmarks",   "demo",      "demos",      "e2e",        "example",       "examples",
    "fixture",      "fixtures",  "mocks",      "sample",     "samples",       "spec",
    "specs",        "test",      "test-data",  "testdata",   "test-fixtures", "tests"};

bool is_test_directory(std::string_view segment) {
  return std::find(kTestDirectories.begin(), kTestDirectories.end(), segment) !=
         kTestDirectories.end();
}

bool has_test_directory(std::string_view path) {
  for (std::string_view segment : base::split(path, '/')) {
    if (is_test_directory(segment)) return true;
  }
  return false;
}

// Where a package.json stands.
struct Place {
  enum class Kind { kRoot, kInner, kOutside } kind = Kind::kOutside;
  bool test_data = false;      // in a test directory of an installed package
  std::string_view name;       // of a kRoot: as the path has it
};

// Takes the next segment off the front of a directory path.
std::string_view take_segment(std::string_view& path) {
  size_t slash = path.find('/');
  std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  return segment;
}

// Whether a segment holds packages by name; `before` is the path in front of it.
bool is_module_folder(std::string_view segment, std::string_view before) {
  if (segment == "node_modules") return true;
  return segment == "nodejs" && (before == "usr/share/" || before.starts_with("usr/lib/")) &&
         std::count(before.begin(), before.end(), '/') <= 3;
}

Place place_of(std::string_view directory) {
  Place place;
  std::string_view rest = directory;
  bool in_package = false;
  while (!rest.empty()) {
    std::string_view before = directory.substr(0, directory.size() - rest.size());
    std::string_view segment = take_segment(rest);
    if (!is_module_folder(segment, before)) {
      place.kind = in_package ? Place::Kind::kInner : Place::Kind::kOutside;
      place.test_data = place.test_data || (in_package && is_test_directory(segment));
      continue;
    }
    std::string_view from = rest;
    std::string_view name = take_segment(rest);
    if (name.starts_with('.') || name.empty()) {  // .pnpm, .bin, .cache: no package
      place.kind = in_package ? Place::Kind::kInner : Place::Kind::kOutside;
      continue;
    }
    if (name.starts_with('@') && !rest.empty()) {
      std::string_view last = take_segment(rest);
      name = from.substr(0, name.size() + 1 + last.size());
    }
    in_package = true;
    place.kind = Place::Kind::kRoot;
    place.name = name;
  }
  return place;
}

// The package that a package.json tells of; nullopt when it tells of none.
std::optional<model::Package> package_of(Value manifest, const Place& place, std::string_view path,
                                         base::Diagnostics& diagnostics) {
  bool root = place.kind == Place::Kind::kRoot;
  std::string_view name = manifest["name"].string_or("");
  if (!npm::valid_name(name)) {
    if (!root || !npm::valid_name(place.name)) return std::nullopt;
    name = place.name;
  }
  std::string_view written = base::trim(manifest["version"].string_or(""));
  auto version = npm::clean_version(written);
  if (!version) {
    if (!root) return std::nullopt;
    if (written.empty()) {
      diagnostics.note("package-without-version", path, "no version: not in the answer");
      return std::nullopt;
    }
    version = written.substr(0, 256);
  }
  model::Package package = npm::make_package(name, *version);
  package.origin = model::Origin::kInstalled;
  package.licences = npm::licences_of(manifest);
  package.supplier = npm::supplier_of(manifest);
  package.digest = npm::digest_of_integrity(manifest["_integrity"].string_or(""));  // npm <= 6
  // Corepack keeps package managers as node_modules keeps packages, but by version.
  if (place.kind == Place::Kind::kOutside && !npm::has_segment(path, "corepack")) {
    package.relation = model::Relation::kRoot;
  }
  return package;
}

Want wants(const FileInfo& file) {
  return file.base == "package.json" ? Want::kWhole : Want::kNone;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  Place place = place_of(base::dirname(file.info.path));
  if (place.test_data) return;
  auto document = npm::open_json(file.bytes);
  if (!document) {
    // Templates of package.json lie about in packages; only a root has to be readable.
    base::Impact impact =
        place.kind == Place::Kind::kRoot ? base::Impact::kDegraded : base::Impact::kNote;
    diagnostics.add(impact, "bad-manifest", file.info.path, document.error().message());
    return;
  }
  auto package = package_of(document->root(), place, file.info.path, diagnostics);
  if (!package) return;
  if (place.kind == Place::Kind::kInner) out.strings.emplace_back(kInnerMark);
  if (place.kind == Place::Kind::kOutside) out.strings.emplace_back(kOutsideMark);
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
      if (around != nullptr && has_test_directory(directory.substr(around->directory.size()))) {
        continue;
      }
    }
    taken.push_back(placed);
  }
  take_packages(taken, out);
}

}  // namespace

extern constinit const Cataloger npm_installed;
constinit const Cataloger npm_installed = {
    .name = "npm_installed",
    .summary = "installed npm packages by their package.json",
    .trees = Trees::kInstalled,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers
