// SPDX-License-Identifier: Apache-2.0
// Go programs: the modules and the standard library they were linked from, out of the build
// information in ELF executables. Mach-O and PE programs do not run in Linux containers and are not
// read.
//
// The version of the main module is "(devel)" in most programs. Then the version that the build set
// with -ldflags "-X main.version=..." stands for it, and the commit, where the module's host is one
// that serves git, becomes the qualifier vcs_url. No pseudo-version is made up from the commit:
// with the tags unknown it would sort below every fix.
//
// A module that is replaced by another is the other one; one that is replaced by a directory keeps
// its name and has no version, since what the directory holds is unknown.
#include <array>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/golang/buildinfo.h"
#include "catalog/golang/module.h"
#include "catalog/programs.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::go_binary {
namespace {

using golang::BuildInfo;
using golang::Module;
using model::Package;

Package module_package(const Module& module) {
  if (module.replaced_by.empty()) return golang::make_package(module.path, module.version);
  if (golang::is_local(module.replaced_by)) return golang::make_package(module.path, "");
  return golang::make_package(module.replaced_by, module.replaced_by_version);
}

void add(FileFacts& out, Package package, model::Relation relation) {
  package.origin = model::Origin::kBinary;
  package.relation = relation;
  out.packages.push_back(std::move(package));
}

// "https://github.com/user/repository" of a module path on one of the large hosts.
std::string repository_of(std::string_view module) {
  constexpr std::array<std::string_view, 4> kHosts = {"github.com/", "gitlab.com/",
                                                      "bitbucket.org/", "codeberg.org/"};
  for (std::string_view host : kHosts) {
    if (!module.starts_with(host)) continue;
    size_t user = module.find('/', host.size());
    if (user == module.npos) return {};
    return "https://" + std::string(module.substr(0, module.find('/', user + 1)));
  }
  return {};
}

Package main_package(const BuildInfo& info) {
  Package package = module_package(info.main);
  if (!package.version.empty()) return package;
  package.version = golang::version_from_ldflags(info.setting("-ldflags"), info.main.path);
  std::string_view revision = info.setting("vcs.revision");
  if (!revision.empty() && info.setting("vcs") == "git") {
    set_vcs_url(package, repository_of(info.main.path), revision);
  }
  return package;
}

bool usable(const Module& module) {
  bool replaced = !module.replaced_by.empty() && !golang::is_local(module.replaced_by);
  return golang::valid_path(replaced ? module.replaced_by : module.path);
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto elf = Elf::open(file.bytes);
  if (!elf) return;
  auto strings = golang::find_build_info(*elf);
  if (!strings) return;
  BuildInfo info = golang::parse_build_info(*strings);
  std::string_view toolchain = golang::toolchain_version(info.go_version);
  bool known = toolchain.size() > 0 || info.go_version.starts_with("devel");
  if (!known) {
    diagnostics.skipped("bad-go-build-info", file.info.path,
                        "does not name a Go toolchain; its modules are not listed");
    return;
  }
  if (usable(info.main)) add(out, main_package(info), model::Relation::kRoot);
  for (const Module& module : info.dependencies) {
    if (is_full(file, out, diagnostics)) break;
    if (usable(module)) add(out, module_package(module), model::Relation::kUnknown);
  }
  add(out, golang::make_stdlib(toolchain), model::Relation::kUnknown);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "go_binary",
    .summary = "Go modules and standard library in ELF executables",
    .trees = Trees::kInstalled,
    .max_bytes = 1ull << 30,
    .wants = wants_program,
    .wants_head = is_program,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::go_binary
