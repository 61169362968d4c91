// SPDX-License-Identifier: Apache-2.0
// Packages that Plug'n'Play projects of Yarn 2 and later run straight out of their zip archives in
// .yarn/cache (https://yarnpkg.com/features/pnp, "zero-installs"): there is no node_modules then,
// and the archives are what is installed. Each holds the tree that would have been unpacked,
// node_modules/<name>/..., which is read by the same rules as one on disk.
//
// The cache that all projects of a user share (.yarn/berry/cache) is only a download store and does
// not count.
#include "archive/zip.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/npm/installed.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers::yarn_cache {
namespace {

constexpr uint64_t kMaxManifestBytes = 1 << 20;
constexpr uint64_t kMaxInflatedBytes = 16 << 20;  // of all package.json files of one archive

Want wants(const FileInfo& file) {
  if (!file.base.ends_with(".zip")) return Want::kNone;
  std::string_view directory = base::dirname(file.path);
  bool cache = base::basename(directory) == "cache" &&
               base::basename(base::dirname(directory)) == ".yarn";
  return cache ? Want::kWhole : Want::kNone;
}

void read_manifest(const archive::ZipReader& zip, const archive::ZipEntry& entry,
                   std::string_view path, FileFacts& out, base::Diagnostics& diagnostics) {
  npm::Place place = npm::place_of(base::dirname(entry.name));
  if (place.test_data || place.kind == npm::Place::Kind::kOutside) return;
  base::Bytes bytes;
  auto status = zip.read(entry, bytes);
  if (!status) {
    diagnostics.skipped("bad-archive", path, status.error().message());
    return;
  }
  auto document = parse_json(bytes, path, diagnostics);
  if (!document) {
    diagnostics.note("bad-manifest", path, document.error().message());
    return;
  }
  auto package = npm::installed_package(document->root(), place, path, diagnostics);
  if (!package) return;
  // A copy of the package's own manifest among its build output.
  bool own = place.kind == npm::Place::Kind::kInner && !out.packages.empty() &&
             npm::full_name(out.packages.front()) == npm::full_name(*package);
  if (!own) out.packages.push_back(*std::move(package));
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto zip = archive::ZipReader::open(file.bytes, base::Limits());
  if (!zip) {
    diagnostics.skipped("bad-archive", file.info.path, zip.error().message());
    return;
  }
  // The package itself first, so that the others can be compared with it.
  std::vector<const archive::ZipEntry*> manifests;
  for (const archive::ZipEntry& entry : zip->entries()) {
    if (base::basename(entry.name) != "package.json" || entry.size > kMaxManifestBytes) continue;
    manifests.push_back(&entry);
    bool shorter = entry.name.size() < manifests.front()->name.size();
    if (shorter) std::swap(manifests.front(), manifests.back());
  }
  uint64_t inflated = 0;
  for (const archive::ZipEntry* entry : manifests) {
    inflated += entry->size;
    if (inflated > kMaxInflatedBytes) {
      diagnostics.skipped("bad-archive", file.info.path, "too many package.json files in it");
      return;
    }
    read_manifest(*zip, *entry, file.info.path, out, diagnostics);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "yarn_cache",
    .summary = "npm packages in the zip archives of Yarn's Plug'n'Play",
    .trees = Trees::kInstalled,
    .version = 2,
    .max_bytes = 256ull << 20,
    .wants = wants,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::yarn_cache
