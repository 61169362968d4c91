// SPDX-License-Identifier: Apache-2.0
// Installed Python distributions:
//
//   <name>-<version>.dist-info/METADATA, RECORD     wheels (PEP 376, PEP 427, PEP 627)
//   <name>.egg-info/PKG-INFO, installed-files.txt   setuptools, pip before 2021, Debian
//   <name>.egg-info                                 distutils: the same headers in a single file
//   <name>.egg/EGG-INFO/PKG-INFO                    eggs
//
// pip carries its dependencies inside (pip/_vendor) without their metadata; what they are stands in
// _vendor/vendor.txt as exact pins. That code is on disk and is imported, so it is listed. Newer
// setuptools vendors whole dist-info folders, which are read like any other. Where a distribution
// ships pip, the join with the owner of the record keeps these from being judged by upstream's
// versions. Wheels that wait to be installed (ensurepip) are archives and not listed.
//
// What a package requires is resolved among the distributions of the same folder, the way imports
// are.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/metadata.h"
#include "catalog/python/names.h"
#include "catalog/python/requirement.h"

namespace bulkhead::catalog::catalogers::python_installed {
namespace {

constexpr std::string_view kVendorList = "pip/_vendor/vendor.txt";
constexpr size_t kMaxRequirements = 2000;
constexpr size_t kMaxFiles = 200'000;

bool is_vendored(std::string_view path) {
  if (!path.ends_with(kVendorList)) return false;
  size_t before = path.size() - kVendorList.size();
  return before == 0 || path[before - 1] == '/';
}

// What kind of record a path is, by its name alone.
enum class Record { kNone, kMetadata, kFiles, kVendored };

Record record_of(const FileInfo& file) {
  std::string_view folder = base::basename(base::dirname(file.path));
  if (file.base == "METADATA") {
    return folder.ends_with(".dist-info") ? Record::kMetadata : Record::kNone;
  }
  if (file.base == "RECORD") {
    return folder.ends_with(".dist-info") ? Record::kFiles : Record::kNone;
  }
  if (file.base == "PKG-INFO") {
    bool egg = folder.ends_with(".egg-info") || folder == "EGG-INFO";
    return egg ? Record::kMetadata : Record::kNone;
  }
  if (file.base == "installed-files.txt") {
    return folder.ends_with(".egg-info") ? Record::kFiles : Record::kNone;
  }
  if (file.base.ends_with(".egg-info")) return Record::kMetadata;
  if (file.base == "vendor.txt") {
    return is_vendored(file.path) ? Record::kVendored : Record::kNone;
  }
  return Record::kNone;
}

Want wants(const FileInfo& file) {
  return record_of(file) == Record::kNone ? Want::kNone : Want::kWhole;
}

// Joins a path of a record to the folder it is relative to; "" when it leads out of the root.
std::string resolve(std::string_view folder, std::string_view path) {
  std::string out(path.starts_with('/') ? std::string_view() : folder);
  while (!path.empty()) {
    size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      if (!out.empty()) out += '/';
      out += segment;
      continue;
    }
    if (out.empty()) return {};
    size_t last = out.rfind('/');
    out.resize(last == out.npos ? 0 : last);
  }
  return out;
}

// The first field of a line of CSV.
std::string first_field(std::string_view line) {
  if (!line.starts_with('"')) return std::string(line.substr(0, line.find(',')));
  std::string out;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '"' && (++i == line.size() || line[i] != '"')) break;
    out += line[i];
  }
  return out;
}

// The paths of RECORD (CSV, relative to the folder that holds dist-info) or installed-files.txt
// (one a line, relative to egg-info).
void read_files(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  bool csv = file.info.base == "RECORD";
  std::string_view folder = base::dirname(file.info.path);
  if (csv) folder = base::dirname(folder);
  std::string_view text = base::as_text(file.bytes);
  std::string_view line;
  while (base::next_line(text, line)) {
    std::string path = csv ? first_field(line) : std::string(base::trim(line));
    if (path.empty()) continue;
    if (out.strings.size() == kMaxFiles) {
      diagnostics.skipped("too-many-files", file.info.path,
                          "lists more than " + std::to_string(kMaxFiles) +
                              " files; the rest is not counted to the package");
      break;
    }
    std::string resolved = resolve(folder, path);
    if (!resolved.empty() && base::is_utf8(resolved)) out.strings.push_back(std::move(resolved));
  }
}

