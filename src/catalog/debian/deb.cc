// SPDX-License-Identifier: Apache-2.0
// What dpkg's stanzas mean (dpkg(1) "Package states", deb-control(5)).
#include "catalog/debian/deb.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/distribution.h"

namespace bulkhead::catalog::debian {
namespace {

using model::Package;

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxTextBytes = 1024;

// "install ok installed": what is wanted, error flag, state. Only the state says what is there.
bool is_on_disk(std::string_view status) {
  if (status.empty()) return true;
  size_t space = status.find_last_of(" \t");
  std::string_view state = space == status.npos ? status : status.substr(space + 1);
  return state == "installed" || state == "triggers-pending" || state == "triggers-awaited" ||
         state == "half-configured" || state == "unpacked";
}

// "util-linux (2.38.1-5+deb12u1)" or only the name.
void read_source(std::string_view field, Package& package) {
  std::string_view name = field.substr(0, field.find(' '));
  std::string_view version;
  size_t open = field.find('(');
  size_t close = field.find(')');
  if (open != field.npos && close != field.npos && open < close) {
    version = base::trim(field.substr(open + 1, close - open - 1));
  }
  if (is_word(name) && name != package.name) package.source_name = name;
  if (is_word(version) && version != package.version) package.source_version = version;
}

// By version and maintainer both: a rebuilt or synced package has only one of them.
bool is_ubuntus(const Package& package) {
  return package.supplier.find("Ubuntu") != std::string::npos &&
         package.version.find("ubuntu") != std::string::npos;
}

}  // namespace

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

bool read_package(const Stanza& stanza, const base::SharedText& path, std::vector<Package>& out,
                  base::Diagnostics& diagnostics) {
  if (!is_on_disk(stanza["Status"])) return true;
  if (out.size() == kMaxPackages) {
    diagnostics.incomplete("too-many-packages", path,
                           "more than " + std::to_string(kMaxPackages) +
                               " packages; what lies beyond is not in the answer");
    return false;
  }
  Package package;
  package.type = "deb";
  package.name = stanza["Package"].substr(0, kMaxNameBytes + 1);
  package.version = stanza["Version"].substr(0, kMaxNameBytes + 1);
  if (!is_word(package.name) || !is_word(package.version)) {
    diagnostics.skipped("bad-record", path,
                        "stanza in line " + std::to_string(stanza.line) +
                            " has no usable package name and version and was skipped");
    return true;
  }
  if (std::string_view arch = stanza["Architecture"]; is_word(arch)) package.arch = arch;
  read_source(stanza["Source"], package);
  std::string supplier = base::printable(stanza["Maintainer"], kMaxTextBytes);
  package.supplier = out.empty() ? supplier : base::SharedText::like(out.back().supplier, supplier);
  package.locations.push_back({path, stanza.line, -1});
  out.push_back(std::move(package));
  return true;
}

void name_distribution(const model::Distro& distro, std::span<Package> packages) {
  std::string vendor = distro.id;
  if (vendor.empty()) {
    auto ubuntu = std::count_if(packages.begin(), packages.end(), [](const Package& package) {
      return package.supplier.find("Ubuntu") != std::string::npos ||
             package.version.find("ubuntu") != std::string::npos;
    });
    vendor =
        static_cast<size_t>(ubuntu) * 2 >= packages.size() && ubuntu != 0 ? "ubuntu" : "debian";
  }
  std::string qualifier = distro_qualifier(distro);
  for (Package& package : packages) {
    if (vendor == "debian" && is_ubuntus(package)) {
      package.name_space = "ubuntu";
      continue;
    }
    package.name_space = vendor;
    if (!qualifier.empty()) package.qualifiers["distro"] = qualifier;
  }
}

}  // namespace bulkhead::catalog::debian
