// SPDX-License-Identifier: Apache-2.0
// Ubuntu's chiselled images: slices of packages without dpkg's database. What was cut stands in
// var/lib/chisel/manifest.wall: zstd-compressed lines of JSON ("jsonwall" 1.0), of the kinds
// package, slice, path and content. Packages name their version and architecture but not their
// source.
#include "archive/compress.h"
#include "base/counted.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/debian/deb.h"

namespace bulkhead::catalog::catalogers::chisel {
namespace {

using base::json::Document;
using base::json::Value;
using model::Package;

constexpr uint64_t kMaxManifestBytes = 256 << 20;
constexpr size_t kMaxWordBytes = 256;
constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxPathsBytes = 64
                                  << 20;  // of all packages; a path is in every slice that has it
constexpr size_t kMaxPackages = 100'000;

Want wants(const FileInfo& file) {
  return file.path == "var/lib/chisel/manifest.wall" ? Want::kWhole : Want::kNone;
}

base::Result<base::Bytes> inflate(base::ByteView bytes) {
  base::Limits limits;
  limits.max_bytes = kMaxManifestBytes;
  base::MemorySource packed(bytes);
  auto source = TRY(archive::inflate_source(packed, limits));
  return base::read_all(*source, kMaxManifestBytes);
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWordBytes &&
         text.find_first_of(" \t\r\n") == std::string_view::npos;
}

// Packages, and the paths of each by the name in front of '_' in its slices: "libc6_libs".
class Manifest {
 public:
  void entry(Value entry) {
    std::string_view kind = entry["kind"].string_or("");
    if (kind == "package") {
      package(entry);
    } else if (kind == "path") {
      path(entry);
    }
  }
  void finish(FileFacts& out);

 private:
  void package(Value entry) {
    Package package;
    package.type = "deb";
    package.name = entry["name"].string_or("");
    package.version = entry["version"].string_or("");
    package.arch = entry["arch"].string_or("");
    std::string_view sha256 = entry["sha256"].string_or("");
    if (sha256.size() == 64) package.digest = "sha256:" + std::string(sha256);
    if (is_word(package.name) && is_word(package.version) && packages_.size() < kMaxPackages) {
      packages_.emplace(package.name, std::move(package));
    }
  }
  void path(Value entry) {
    std::string_view path = entry["path"].string_or("");
    if (path.empty() || path.ends_with('/') || path.size() > kMaxPathBytes) return;
    // A script may have changed it while the image was cut.
    std::string_view sha256 = entry["final_sha256"].string_or(entry["sha256"].string_or(""));
    add_shipped_hex(path, DigestKind::kSha256, sha256, shipped_);
    entry["slices"].each([&](Value slice) {
      std::string_view text = slice.string_or("");
      size_t size = path.size() + sizeof(std::string);
      if (text.size() > kMaxWordBytes || size > path_budget_) return;
      path_budget_ -= size;
      paths_[std::string(text.substr(0, text.find('_')))].emplace_back(path);
    });
  }

  std::map<std::string, Package> packages_;
  std::map<std::string, std::vector<std::string>> paths_;
  std::vector<ShippedFile> shipped_;
  size_t path_budget_ = kMaxPathsBytes;
};

void Manifest::finish(FileFacts& out) {
  for (auto& [name, package] : packages_) {
    const std::vector<std::string>& paths = paths_[name];
    package.files = model::FileList({paths.begin(), paths.end()});
    out.packages.push_back(std::move(package));
  }
  out.shipped = std::move(shipped_);
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto inflated = inflate(file.bytes);
  if (!inflated) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           inflated.error().message() + "; its packages are not in the answer");
    return;
  }
  Manifest manifest;
  uint64_t bad_lines = 0;
  std::string_view text = base::as_text(*inflated);
  std::string_view line;
  while (base::next_line(text, line)) {
    if (line.empty()) continue;
    auto document = Document::parse(line);
    if (document) {
      manifest.entry(document->root());
    } else {
      ++bad_lines;
    }
  }
  manifest.finish(out);
  if (bad_lines != 0) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "skipped " + base::counted(bad_lines, "line") + " of no JSON");
  }
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  size_t first = out.packages.size();
  take_packages(files, out);
  debian::name_distribution(out.distro, std::span(out.packages).subspan(first));
  if (out.distro.variant.empty()) out.distro.variant = "chiselled";
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "chisel",
    .summary = "Packages of chiselled Ubuntu images from Chisel's manifest",
    .version = 2,
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::chisel
