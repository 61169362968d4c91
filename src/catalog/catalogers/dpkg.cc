// SPDX-License-Identifier: Apache-2.0
// dpkg's database (Debian, Ubuntu and what descends from them), with what lies beside it:
//
//   var/lib/dpkg/status               all packages of an ordinary system, deb822 stanzas
//   var/lib/dpkg/status.d/<name>      one package each, in distroless images; <name>.md5sums beside
//   var/lib/dpkg/info/<name>.list     the files of a package
//   var/lib/dpkg/info/<name>.md5sums  what they held when they were installed
//   usr/share/doc/<name>/copyright    licences
//   usr/share/doc/<name>/changelog.Debian.gz, changelog.gz   what was fixed when
//
// The pieces may come from different layers, so each is read on its own and join() puts them
// together by name. Debian policy lets the documentation of a package be a link to that of another
// one from the same source; links are not seen here, so binaries of one source and version lend
// each other changelog and licences.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "archive/compress.h"
#include "base/counted.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/debian/changelog.h"
#include "catalog/debian/control.h"
#include "catalog/debian/copyright.h"
#include "catalog/debian/deb.h"

namespace bulkhead::catalog::catalogers::dpkg {
namespace {

using debian::Stanza;
using model::Package;

constexpr std::string_view kStatus = "var/lib/dpkg/status";
constexpr std::string_view kStatusFolder = "var/lib/dpkg/status.d/";
constexpr std::string_view kInfoFolder = "var/lib/dpkg/info/";
constexpr std::string_view kDocFolder = "usr/share/doc/";
// Changelogs are text, which gzip packs four to eight times; what packs better is not one.
constexpr uint64_t kMaxChangelogBytes = 64 << 20;
constexpr uint64_t kMaxChangelogRatio = 50;
// All packages together: claims are lent to every binary of a source.
constexpr size_t kMaxClaims = 200'000;
constexpr size_t kMaxLicences = 500'000;

enum class Kind : uint8_t {
  kOther,
  kDatabase,
  kDatabasePart,
  kFiles,
  kSums,
  kCopyright,
  kChangelog,
  kMaybe
};

struct Piece {
  Kind kind = Kind::kOther;
  std::string_view name;  // of the package it belongs to, perhaps with ":arch"
};

Piece doc_piece(std::string_view rest) {
  auto parts = base::cut(rest, "/");
  if (!parts || parts->first.empty()) return {};
  auto [name, file] = *parts;
  if (file == "copyright") return {Kind::kCopyright, name};
  if (file == "changelog.Debian.gz" || file == "changelog.Debian") return {Kind::kChangelog, name};
  // Of a native package; otherwise the upstream changelog, which can be anything.
  if (file == "changelog.gz" || file == "changelog") return {Kind::kMaybe, name};
  return {};
}

Piece piece_of(std::string_view path) {
  if (path.starts_with(kDocFolder)) return doc_piece(path.substr(kDocFolder.size()));
  if (!path.starts_with("var/lib/dpkg/")) return {};
  if (path == kStatus) return {Kind::kDatabase, {}};
  auto in = [&](std::string_view folder, std::string_view suffix) -> std::string_view {
    if (!path.starts_with(folder) || !path.ends_with(suffix)) return {};
    std::string_view name = path.substr(folder.size());
    if (name.size() <= suffix.size() || name.find('/') != name.npos) return {};
    return name.substr(0, name.size() - suffix.size());
  };
  if (auto name = in(kInfoFolder, ".list"); !name.empty()) return {Kind::kFiles, name};
  if (auto name = in(kInfoFolder, ".md5sums"); !name.empty()) return {Kind::kSums, name};
  if (auto name = in(kStatusFolder, ".md5sums"); !name.empty()) return {Kind::kFiles, name};
  if (auto name = in(kStatusFolder, ""); !name.empty()) return {Kind::kDatabasePart, name};
  return {};
}

Want wants(const FileInfo& file) {
  switch (piece_of(file.path).kind) {
    case Kind::kOther: return Want::kNone;
    case Kind::kMaybe: return Want::kHead;
    default: return Want::kWhole;
  }
}

bool is_gzip(base::ByteView bytes) {
  return archive::detect_compression(bytes) == archive::Compression::kGzip;
}

// Whether a changelog.gz is in Debian's form, from its first bytes.
bool wants_head(const FileInfo&, base::ByteView head) {
  if (!is_gzip(head)) return debian::looks_like_changelog(base::as_text(head));
  base::MemorySource packed(head);
  auto source = archive::gzip_source(packed, base::Limits());
  if (!source) return false;
  std::array<std::byte, 160> first;
  auto size = (*source)->read(first);
  return size && debian::looks_like_changelog(base::as_text(base::ByteView(first).first(*size)));
}

// Reading ---------------------------------------------------------------------------------------

// Stanzas, as far as a look at the text can tell: a list that grows is held twice for a moment.
size_t guess_stanzas(std::string_view text) {
  constexpr std::string_view kField = "\nPackage:";
  size_t count = 1;
  for (size_t at = text.find(kField); at != text.npos; at = text.find(kField, at + 1)) ++count;
  return std::min(count, debian::kMaxPackages);
}

// dpkg ends its database with a line end; the single records of distroless images may have none.
bool is_cut_off(const File& file) {
  return file.info.base == "status" && !file.bytes.empty() &&
         !base::as_text(file.bytes).ends_with('\n');
}

void read_status(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  out.packages.reserve(guess_stanzas(base::as_text(file.bytes)));
  debian::ControlReader reader(base::as_text(file.bytes));
  Stanza stanza;
  while (reader.next(stanza)) {
    if (!debian::read_package(stanza, out.path, out.packages, diagnostics)) break;
  }
  if (out.packages.empty() && reader.bad_lines() != 0) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "not a dpkg database; its packages are not in the answer");
  } else if (reader.bad_lines() != 0) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           base::counted(reader.bad_lines(), "line") +
                               " in it are no fields of a stanza; packages that they hide are not "
                               "in the answer");
  } else if (is_cut_off(file)) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "it ends in the middle of a line; the packages behind it are not in "
                           "the answer");
  }
}

