// SPDX-License-Identifier: Apache-2.0
// Bottlerocket has no package database; its build leaves an inventory:
// usr/share/bottlerocket/application-inventory.json, {"Content": [{Name, Version, Release, Epoch,
// Architecture, Publisher, ...}]}. The packages are RPMs without an rpm database.
#include "base/json.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/distribution.h"

namespace bulkhead::catalog::catalogers::bottlerocket {
namespace {

using base::json::Value;
using model::Package;

Want wants(const FileInfo& file) {
  constexpr std::string_view kPath = "usr/share/bottlerocket/application-inventory.json";
  if (!file.path.ends_with(kPath)) return Want::kNone;
  // The root of the image, or the system root of the architecture below it.
  std::string_view before = file.path.substr(0, file.path.size() - kPath.size());
  bool at_root = before.empty() || before.ends_with("-bottlerocket-linux-gnu/sys-root/");
  return at_root ? Want::kWhole : Want::kNone;
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 256 && text.find_first_of(" \t\r\n") == text.npos;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto document = base::json::Document::parse(base::as_text(file.bytes));
  if (!document) {
    diagnostics.incomplete(
        "bad-package-database", file.info.path,
        document.error().message() + "; the packages of the inventory are not in the answer");
    return;
  }
  document->root()["Content"].each([&](Value entry) {
    std::string_view name = entry["Name"].string_or("");
    std::string_view version = entry["Version"].string_or("");
    std::string_view release = entry["Release"].string_or("");
    if (!is_word(name) || !is_word(version)) {
      diagnostics.skipped("bad-record", file.info.path,
                          "an entry has no usable name and version and was skipped");
      return;
    }
    Package package;
    package.type = "rpm";
    package.name = name;
    std::string_view epoch = entry["Epoch"].string_or("");
    bool has_epoch = base::to_number<uint32_t>(epoch).value_or(0) != 0;
    std::string evr = has_epoch ? std::string(epoch) + ":" : "";
    evr += version;
    if (is_word(release)) evr.append("-").append(release);
    package.version = evr;
    if (std::string_view arch = entry["Architecture"].string_or(""); is_word(arch)) {
      package.arch = arch;
    }
    package.supplier = base::printable(entry["Publisher"].string_or(""), 1024);
    out.packages.push_back(std::move(package));
  });
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  size_t first = out.packages.size();
  take_packages(files, out);
  put_into_distribution(out.distro, "bottlerocket", std::span(out.packages).subspan(first));
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "bottlerocket",
    .summary = "Packages of Bottlerocket from its application inventory",
    .wants = wants,
    .read = read,
    .join = join,
    .database = true,
};

}  // namespace bulkhead::catalog::catalogers::bottlerocket
