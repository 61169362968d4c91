// SPDX-License-Identifier: Apache-2.0
// Go modules of a source tree: go.mod, go.sum and vendor/modules.txt.
//
// The versions in the go.mod of a main module are the ones that are built: minimal version
// selection takes the highest that anybody asks for, and the go command writes it back. From
// go 1.17 on the file names every module of the build; before, the rest only shows in go.sum, which
// is therefore read for older modules, or where it stands alone. A vendor directory adds what
// go.mod misses.
//
// Replaced modules are the module that replaces them; those replaced by a directory have no
// version. Excluded versions are not used by anybody. The go and toolchain lines ask for a
// toolchain of at least that version, so the standard library is listed with a requirement and no
// version.
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/golang/gomod.h"
#include "catalog/golang/module.h"

namespace bulkhead::catalog::catalogers::go_mod {
namespace {

using golang::GoMod;
using golang::Replace;
using golang::Require;
using model::Package;
using model::Relation;

// FileFacts::strings hold one of these, and for go.mod whether it lists all modules.
constexpr std::string_view kMod = "mod";
constexpr std::string_view kModOfAll = "mod of all";
constexpr std::string_view kSum = "sum";
constexpr std::string_view kVendor = "vendor";

Want wants(const FileInfo& file) {
  if (file.base == "go.mod" || file.base == "go.sum") return Want::kWhole;
  bool vendored =
      file.base == "modules.txt" && base::basename(base::dirname(file.path)) == "vendor";
  return vendored ? Want::kWhole : Want::kNone;
}

// The module that is built for a requirement. An invalid path gives an empty type.
Package built(const Require& require, const Replace* replace, const base::SharedText& file) {
  Package package;
  if (replace == nullptr) {
    if (golang::valid_path(require.path))
      package = golang::make_package(require.path, require.version);
  } else if (golang::is_local(replace->by)) {
    if (golang::valid_path(require.path)) package = golang::make_package(require.path, "");
  } else if (golang::valid_path(replace->by)) {
    package = golang::make_package(replace->by, replace->by_version);
  }
  package.origin = model::Origin::kLock;
  package.relation = require.indirect ? Relation::kIndirect : Relation::kDirect;
  package.requirement = base::SharedText::like(package.version, base::to_utf8(require.version));
  package.locations = {{file, require.line, -1}};
  return package;
}

void add_asked(FileFacts& out, Package package, std::string_view requirement, uint32_t line) {
  package.origin = model::Origin::kManifest;
  package.requirement = base::to_utf8(requirement);
  package.locations = {{out.path, line, -1}};
  out.packages.push_back(std::move(package));
}

void read_mod(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  GoMod mod = golang::parse_go_mod(base::as_text(file.bytes));
  for (uint32_t line : mod.bad_lines) {
    diagnostics.skipped("bad-go-mod", file.info.path,
                        "line " + std::to_string(line) + ": not a directive");
  }
  out.strings.emplace_back(mod.lists_all() ? kModOfAll : kMod);
  if (golang::valid_path(mod.module)) {
    Package root = golang::make_package(mod.module, "");
    root.relation = Relation::kRoot;
    add_asked(out, std::move(root), "", mod.module_line);
  }
  if (!mod.go.empty()) {
    Package stdlib = golang::make_stdlib("");
    stdlib.relation = Relation::kDirect;
    std::string_view toolchain = golang::toolchain_version(mod.toolchain);
    add_asked(out, std::move(stdlib), toolchain.empty() ? mod.go : toolchain, mod.toolchain_line);
  }
  // A replacement of one version goes before one of all versions.
  std::map<std::pair<std::string_view, std::string_view>, const Replace*> replaces;
  for (const Replace& replace : mod.replaces) {
    replaces.insert_or_assign({replace.path, replace.version}, &replace);
  }
  for (const Require& require : mod.requires_) {
    if (is_full(file, out, diagnostics)) break;
    auto found = replaces.find({require.path, require.version});
    if (found == replaces.end()) found = replaces.find({require.path, ""});
    const Replace* replace = found == replaces.end() ? nullptr : found->second;
    Package package = built(require, replace, out.path);
    if (!package.type.empty()) out.packages.push_back(std::move(package));
  }
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  if (file.info.base == "go.mod") return read_mod(file, out, diagnostics);
  auto add = [&](Package package) {
    if (!package.type.empty()) out.packages.push_back(std::move(package));
  };
  if (file.info.base == "go.sum") {
    out.strings.emplace_back(kSum);
    for (const Require& require : golang::parse_go_sum(text)) {
      if (is_full(file, out, diagnostics)) break;
      add(built(require, nullptr, out.path));
      if (!out.packages.empty()) out.packages.back().relation = Relation::kUnknown;
    }
    return;
  }
  out.strings.emplace_back(kVendor);
  for (const golang::Vendored& vendored : golang::parse_modules_txt(text)) {
    if (is_full(file, out, diagnostics)) break;
    bool replaced = !vendored.replace.path.empty();
    add(built(vendored.module, replaced ? &vendored.replace : nullptr, out.path));
  }
}

// The files of one module, by the directory of its go.mod.
struct Module {
  const Placed* mod = nullptr;
  const Placed* sum = nullptr;
  const Placed* vendor = nullptr;
};

// Takes the packages of a file that no earlier one of the module had.
void take_new(const Placed& file, std::set<std::pair<base::SharedText, base::SharedText>>& seen,
              Catalog& out) {
  Catalog own;
  take_packages({&file, 1}, own);
  std::erase_if(own.packages, [&](const Package& package) {
    return !seen.emplace(package.name_space, package.name).second;
  });
  add_packages(std::move(own.packages), out);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, Module> modules;
  for (const Placed& file : files) {
    std::string_view mark = file.facts->strings.front();
    std::string_view directory = base::dirname(file.facts->path);
    if (mark == kVendor) {
      modules[base::dirname(directory)].vendor = &file;
    } else {
      (mark == kSum ? modules[directory].sum : modules[directory].mod) = &file;
    }
  }
  for (const auto& [directory, module] : modules) {
    std::set<std::pair<base::SharedText, base::SharedText>> seen;
    bool of_all = module.mod != nullptr && module.mod->facts->strings.front() == kModOfAll;
    if (module.mod != nullptr) take_new(*module.mod, seen, out);
    if (module.vendor != nullptr) take_new(*module.vendor, seen, out);
    if (module.sum != nullptr && !of_all) take_new(*module.sum, seen, out);
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "go_mod",
    .summary = "go.mod, go.sum and vendor/modules.txt",
    .trees = Trees::kSource,
    .max_bytes = 16ull << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::go_mod
