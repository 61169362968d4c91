// SPDX-License-Identifier: Apache-2.0
// Debian source trees (a checkout, an unpacked source package): debian/control names the source
// package and the binary packages made of it (deb-src-control(5)), the newest entry of
// debian/changelog beside it has their version (deb-changelog(5)). What they depend on is chosen
// when they are installed, not here.
#include <map>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/debian/changelog.h"
#include "catalog/debian/deb.h"
#include "catalog/documents.h"

namespace bulkhead::catalog::catalogers::debian_control {
namespace {

using model::Package;

bool is_control(std::string_view path) { return base::basename(path) == "control"; }

Want wants(const FileInfo& file) {
  bool named = file.base == "control" || file.base == "changelog";
  return named && base::basename(base::dirname(file.path)) == "debian" ? Want::kWhole : Want::kNone;
}

Package own(std::string_view name, const base::SharedText& path, uint32_t line) {
  Package package;
  package.type = "deb";
  package.name = name;
  package.origin = model::Origin::kManifest;
  package.relation = model::Relation::kRoot;
  package.locations.push_back({path, line, -1});
  return package;
}

// The source package stands first; without it the rest is of no use.
void read_control(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  debian::ControlReader reader(base::as_text(file.bytes));
  debian::Stanza stanza;
  while (reader.next(stanza)) {
    bool first = out.packages.empty();
    std::string_view name = stanza[first ? "Source" : "Package"];
    if (!debian::is_word(name)) {
      if (first) break;
      continue;
    }
    if (is_full(file, out, diagnostics)) return;
    Package package = own(name, out.path, stanza.line);
    if (first) {
      package.arch = "source";
      package.supplier = base::printable(stanza["Maintainer"], 1024);
    } else {
      // "any" and lists say what it can be built for, not what it is.
      std::string_view arch = stanza["Architecture"];
      if (debian::is_word(arch) && arch.find("any") == arch.npos) package.arch = arch;
      package.source_name = out.packages.front().name;
      package.supplier = out.packages.front().supplier;
    }
    out.packages.push_back(std::move(package));
  }
  if (!out.packages.empty()) return;
  diagnostics.skipped("bad-manifest", file.info.path,
                      "does not begin with a usable Source; its packages are not in the answer");
}

// strings: the source package and the version of the newest entry.
void read_changelog(const File& file, FileFacts& out) {
  std::string_view text = base::as_text(file.bytes);
  auto changelog = debian::parse_changelog(text.substr(0, text.find("\n --")));
  if (!changelog.source.empty()) out.strings = {changelog.source, changelog.version};
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (is_control(file.info.path)) return read_control(file, out, diagnostics);
  read_changelog(file, out);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, const FileFacts*> changelogs;  // by their directory
  for (const Placed& file : files) {
    if (!is_control(file.facts->path) && !file.facts->strings.empty()) {
      changelogs.emplace(base::dirname(file.facts->path), file.facts);
    }
  }
  for (const Placed& file : files) {
    if (!is_control(file.facts->path)) continue;
    size_t first = out.packages.size();
    take_packages({&file, 1}, out);
    std::span packages = std::span(out.packages).subspan(first);
    auto found = changelogs.find(base::dirname(file.facts->path));
    bool known = found != changelogs.end() && !packages.empty() &&
                 packages.front().name == found->second->strings.front();
    for (Package& package : packages) {
      if (known) package.version = found->second->strings.back();
    }
    // The tree may be of any distribution, whatever the system that it lies in.
    debian::name_distribution(model::Distro(), packages);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "debian_control",
    .summary = "Debian source trees: debian/control and debian/changelog",
    .trees = Trees::kSource,
    .max_bytes = 16 << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::debian_control
