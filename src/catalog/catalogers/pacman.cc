// SPDX-License-Identifier: Apache-2.0
// pacman's local database (Arch Linux): a folder for every installed package with "desc" (what it
// is), "files" (what it owns) and "mtree" (what those were, mtree(5) in gzip). Sections of the
// first two begin with a line %NAME% and end with a blank line (alpm database format, version 9).
#include <algorithm>
#include <array>
#include <unordered_map>

#include "archive/compress.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/distribution.h"

namespace bulkhead::catalog::catalogers::pacman {
namespace {

using model::Package;

constexpr std::string_view kFolder = "var/lib/pacman/local/";
constexpr size_t kMaxWordBytes = 256;
constexpr size_t kMaxTextBytes = 1024;
constexpr uint64_t kMaxTreeBytes = 64 << 20;
constexpr std::array<std::string_view, 3> kNames = {"desc", "files", "mtree"};

Want wants(const FileInfo& file) {
  if (std::find(kNames.begin(), kNames.end(), file.base) == kNames.end()) return Want::kNone;
  if (!file.path.starts_with(kFolder)) return Want::kNone;
  std::string_view rest = file.path.substr(kFolder.size());
  size_t slash = rest.find('/');
  bool direct = slash != 0 && slash != rest.npos && rest.find('/', slash + 1) == rest.npos;
  return direct ? Want::kWhole : Want::kNone;
}

// Calls f(section, line) for every line of every section.
template <typename F>
void each_line(std::string_view text, F&& f) {
  std::string_view section;
  std::string_view line;
  while (base::next_line(text, line)) {
    bool heading = line.size() > 2 && line.front() == '%' && line.back() == '%';
    if (line.empty()) {
      section = {};
    } else if (heading && section.empty()) {
      section = line.substr(1, line.size() - 2);
    } else if (!section.empty()) {
      f(section, line);
    }
  }
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWordBytes && text.find_first_of(" \t\r") == text.npos;
}

void read_desc(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  constexpr size_t kMaxLicences = 64;
  Package package;
  package.type = "alpm";
  each_line(base::as_text(file.bytes), [&](std::string_view section, std::string_view line) {
    if (section == "LICENSE") {
      if (package.licences.size() < kMaxLicences) {
        package.licences.push_back(base::printable(line, kMaxTextBytes));
      }
    } else if (section == "PACKAGER") {
      package.supplier = base::printable(line, kMaxTextBytes);
    } else if (is_word(line)) {
      if (section == "NAME") package.name = line;
      if (section == "VERSION") package.version = line;
      if (section == "ARCH") package.arch = line;
      if (section == "BASE") package.source_name = line;
    }
  });
  if (package.name.empty() || package.version.empty()) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "no usable package name and version; the package is not in the answer");
    return;
  }
  if (package.source_name == package.name) package.source_name.clear();
  out.packages.push_back(std::move(package));
}

// "./usr/bin/true time=1700000000.0 size=26936 sha256digest=..."
void read_tree(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto inflated = archive::gunzip(file.bytes, kMaxTreeBytes);
  if (!inflated) {
    diagnostics.note("bad-file-digests", file.info.path,
                     inflated.error().message() + "; changed files are not told by their content");
    return;
  }
  constexpr std::string_view kDigest = " sha256digest=";
  std::string_view text = base::as_text(*inflated);
  for (std::string_view line; base::next_line(text, line);) {
    size_t digest = line.find(kDigest);
    if (!line.starts_with("./") || digest == line.npos) continue;
    std::string_view path = line.substr(2, line.find(' ') - 2);
    std::string_view hex = line.substr(digest + kDigest.size());
    add_shipped_hex(path, DigestKind::kSha256, hex.substr(0, hex.find(' ')), out.shipped);
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "desc") return read_desc(file, out, diagnostics);
  if (file.info.base == "mtree") return read_tree(file, out, diagnostics);
  std::vector<std::string_view> paths;
  each_line(base::as_text(file.bytes), [&](std::string_view section, std::string_view line) {
    if (section == "FILES" && !line.ends_with('/')) paths.push_back(line);
  });
  model::FileList files(std::move(paths));
  if (!files.empty()) out.strings.emplace_back(files.packed());
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::unordered_map<std::string_view, const FileFacts*> lists;
  for (const Placed& file : files) {
    if (!file.facts->strings.empty()) lists[base::dirname(file.facts->path)] = file.facts;
  }
  size_t first = out.packages.size();
  for (const Placed& file : files) {
    size_t begin = out.packages.size();
    take_packages({&file, 1}, out);
    auto list = lists.find(base::dirname(file.facts->path));
    if (list == lists.end()) continue;
    for (Package& package : std::span(out.packages).subspan(begin)) {
      package.files = model::FileList::from_packed(list->second->strings.front());
    }
  }
  put_into_distribution(out.distro, out.distro.known() ? out.distro.id : "arch",
                        std::span(out.packages).subspan(first));
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "pacman",
    .summary = "Arch Linux packages from pacman's local database",
    .version = 2,
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::pacman
