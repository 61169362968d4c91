// SPDX-License-Identifier: Apache-2.0
// Python projects in a source tree: the project itself and what it asks for, from pyproject.toml,
// setup.cfg, Pipfile, and the metadata of an unpacked sdist (PKG-INFO, *.egg-info). setup.py is a
// program and is not run; what it declares stands in the egg-info of an sdist.
//
// The same project often says the same thing in several places, so join() keeps one per folder:
// what is written by hand when it holds a version, else what the build wrote into egg-info, else
// PKG-INFO.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/project.h"

namespace bulkhead::catalog::catalogers::python_project {
namespace {

bool in_egg_info(std::string_view path) { return base::dirname(path).ends_with(".egg-info"); }

Want wants(const FileInfo& file) {
  if (file.base == "pyproject.toml" || file.base == "setup.cfg" || file.base == "Pipfile" ||
      file.base == "PKG-INFO") {
    return Want::kWhole;
  }
  return file.base == "requires.txt" && in_egg_info(file.path) ? Want::kWhole : Want::kNone;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  python::Project project;
  if (file.info.base == "setup.cfg") {
    project = python::read_setup_cfg(text);
  } else if (file.info.base == "PKG-INFO") {
    project = python::read_pkg_info(text);
  } else if (file.info.base == "requires.txt") {
    project = python::read_requires_txt(text);
  } else {
    auto root = open_manifest_toml(file, diagnostics);
    if (!root) return;
    project =
        file.info.base == "Pipfile" ? python::read_pipfile(*root) : python::read_pyproject(*root);
  }
  out.packages = python::project_packages(project, out.path, kMaxPackagesOfFile);
  (void)is_full(file, out, diagnostics);
}

const model::Package* root_of(const FileFacts& facts) {
  bool has = !facts.packages.empty() && facts.packages.front().relation == model::Relation::kRoot;
  return has ? &facts.packages.front() : nullptr;
}

// The files of one folder and of the egg-info folders in it.
struct Sources {
  std::vector<Placed> written;   // pyproject.toml, setup.cfg, Pipfile
  std::vector<Placed> egg_info;  // PKG-INFO and requires.txt in that order
  std::vector<Placed> pkg_info;
};

void join_folder(const Sources& sources, Catalog& out) {
  bool has_version = false;
  for (const Placed& file : sources.written) {
    const model::Package* root = root_of(*file.facts);
    has_version = has_version || (root != nullptr && !root->version.empty());
  }
  const std::vector<Placed>& built = sources.egg_info.empty() ? sources.pkg_info : sources.egg_info;
  bool use_built = !has_version && !built.empty();
  size_t first = out.packages.size();
  take_packages(sources.written, out);
  if (!use_built) return;
  // What the build wrote stands for the same thing in the manifest, whose version it computed.
  std::set<std::string_view> names;
  for (const Placed& file : built) {
    for (const model::Package& package : file.facts->packages) names.insert(package.name);
  }
  auto begin = out.packages.begin() + static_cast<std::ptrdiff_t>(first);
  auto stale = std::remove_if(begin, out.packages.end(), [&](const model::Package& package) {
    return !package.dev && names.contains(package.name);
  });
  out.packages.erase(stale, out.packages.end());
  take_packages(built, out);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::map<std::string_view, Sources> folders;
  for (const Placed& file : files) {
    std::string_view path = file.facts->path;
    std::string_view folder = base::dirname(path);
    if (in_egg_info(path)) {
      folders[base::dirname(folder)].egg_info.push_back(file);
    } else if (base::basename(path) == "PKG-INFO") {
      folders[folder].pkg_info.push_back(file);
    } else {
      folders[folder].written.push_back(file);
    }
  }
  for (const auto& [folder, sources] : folders) join_folder(sources, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "python_project",
    .summary = "Python projects: pyproject.toml, setup.cfg, Pipfile, sdist metadata",
    .trees = Trees::kSource,
    .max_bytes = 8ull << 20,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::python_project
