// SPDX-License-Identifier: Apache-2.0
// opkg's database (OpenWrt, Yocto images): dpkg's form under other paths.
#include <array>
#include <unordered_map>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/debian/deb.h"
#include "catalog/distribution.h"

namespace bulkhead::catalog::catalogers::opkg {
namespace {

using model::Package;

constexpr std::string_view kFolders[] = {"usr/lib/opkg/", "var/lib/opkg/", "lib/opkg/"};

// The name below opkg's folder: "status", "info/busybox.list"; "" elsewhere.
std::string_view below_opkg(std::string_view path) {
  for (std::string_view folder : kFolders) {
    if (path.starts_with(folder)) return path.substr(folder.size());
  }
  return {};
}

// The package that an "info/<name>.list" belongs to.
std::string_view list_owner(std::string_view name) {
  constexpr std::string_view kInfo = "info/";
  constexpr std::string_view kList = ".list";
  if (!name.starts_with(kInfo) || !name.ends_with(kList)) return {};
  if (name.size() <= kInfo.size() + kList.size()) return {};
  name.remove_prefix(kInfo.size());
  name.remove_suffix(kList.size());
  return name.find('/') == name.npos ? name : std::string_view();
}

Want wants(const FileInfo& file) {
  std::string_view name = below_opkg(file.path);
  return name == "status" || !list_owner(name).empty() ? Want::kWhole : Want::kNone;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  if (file.info.base != "status") {
    std::vector<std::string_view> paths;
    std::string_view line;
    // Newer ones write "<path>\t<mode>".
    while (base::next_line(text, line)) paths.push_back(line.substr(0, line.find('\t')));
    model::FileList files(std::move(paths));
    if (!files.empty()) out.strings.emplace_back(files.packed());
    return;
  }
  debian::ControlReader reader(text);
  debian::Stanza stanza;
  bool any = false;
  while (reader.next(stanza)) {
    any = true;
    if (!debian::read_package(stanza, out.path, out.packages, diagnostics)) break;
  }
  for (Package& package : out.packages) package.type = "opkg";
  if (!any && reader.bad_lines() != 0) {
    diagnostics.incomplete("bad-package-database", file.info.path,
                           "not an opkg database; its packages are not in the answer");
  }
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::unordered_map<std::string_view, const FileFacts*> lists;
  for (const Placed& file : files) {
    std::string_view owner = list_owner(below_opkg(file.facts->path));
    if (!owner.empty()) lists[owner] = file.facts;
  }
  size_t first = out.packages.size();
  take_packages(files, out);
  std::span<Package> packages = std::span(out.packages).subspan(first);
  put_into_distribution(out.distro, out.distro.known() ? out.distro.id : "openwrt", packages);
  for (Package& package : packages) {
    auto list = lists.find(package.name);
    if (list != lists.end() && !list->second->strings.empty()) {
      package.files = model::FileList::from_packed(list->second->strings.front());
    }
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "opkg",
    .summary = "OpenWrt and Yocto packages from opkg's database",
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::opkg
