// SPDX-License-Identifier: Apache-2.0
// Debian source packages that lie in a tree: *.dsc files (dsc(5)), plain or clear-signed. The
// signature is not verified: what the file says is what somebody means to build.
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/debian/deb.h"

namespace bulkhead::catalog::catalogers::debian_source {
namespace {

Want wants(const FileInfo& file) {
  return file.base.size() > 4 && file.base.ends_with(".dsc") ? Want::kWhole : Want::kNone;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  debian::ControlReader reader(base::as_text(file.bytes));
  debian::Stanza stanza;
  while (reader.next(stanza)) {
    // The armour of a signature has fields of its own ("Hash: SHA512").
    if (stanza["Format"].empty() || stanza["Source"].empty()) continue;
    model::Package package;
    package.type = "deb";
    package.name = stanza["Source"];
    package.version = stanza["Version"];
    package.arch = "source";
    package.origin = model::Origin::kManifest;
    package.supplier = base::printable(stanza["Maintainer"], 1024);
    if (!debian::is_word(package.name) || !debian::is_word(package.version)) break;
    package.locations.push_back({out.path, stanza.line, -1});
    out.packages.push_back(std::move(package));
    return;
  }
  diagnostics.skipped("bad-manifest", file.info.path,
                      "no usable Source and Version; the source package is not in the answer");
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  // Every file stands for itself: the tree it lies in may be of any distribution.
  for (const Placed& file : files) {
    size_t first = out.packages.size();
    take_packages({&file, 1}, out);
    debian::name_distribution(model::Distro(), std::span(out.packages).subspan(first));
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "debian_source",
    .summary = "Debian source packages from .dsc files",
    .trees = Trees::kSource,
    .max_bytes = 4 << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::debian_source