// "<32 hexadecimal digits>  <path>"
std::vector<std::string_view> read_sums(const File& file, FileFacts& out) {
  std::vector<std::string_view> paths;
  std::string_view text = base::as_text(file.bytes);
  for (std::string_view line; base::next_line(text, line);) {
    if (line.size() <= 34) continue;
    paths.push_back(line.substr(34));
    add_shipped_hex(paths.back(), DigestKind::kMd5, line.substr(0, 32), out.shipped);
  }
  return paths;
}

void read_files(const File& file, FileFacts& out) {
  std::vector<std::string_view> paths;
  if (file.info.path.ends_with(".md5sums")) {
    paths = read_sums(file, out);
  } else {
    std::string_view text = base::as_text(file.bytes);
    for (std::string_view line; base::next_line(text, line);) paths.push_back(line);
  }
  model::FileList files(std::move(paths));
  if (!files.empty()) out.strings.emplace_back(files.packed());
}

void read_changelog(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  base::Bytes inflated;
  if (is_gzip(file.bytes)) {
    uint64_t most = 64 * 1024 + file.bytes.size() * kMaxChangelogRatio;
    auto bytes = archive::gunzip(file.bytes, std::min(most, kMaxChangelogBytes));
    if (!bytes) {
      diagnostics.note("bad-changelog", file.info.path,
                       bytes.error().message() + "; it is not used as evidence of fixes");
      return;
    }
    inflated = *std::move(bytes);
    text = base::as_text(inflated);
  }
  debian::Changelog changelog = debian::parse_changelog(text);
  if (changelog.fixes.empty()) return;
  out.strings.push_back(changelog.source + " " + changelog.version);
  for (const changelog::Fix& fix : changelog.fixes) {
    out.strings.push_back(fix.id + " " + fix.version);
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  switch (piece_of(file.info.path).kind) {
    case Kind::kOther: return;
    case Kind::kDatabase:
    case Kind::kDatabasePart: return read_status(file, out, diagnostics);
    case Kind::kFiles: return read_files(file, out);
    case Kind::kSums: read_sums(file, out); return;
    case Kind::kCopyright: out.strings = debian::parse_copyright(base::as_text(file.bytes)); return;
    case Kind::kChangelog:
    case Kind::kMaybe: return read_changelog(file, out, diagnostics);
  }
}

// Joining ---------------------------------------------------------------------------------------

using ByName = std::unordered_map<std::string_view, const FileFacts*>;

struct Pieces {
  ByName files;
  ByName copyright;
  ByName changelog;
  std::vector<const Placed*> status;
  bool has_status = false;
  bool has_status_parts = false;
};

Pieces sort_pieces(std::span<const Placed> placed) {
  Pieces out;
  for (const Placed& file : placed) {
    Piece piece = piece_of(file.facts->path);
    switch (piece.kind) {
      case Kind::kOther:
      case Kind::kSums: break;
      case Kind::kDatabase:
        out.has_status = true;
        out.status.push_back(&file);
        break;
      case Kind::kDatabasePart:
        out.has_status_parts = true;
        out.status.push_back(&file);
        break;
      case Kind::kFiles: out.files[piece.name] = file.facts; break;
      case Kind::kCopyright: out.copyright[piece.name] = file.facts; break;
      case Kind::kChangelog: out.changelog[piece.name] = file.facts; break;
      case Kind::kMaybe:  // only where there is no changelog.Debian.gz
        out.changelog.emplace(piece.name, file.facts);
        break;
    }
  }
  return out;
}

const FileFacts* find(const ByName& pieces, std::string_view name) {
  auto at = pieces.find(name);
  return at == pieces.end() ? nullptr : at->second;
}

// A changelog counts only for the very source package and version that it ends with: anything else
// is a file that was left behind or put there.
bool is_changelog_of(const FileFacts& facts, const Package& package) {
  auto head = base::cut(facts.strings.front(), " ");
  if (!head) return false;
  bool name = head->first == package.source_name_or_name() || head->first == package.name;
  return name &&
         (head->second == package.source_version_or_version() || head->second == package.version);
}

using Source = std::pair<std::string_view, std::string_view>;

Source source_of(const Package& package) {
  return {package.source_name_or_name(), package.source_version_or_version()};
}

// Hands out what lies beside the database. What is lent from package to package is counted, and a
// file list goes to one package only: a crafted database must not multiply a large file.
class Documentation {
 public:
  Documentation(const Pieces& pieces, std::span<const Package> packages);
  void give(Package& package);
  bool ran_out() const { return claims_ == 0 || licences_ == 0; }

 private:
  const FileFacts* own_changelog(const Package& package) const {
    const FileFacts* facts = find(pieces_.changelog, package.name);
    return facts != nullptr && is_changelog_of(*facts, package) ? facts : nullptr;
  }
  void give_fixes(const FileFacts& facts, Package& package);
  void give_files(Package& package);

  const Pieces& pieces_;
  std::map<Source, const FileFacts*> changelogs_;
  std::map<Source, const FileFacts*> copyrights_;
  std::unordered_set<const FileFacts*> given_;
  size_t claims_ = kMaxClaims;
  size_t licences_ = kMaxLicences;
};

Documentation::Documentation(const Pieces& pieces, std::span<const Package> packages)
    : pieces_(pieces) {
  for (const Package& package : packages) {
    if (const FileFacts* facts = own_changelog(package)) {
      changelogs_.emplace(source_of(package), facts);
    }
    if (const FileFacts* facts = find(pieces.copyright, package.name)) {
      copyrights_.emplace(source_of(package), facts);
    }
  }
}

void Documentation::give(Package& package) {
  auto lent = [&](const std::map<Source, const FileFacts*>& from) {
    auto at = from.find(source_of(package));
    return at == from.end() ? nullptr : at->second;
  };
  const FileFacts* copyright = find(pieces_.copyright, package.name);
  if (copyright == nullptr) copyright = lent(copyrights_);
  if (copyright != nullptr && copyright->strings.size() <= licences_) {
    licences_ -= copyright->strings.size();
    package.licences = copyright->strings;
  }
  const FileFacts* changelog = own_changelog(package);
  if (changelog == nullptr) changelog = lent(changelogs_);
  if (changelog != nullptr) give_fixes(*changelog, package);
  give_files(package);
}

void Documentation::give_fixes(const FileFacts& facts, Package& package) {
  for (size_t i = 1; i < facts.strings.size() && claims_ != 0; ++i) {
    auto parts = base::cut(facts.strings[i], " ");
    if (!parts) continue;
    package.fix_claims.push_back(
        {std::string(parts->first), std::string(parts->second), facts.path});
    --claims_;
  }
}

void Documentation::give_files(Package& package) {
  const FileFacts* files = find(pieces_.files, package.name + ":" + package.arch);
  if (files == nullptr) files = find(pieces_.files, package.name);
  if (files == nullptr || files->strings.empty() || !given_.insert(files).second) return;
  package.files = model::FileList::from_packed(files->strings.front());
}

void join(std::span<const Placed> placed, Catalog& out, base::Diagnostics& diagnostics) {
  Pieces pieces = sort_pieces(placed);
  size_t first = out.packages.size();
  for (const Placed* file : pieces.status) take_packages({file, 1}, out);
  std::span<Package> packages = std::span(out.packages).subspan(first);
  debian::name_distribution(out.distro, packages);
  Documentation documentation(pieces, packages);
  for (Package& package : packages) documentation.give(package);
  if (documentation.ran_out()) {
    diagnostics.note(
        "too-many-claims", kStatus,
        "more changelog entries or licences than any system has; the rest is left out");
  }
  if (pieces.has_status_parts && !pieces.has_status && out.distro.variant.empty()) {
    out.distro.variant = "distroless";
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "dpkg",
    .summary = "Debian packages from dpkg's database, with licences and fixes from their files",
    .version = 3,
    .wants = wants,
    .wants_head = wants_head,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::dpkg
