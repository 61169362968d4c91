// SPDX-License-Identifier: Apache-2.0
// Rust programs built with cargo-auditable: the crates they were linked from, out of the section
// .dep-v0 of ELF executables, which holds JSON packed by zlib
// (https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md). Mach-O and PE
// programs do not run in Linux containers and are not read; other Rust programs carry no list.
//
// Crates of kind "build" ran while the program was built and are not in it: they are marked dev.
#include <algorithm>

#include "archive/zlib.h"
#include "base/json.h"
#include "catalog/cargo/manifest.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/elf.h"
#include "catalog/lock_graph.h"
#include "catalog/programs.h"

namespace bulkhead::catalog::catalogers::rust_binary {
namespace {

using base::json::Value;
using model::Package;
using model::Relation;

// The list of the largest programs inflates to less than 100 KiB.
constexpr uint64_t kMaxListBytes = 8ull << 20;

// The crates of the list. Dependencies are indexes into it, so crates with unusable names keep
// their place until the end.
class Reader {
 public:
  explicit Reader(FileFacts& out) : out_(out) {}

  void read(Value list) {
    std::vector<Value> entries;
    list.each([&](Value entry) {
      if (entries.size() < kMaxPackagesOfFile) entries.push_back(entry);
    });
    for (Value entry : entries) add(entry);
    for (size_t i = 0; i < entries.size(); ++i) {
      entries[i]["dependencies"].each(
          [&](Value index) { connect(i, index.integer().value_or(-1)); });
    }
    for (Package& package : packages_) {
      if (!cargo::valid_name(package.name) || package.version.empty()) continue;
      tidy_dependencies(package.depends_on);
      out_.packages.push_back(std::move(package));
    }
  }

 private:
  void add(Value entry) {
    Package& package = packages_.emplace_back(
        cargo::make_package(entry["name"].string_or(""), entry["version"].string_or("")));
    package.origin = model::Origin::kBinary;
    package.relation =
        entry["root"].boolean().value_or(false) ? Relation::kRoot : Relation::kIndirect;
    package.dev = entry["kind"].string_or("") == "build";
  }

  void connect(size_t from, int64_t index) {
    if (index < 0 || static_cast<uint64_t>(index) >= packages_.size()) return;
    Package& to = packages_[static_cast<size_t>(index)];
    packages_[from].depends_on.push_back(to.name + "@" + to.version);
    bool asked = packages_[from].relation == Relation::kRoot && to.relation == Relation::kIndirect;
    if (asked) to.relation = Relation::kDirect;
  }

  FileFacts& out_;
  std::vector<Package> packages_;
};

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto elf = Elf::open(file.bytes);
  if (!elf) return;
  auto section = elf->section(".dep-v0");
  if (!section) return;
  auto skip = [&](std::string_view message) {
    diagnostics.skipped("bad-rust-audit-data", file.info.path,
                        "section .dep-v0: " + std::string(message));
  };
  auto text = archive::inflate_zlib(*section, kMaxListBytes);
  if (!text) return skip(text.error().message());
  auto document = base::json::Document::parse(base::as_text(*text));
  if (!document) return skip("not JSON: " + document.error().message());
  Reader(out).read(document->root()["packages"]);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "rust_binary",
    .summary = "crates that cargo-auditable lists in ELF executables",
    .trees = Trees::kInstalled,
    .max_bytes = 1ull << 30,
    .wants = wants_program,
    .wants_head = is_program,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::rust_binary
