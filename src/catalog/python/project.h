// SPDX-License-Identifier: Apache-2.0
// What a Python project says of itself and asks for, in each of the files that may say it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "catalog/python/requirement.h"

namespace bulkhead::catalog::python {

// One dependency that a project declares.
struct Declared {
  std::string name;         // as written
  std::string requirement;  // as written: a specifier, a constraint of poetry, or a URL
  std::string version;      // when exactly one version is allowed
  bool dev = false;         // for building, testing or working on the project
  bool optional = false;    // part of an extra
  uint32_t line = 0;
};

struct Project {
  std::string name;          // as written, "" when the file names none
  std::string version;       // "" when it is computed
  std::string version_text;  // what the file says instead of a version: "attr: pkg.__version__"
  uint32_t line = 0;         // of the name
  std::vector<std::string> licences;
  std::string supplier;
  std::vector<Declared> dependencies;
};

// pyproject.toml: [project] (PEP 621), [dependency-groups] (PEP 735), [build-system] (PEP 518) and
// the tables of poetry, pdm and uv.
Project read_pyproject(const base::Node& root);
// Pipfile: [packages] and [dev-packages].
Project read_pipfile(const base::Node& root);
// setup.cfg: [metadata], [options], [options.extras_require].
Project read_setup_cfg(std::string_view text);
// PKG-INFO of an unpacked sdist.
Project read_pkg_info(std::string_view text);
// *.egg-info/requires.txt: dependencies, with a section for every extra or marker.
Project read_requires_txt(std::string_view text);

// The packages of a project: itself (kRoot) unless it has no name, and what it asks for (kDirect),
// all of them kManifest; at most max_packages.
std::vector<model::Package> project_packages(const Project& project, const base::SharedText& path,
                                             size_t max_packages);

}  // namespace bulkhead::catalog::python
