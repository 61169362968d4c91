// SPDX-License-Identifier: Apache-2.0
// apk's database of installed packages (Alpine, Wolfi, Chainguard): lib/apk/db/installed, under
// usr/ where the two are merged. Records of "X:value" lines separated by blank lines, as
// apk-package(5) and apk-tools' database code have them; file names stand in R: lines below the
// F: line of their directory, digests in the Z: lines after them.
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/distribution.h"

namespace bulkhead::catalog::catalogers::apk {
namespace {

using model::Package;

constexpr size_t kMaxWordBytes = 256;
constexpr size_t kMaxTextBytes = 1024;
constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxPackages = 100'000;
// Joining folder and name makes paths longer than the database: a bound for all of them.
constexpr size_t kMaxPathsBytes = 64 << 20;

Want wants(const FileInfo& file) {
  bool installed = file.path == "lib/apk/db/installed" || file.path == "usr/lib/apk/db/installed";
  return installed ? Want::kWhole : Want::kNone;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWordBytes &&
         text.find_first_of(" \t\r") == std::string_view::npos && base::is_utf8(text);
}

// One record while it is read.
class Record {
 public:
  void field(char letter, std::string_view value, std::vector<ShippedFile>& shipped);
  // Ends the record: adds the package. False when there are too many.
  bool finish(const File& file, uint32_t line, FileFacts& out, base::Diagnostics& diagnostics);
  bool empty() const { return !any_; }
  std::string_view last_path() const {
    auto [begin, size] = paths_.back();
    return std::string_view(paths_text_).substr(begin, size);
  }
  bool paths_ran_out() const { return path_budget_ < kMaxPathBytes; }

 private:
  Package package_;
  std::string paths_text_;
  std::vector<std::pair<size_t, size_t>> paths_;  // ranges of paths_text_
  std::string_view folder_;
  bool any_ = false;
  bool file_open_ = false;  // the last path of paths_ may still get its digest
  size_t path_budget_ = kMaxPathsBytes;
};

void Record::field(char letter, std::string_view value, std::vector<ShippedFile>& shipped) {
  any_ = true;
  switch (letter) {
    case 'P': package_.name = value.substr(0, kMaxWordBytes + 1); break;
    case 'V': package_.version = value.substr(0, kMaxWordBytes + 1); break;
    case 'A':
      if (is_word(value)) package_.arch = value;
      break;
    case 'o':
      if (is_word(value)) package_.source_name = value;
      break;
    case 'L':
      if (!value.empty()) package_.licences = {base::printable(value, kMaxTextBytes)};
      break;
    case 'm': package_.supplier = base::printable(value, kMaxTextBytes); break;
    case 'F': folder_ = value; break;
    case 'Z':  // of the file in the line before: "Q1" and SHA-1 in base64
      if (value.starts_with("Q1") && file_open_) {
        auto digest = base::from_base64(value.substr(2));
        if (digest) add_shipped(last_path(), DigestKind::kSha1, *digest, shipped);
      }
      break;
    case 'R': {
      size_t begin = paths_text_.size();
      size_t size = folder_.size() + 1 + value.size();
      file_open_ = size <= kMaxPathBytes && size <= path_budget_;
      if (!file_open_) break;
      path_budget_ -= size;
      paths_text_.append(folder_).append(folder_.empty() ? "" : "/").append(value);
      paths_.emplace_back(begin, paths_text_.size() - begin);
      break;
    }
    default: break;
  }
}

bool Record::finish(const File& file, uint32_t line, FileFacts& out,
                    base::Diagnostics& diagnostics) {
  // "apk add --virtual .deps": a name for a set of packages, not a package.
  bool virtual_set = package_.name.starts_with('.');
  if (!is_word(package_.name) || !is_word(package_.version)) {
    diagnostics.skipped("bad-record", file.info.path,
                        "record that ends in line " + std::to_string(line) +
                            " has no usable package name and version and was skipped");
  } else if (out.packages.size() == kMaxPackages) {
    diagnostics.incomplete("too-many-packages", file.info.path,
                           "more than " + std::to_string(kMaxPackages) +
                               " packages; what lies beyond is not in the answer");
    return false;
  } else if (!virtual_set) {
    if (package_.source_name == package_.name) package_.source_name.clear();
    package_.type = "apk";
    std::vector<std::string_view> paths;
    paths.reserve(paths_.size());
    for (auto [begin, size] : paths_) {
      paths.push_back(std::string_view(paths_text_).substr(begin, size));
    }
    package_.files = model::FileList(std::move(paths));
    out.packages.push_back(std::move(package_));
  }
  size_t budget = path_budget_;
  *this = Record();
  path_budget_ = budget;
  return true;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  std::string_view line;
  uint32_t number = 0;
  uint64_t bad_lines = 0;
  Record record;
  while (base::next_line(text, line)) {
    ++number;
    if (line.empty()) {
      if (!record.empty() && !record.finish(file, number, out, diagnostics)) return;
    } else if (line.size() < 2 || line[1] != ':') {
      ++bad_lines;
    } else {
      record.field(line[0], line.substr(2), out.shipped);
    }
  }
  if (!record.empty() && !record.finish(file, number, out, diagnostics)) return;
  if (record.paths_ran_out()) {
    diagnostics.skipped("too-many-files", file.info.path,
                        "the file lists are larger than any system has; the rest is left out");
  }
  if (bad_lines != 0 && out.packages.empty()) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "not an apk database; its packages are not in the answer");
  }
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  size_t first = out.packages.size();
  take_packages(files, out);
  put_into_distribution(out.distro, out.distro.known() ? out.distro.id : "alpine",
                        std::span(out.packages).subspan(first));
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "apk",
    .summary = "Alpine, Wolfi and Chainguard packages from apk's database",
    .version = 2,
    .max_bytes = 256ull << 20,
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::apk
