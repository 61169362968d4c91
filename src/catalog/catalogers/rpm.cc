// SPDX-License-Identifier: Apache-2.0
// Packages installed by rpm, from its database in any of its three forms, and from the plain lists
// that distroless images of Mariner and Azure Linux carry instead (container-manifest-2).
//
// The version is the full EVR; source package, modularity label, files and the CVEs that the
// package's own changelog claims to fix come from the header.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/distribution.h"
#include "catalog/rpm/changelog.h"
#include "catalog/rpm/database.h"
#include "catalog/rpm/header.h"

namespace bulkhead::catalog::catalogers::rpm {
namespace {

using catalog::rpm::Header;
using catalog::rpm::Tag;

constexpr std::array<std::string_view, 4> kDirectories = {
    "var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm", "usr/lib/sysimage/rpm-ostree-base-db"};
constexpr std::array<std::string_view, 3> kNames = {"Packages", "Packages.db", "rpmdb.sqlite"};
constexpr std::string_view kManifest = "var/lib/rpmmanifest/container-manifest-2";
constexpr uint32_t kGhostFile = 64;
constexpr size_t kMaxFiles = 2'000'000;

Want wants(const FileInfo& file) {
  if (file.path == kManifest) return Want::kWhole;
  if (std::find(kNames.begin(), kNames.end(), file.base) == kNames.end()) return Want::kNone;
  std::string_view directory = base::dirname(file.path);
  bool known = std::find(kDirectories.begin(), kDirectories.end(), directory) != kDirectories.end();
  return known ? Want::kWhole : Want::kNone;
}

// "tzdata-2019a-1.el8.src.rpm" -> name "tzdata", version "2019a-1.el8".
void set_source(std::string_view source_rpm, model::Package& out) {
  for (std::string_view suffix : {".src.rpm", ".nosrc.rpm"}) {
    if (source_rpm.ends_with(suffix)) source_rpm.remove_suffix(suffix.size());
  }
  auto release = base::cut_last(source_rpm, "-");
  auto version = release ? base::cut_last(release->first, "-") : std::nullopt;
  if (!version) return;
  out.source_name = version->first;
  out.source_version = std::string(version->second) + "-" + std::string(release->second);
}

std::optional<DigestKind> digest_kind(const Header& header) {
  constexpr uint32_t kMd5 = 1;  // OpenPGP's numbers (RFC 4880, 9.4)
  constexpr uint32_t kSha1 = 2;
  constexpr uint32_t kSha256 = 8;
  switch (header.number(Tag::kFileDigestAlgo).value_or(kMd5)) {
    case kMd5: return DigestKind::kMd5;
    case kSha1: return DigestKind::kSha1;
    case kSha256: return DigestKind::kSha256;
    default: return std::nullopt;
  }
}

void set_files(const Header& header, model::Package& out, std::vector<ShippedFile>& shipped) {
  auto names = header.strings(Tag::kBasenames);
  auto directories = header.strings(Tag::kDirNames);
  auto indexes = header.numbers(Tag::kDirIndexes);
  auto flags = header.numbers(Tag::kFileFlags);
  auto digests = header.strings(Tag::kFileDigests);
  auto kind = digest_kind(header);
  std::vector<std::string> paths;
  for (size_t i = 0; i < names.size() && i < indexes.size() && i < kMaxFiles; ++i) {
    bool ghost = i < flags.size() && (flags[i] & kGhostFile) != 0;
    if (ghost || indexes[i] >= directories.size()) continue;
    paths.push_back(std::string(directories[indexes[i]]).append(names[i]));
    if (kind && i < digests.size()) add_shipped_hex(paths.back(), *kind, digests[i], shipped);
  }
  std::vector<std::string_view> all(paths.begin(), paths.end());
  if (names.empty()) all = header.strings(Tag::kOldFilenames);
  out.files = model::FileList(std::move(all));
}

bool read_header(base::ByteView blob, FileFacts& out) {
  auto header = Header::parse(blob);
  if (!header) return false;
  model::Package package;
  package.type = "rpm";
  package.name = header->string(Tag::kName);
  std::string_view version = header->string(Tag::kVersion);
  std::string_view release = header->string(Tag::kRelease);
  if (package.name.empty() || version.empty()) return false;
  if (package.name == "gpg-pubkey") return true;  // a trusted key, kept among the packages
  auto epoch = header->number(Tag::kEpoch);
  std::string evr = epoch && *epoch != 0 ? std::to_string(*epoch) + ":" : "";
  evr += version;
  if (!release.empty()) evr.append("-").append(release);
  package.version = evr;
  package.arch = header->string(Tag::kArch);
  package.supplier = base::to_utf8(header->string(Tag::kVendor));
  if (auto licence = header->string(Tag::kLicense); !licence.empty()) {
    package.licences.push_back(base::to_utf8(licence));
  }
  if (auto label = header->string(Tag::kModularityLabel); !label.empty() && label != "(none)") {
    package.qualifiers["modularity"] = label;
  }
  set_source(header->string(Tag::kSourceRpm), package);
  set_files(*header, package, out.shipped);
  for (changelog::Fix& fix : catalog::rpm::changelog_fixes(*header)) {
    package.fix_claims.push_back({fix.id, fix.version, out.path});
  }
  out.packages.push_back(std::move(package));
  return true;
}

void read_rpmdb(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  size_t broken = 0;
  auto read = catalog::rpm::read_database(file.bytes, file.log, [&](base::ByteView blob) {
    if (!read_header(blob, out)) ++broken;
  });
  if (!read) {
    diagnostics.incomplete("rpm-database", file.info.path,
                           read.error().message() + "; " + std::to_string(out.packages.size()) +
                               " packages were read before that");
  }
  if (broken != 0) {
    diagnostics.incomplete("rpm-database", file.info.path,
                           std::to_string(broken) + " package headers could not be read");
  }
}

// One package a line, tab-separated: name, version-release, install time, build time, vendor, epoch
// or (none), size, architecture, epoch number, source rpm.
void read_manifest(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  size_t number = 0;
  for (std::string_view line; base::next_line(text, line);) {
    ++number;
    if (base::trim(line).empty()) continue;
    auto fields = base::split(line, '\t');
    if (fields.size() < 10 || fields[0].empty() || fields[1].empty()) {
      diagnostics.incomplete("rpm-manifest", file.info.path,
                             "line " + std::to_string(number) + " is not a package record");
      continue;
    }
    model::Package package;
    package.type = "rpm";
    package.name = fields[0];
    bool epoch = fields[8] != "0" && fields[8] != "(none)" && base::to_number<uint32_t>(fields[8]);
    package.version =
        epoch ? std::string(fields[8]).append(":").append(fields[1]) : std::string(fields[1]);
    if (fields[4] != "(none)") package.supplier = fields[4];
    package.arch = fields[7];
    package.locations.push_back({out.path, static_cast<uint32_t>(number), -1});
    set_source(fields[9], package);
    out.packages.push_back(std::move(package));
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.path == kManifest) {
    read_manifest(file, out, diagnostics);
  } else {
    read_rpmdb(file, out, diagnostics);
  }
}

// purl namespace: the distribution's id, with the names that purl-spec's examples and other tools
// use.
std::string name_space(const model::Distro& distro) {
  if (distro.id == "rhel") return "redhat";
  if (distro.id.starts_with("opensuse")) return "opensuse";
  if (distro.id == "sles" || distro.id == "sled") return "suse";
  return distro.id;
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  size_t before = out.packages.size();
  take_packages(files, out);
  put_into_distribution(out.distro, name_space(out.distro),
                        std::span(out.packages).subspan(before));
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "rpm",
    .summary =
        "Packages installed by rpm: SQLite, NDB and Berkeley DB databases, package manifests",
    .version = 2,
    .max_bytes = 1ull << 30,
    .log_suffix = "-wal",
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::rpm