void read_metadata(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  python::Metadata metadata = python::parse_metadata(base::as_text(file.bytes));
  if (!python::valid_name(metadata.name) || metadata.version.empty()) {
    diagnostics.skipped("bad-python-metadata", file.info.path,
                        "no usable Name and Version; the package is not listed");
    return;
  }
  model::Package package = python::make_package(metadata.name, metadata.version);
  package.licences = std::move(metadata.licences);
  package.supplier = std::move(metadata.supplier);
  out.packages.push_back(std::move(package));
  for (const auto& dependency : metadata.requires_dist) {
    auto requirement = python::parse_requirement(dependency.text);
    if (!requirement || python::wants_extra(requirement->marker)) continue;
    out.strings.push_back(python::normalise_name(requirement->name));
    if (out.strings.size() == kMaxRequirements) break;
  }
}

void read_vendored(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  std::string_view line;
  for (uint32_t number = 1; base::next_line(text, line); ++number) {
    auto requirement = python::parse_requirement(line.substr(0, line.find('#')));
    if (!requirement) continue;
    std::string_view version = python::pinned_version(requirement->specifier);
    if (version.empty()) continue;
    if (is_full(file, out, diagnostics)) break;
    model::Package package = python::make_package(requirement->name, version);
    package.relation = model::Relation::kIndirect;
    package.locations = {{out.path, number, -1}};
    out.packages.push_back(std::move(package));
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  switch (record_of(file.info)) {
    case Record::kNone: return;
    case Record::kMetadata: return read_metadata(file, out, diagnostics);
    case Record::kFiles: return read_files(file, out, diagnostics);
    case Record::kVendored: return read_vendored(file, out, diagnostics);
  }
}

// The folder that imports look in, for a record of it.
std::string_view import_folder(std::string_view path) {
  std::string_view folder = base::dirname(path);
  bool inside = folder.ends_with(".dist-info") || folder.ends_with(".egg-info") ||
                folder.ends_with("/EGG-INFO");
  if (inside) folder = base::dirname(folder);
  return folder.ends_with(".egg") ? base::dirname(folder) : folder;
}

void add_files(model::Package& package, const FileFacts& record) {
  package.files = model::FileList({record.strings.begin(), record.strings.end()});
  // pip marks what was asked for by name; everything else came along or is older than the mark.
  bool requested =
      std::any_of(record.strings.begin(), record.strings.end(),
                  [](std::string_view f) { return f.ends_with(".dist-info/REQUESTED"); });
  if (requested) package.relation = model::Relation::kDirect;
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, const FileFacts*> records;  // by the folder they stand in
  std::map<std::pair<std::string_view, base::SharedText>, std::string> installed;  // purls
  for (const Placed& file : files) {
    const FileFacts& facts = *file.facts;
    if (facts.packages.empty()) {
      records.emplace(base::dirname(facts.path), &facts);
    } else if (facts.packages.front().locations.empty()) {
      const model::Package& package = facts.packages.front();
      installed.emplace(std::pair(import_folder(facts.path), package.name), package.purl());
    }
  }
  for (const Placed& file : files) {
    const FileFacts& facts = *file.facts;
    if (facts.packages.empty()) continue;
    size_t first = out.packages.size();
    bool vendored = !facts.packages.front().locations.empty();
    take_packages({&file, 1}, out);
    if (vendored) continue;
    model::Package& package = out.packages[first];
    std::string_view folder = base::dirname(facts.path);
    auto record = records.find(folder);
    bool own_folder = folder.ends_with("-info") || folder.ends_with("EGG-INFO");
    if (own_folder && record != records.end()) add_files(package, *record->second);
    for (const std::string& name : facts.strings) {
      auto found = installed.find({import_folder(facts.path), name});
      if (found != installed.end()) package.depends_on.push_back(found->second);
    }
    std::sort(package.depends_on.begin(), package.depends_on.end());
    package.depends_on.erase(std::unique(package.depends_on.begin(), package.depends_on.end()),
                             package.depends_on.end());
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "python_installed",
    .summary = "Python distributions in dist-info, egg-info and eggs, and what pip vendors",
    .trees = Trees::kInstalled,
    .max_bytes = 16ull << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::python_installed
