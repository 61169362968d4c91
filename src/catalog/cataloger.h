// SPDX-License-Identifier: Apache-2.0
// Catalogers: each knows one kind of package record. They work in two steps, because an image is
// read layer by layer:
//
//   read(file)  sees one file's bytes, in one layer, knowing nothing else. What it returns is kept
//               in the cache under the layer's diff-id, so it must depend on nothing but the file.
//   join(files) sees what all files of this cataloger gave that are visible in the merged tree, and
//               makes packages of it. Optional: without it the packages of every file are taken.
//
// Adding one = one file in catalogers/ that defines `extern constinit const Cataloger <stem>` in
// namespace bulkhead::catalog::catalogers, and a folder catalogers/testdata/<stem>/ of cases
// (catalogers_test.cc says what a case is).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/shared_text.h"
#include "catalog/originals.h"
#include "model/artifact.h"
#include "model/package.h"
#include "model/scan_report.h"

namespace bulkhead::catalog {

// What a cataloger asks for when it sees a path.
enum class Want : uint8_t {
  kNone,
  kPresence,  // that it is there; read() gets no bytes
  kHead,      // the first kHeadBytes, to decide by content (wants_head)
  kWhole,     // the whole file
};
inline constexpr size_t kHeadBytes = 512;

struct FileInfo {
  std::string_view path;  // normalised: no leading slash
  std::string_view base;  // last segment of path
  uint64_t size = 0;
  uint32_t mode = 0;  // permission bits
};

// One file's bytes. The views are in memory or a mapping of an unlinked spill file.
struct File {
  FileInfo info;
  base::ByteView bytes;
  base::ByteView log = {};  // of the file beside it that holds changes to it (log_suffix)
};

// What a cataloger got out of one file. Plain data, stored in the layer cache.
struct FileFacts {
  base::SharedText path;
  std::vector<model::Package> packages;
  std::vector<std::string> strings;  // whatever join() needs; meaning is the cataloger's own
  std::vector<ShippedFile> shipped;  // the digests that a package database has
  Fingerprint content{};             // of the file itself, where a distribution may have put it

  bool empty() const { return packages.empty() && strings.empty() && shipped.empty(); }
  bool operator==(const FileFacts&) const = default;
};

// A FileFacts that is visible in the merged tree, and the layer it comes from (-1: no layers).
// Joining may take what it needs out of it.
struct Placed {
  FileFacts* facts = nullptr;
  int32_t layer = -1;
};

struct Catalog {
  model::Distro distro;
  std::vector<model::Package> packages;
  std::vector<model::NotJudged> not_read;  // records that are there and have no reader
};

// Which trees a cataloger reads. In an installed tree (image, directory) only what is really there
// counts, so lock files say nothing; in a source tree (repo:) lock files and manifests are all
// there is.
enum class TreeKind : uint8_t { kInstalled = 1, kSource = 2 };
enum class Trees : uint8_t { kInstalled = 1, kSource = 2, kBoth = 3 };
constexpr bool reads(Trees trees, TreeKind kind) {
  return (static_cast<unsigned>(trees) & static_cast<unsigned>(kind)) != 0;
}

struct Cataloger {
  std::string_view name;     // equals the file's stem
  std::string_view summary;  // one line
  Trees trees = Trees::kInstalled;
  uint32_t version = 1;              // raise when read() changes: invalidates cached layers
  uint64_t max_bytes = 64ull << 20;  // larger files are reported and skipped
  // "-wal": a file whose name has this behind that of a wanted one holds changes to it, and the two
  // are read together. "" for none.
  std::string_view log_suffix = {};
  Want (*wants)(const FileInfo& file) = nullptr;
  bool (*wants_head)(const FileInfo& file, base::ByteView head) = nullptr;  // only after kHead
  void (*read)(const File& file, FileFacts& out, base::Diagnostics& diagnostics) = nullptr;
  void (*join)(std::span<const Placed> files, Catalog& out,
               base::Diagnostics& diagnostics) = nullptr;
  // True: an unreadable file makes the answer incomplete (exit 1), not merely degraded.
  bool database = false;
  // Order of join(); lower runs first (the distribution before the packages that carry its name).
  int32_t stage = 10;
};

// All catalogers, sorted by name (generated from catalogers/*.cc).
std::span<const Cataloger* const> all_catalogers();
const Cataloger* find_cataloger(std::string_view name);

// About how many bytes facts take in memory, what packages share counted once.
size_t memory_of(const FileFacts& facts);

// Says where a package was found, as far as the package does not say it itself.
void locate(const Placed& file, model::Package& package);

// Puts packages behind those of the catalog.
void add_packages(std::vector<model::Package> packages, Catalog& out);

// The default join: moves every package of every file to the catalog, with the file's path and
// layer as location when the package has none.
void take_packages(std::span<const Placed> files, Catalog& out);

// Binary form of FileFacts for the layer cache; decode refuses anything malformed (kCorrupt).
void encode_facts(const FileFacts& facts, std::string& out);
base::Result<FileFacts> decode_facts(base::ByteReader& in);

// After all joins: sorts, and merges packages that are the same thing seen twice (same purl and
// same directory).
void finish(Catalog& catalog);
// After finish(), with the layers of the packages known: names the OS package that a language
// package came with.
void name_owners(std::vector<model::Package>& packages, const Originals& originals);

}  // namespace bulkhead::catalog
