// SPDX-License-Identifier: Apache-2.0
// The manifests of Python projects. Every reader skips what it does not understand: a manifest that
// asks for something odd still asks for the rest.
//
// Poetry writes constraints of its own (https://python-poetry.org/docs/dependency-specification/):
// "^1.2", "~1.2", "*", "1.2.3"; a bare version is exact. Pipfile writes PEP 440 specifiers. Both
// allow a table in place of the text.
#include "catalog/python/project.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "catalog/python/metadata.h"
#include "catalog/python/names.h"
#include "catalog/url.h"

namespace bulkhead::catalog::python {
namespace {

using base::Node;
using base::trim;

// Large projects declare a few hundred.
constexpr size_t kMaxDeclared = 50'000;

struct Scope {
  bool dev = false;
  bool optional = false;
};

// A dependency in the words of PEP 508.
void declare(Project& project, std::string_view text, Scope scope, uint32_t line) {
  auto requirement = parse_requirement(text);
  if (!requirement || project.dependencies.size() == kMaxDeclared) return;
  Declared out;
  out.name = requirement->name;
  out.requirement = requirement->url.empty() ? base::to_utf8(requirement->specifier)
                                             : public_url(requirement->url);
  out.version = base::to_utf8(pinned_version(requirement->specifier));
  out.dev = scope.dev;
  out.optional = scope.optional;
  out.line = line;
  project.dependencies.push_back(std::move(out));
}

void declare_list(Project& project, const Node& list, Scope scope) {
  for (const Node& item : list.items) {
    if (item.is_scalar()) declare(project, item.text, scope, item.line);
  }
}

// A table of lists, one for every extra or group.
void declare_groups(Project& project, const Node& groups, Scope scope) {
  for (const auto& [group, list] : groups.members) declare_list(project, list, scope);
}

// Poetry: "1.2.3" and "==1.2.3" allow one version.
std::string_view exact_constraint(std::string_view constraint) {
  constraint = trim(constraint);
  if (constraint.starts_with("==")) constraint = trim(constraint.substr(2));
  bool exact = !constraint.empty() && base::is_digit(constraint[0]) &&
               std::all_of(constraint.begin(), constraint.end(), [](char c) {
                 return base::is_alnum(c) || c == '.' || c == '+' || c == '-' || c == '!';
               });
  return exact ? constraint : std::string_view();
}

// "name = constraint", or a table with "version" or where the code comes from.
void declare_entry(Project& project, std::string_view name, const Node& value, Scope scope,
                   bool poetry) {
  if (!valid_name(name) || project.dependencies.size() == kMaxDeclared) return;
  Declared out;
  out.name = name;
  out.line = value.line;
  out.dev = scope.dev;
  out.optional = scope.optional || value["optional"].string_or("") == "true";
  if (value.is_scalar()) {
    out.requirement = value.text;
  } else {
    for (std::string_view key : {"version", "git", "hg", "svn", "url", "file", "path"}) {
      if (!out.requirement.empty()) break;
      out.requirement = public_url(value[key].string_or(""));
    }
  }
  std::string_view version = value.is_scalar() ? value.text : value["version"].string_or("");
  out.version = poetry ? exact_constraint(version) : pinned_version(version);
  project.dependencies.push_back(std::move(out));
}

void declare_table(Project& project, const Node& table, Scope scope, bool poetry) {
  for (const auto& [name, value] : table.members) {
    if (poetry && name == "python") continue;
    // Poetry: an array holds alternatives for different markers.
    if (value.is_sequence()) {
      for (const Node& item : value.items) declare_entry(project, name, item, scope, poetry);
    } else {
      declare_entry(project, name, value, scope, poetry);
    }
  }
}

void read_licences(Project& project, const Node& table) {
  const Node& licence = table["license"];
  std::string_view text =
      licence.is_mapping() ? licence["text"].string_or("") : licence.string_or("");
  bool is_name = !text.empty() && text.find('\n') == text.npos;
  if (is_name) project.licences.emplace_back(text);
  if (!project.licences.empty()) return;
  for (const Node& classifier : table["classifiers"].items) {
    if (classifier.text.starts_with("License ::")) {
      project.licences.push_back(licence_of_classifier(classifier.text));
    }
  }
}

void read_identity(Project& project, const Node& table) {
  if (!project.name.empty()) return;
  project.name = table["name"].string_or("");
  project.line = table["name"].line;
  project.version = table["version"].string_or("");
  read_licences(project, table);
  for (const Node& author : table["authors"].items) {
    if (!project.supplier.empty()) break;
    project.supplier = author.is_mapping() ? author["name"].string_or(author["email"].string_or(""))
                                           : author.string_or("");
  }
}

void read_poetry(Project& project, const Node& poetry) {
  read_identity(project, poetry);
  declare_table(project, poetry["dependencies"], {}, true);
  declare_table(project, poetry["dev-dependencies"], {.dev = true}, true);
  for (const auto& [name, group] : poetry["group"].members) {
    declare_table(project, group["dependencies"], {.dev = name != "main"}, true);
  }
}

// Reads the sections, keys and values of an INI file as Python's configparser does: a value goes on
// over indented lines, comments take whole lines. entry(section, key, value line, line number) is
// called for every line of a value.
template <typename F>
void each_ini_line(std::string_view text, F&& entry) {
  std::string section;
  std::string key;
  std::string_view line;
  for (uint32_t number = 1; base::next_line(text, line); ++number) {
    std::string_view content = trim(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') continue;
    if (base::is_space(line[0])) {
      if (!key.empty()) entry(section, key, content, number);
      continue;
    }
    if (content[0] == '[' && content.back() == ']') {
      section = trim(content.substr(1, content.size() - 2));
      key.clear();
      continue;
    }
    size_t sign = content.find_first_of("=:");
    key = base::lower(trim(content.substr(0, sign)));
    std::string_view value = sign == content.npos ? "" : trim(content.substr(sign + 1));
    if (!value.empty()) entry(section, key, value, number);
  }
}

void set_version(Project& project, std::string_view value) {
  bool computed = value.starts_with("attr:") || value.starts_with("file:");
  (computed ? project.version_text : project.version) = base::to_utf8(value);
}

void read_setup_metadata(Project& project, std::string_view key, std::string_view value,
                         uint32_t line) {
  if (key == "name") {
    project.name = base::to_utf8(value);
    project.line = line;
  } else if (key == "version") {
    set_version(project, value);
  } else if (key == "license") {
    project.licences = {base::to_utf8(value)};
  } else if (key == "author") {
    project.supplier = base::to_utf8(value);
  } else if ((key == "classifiers" || key == "classifier") && value.starts_with("License ::") &&
             project.licences.empty()) {
    project.licences = {licence_of_classifier(value)};
  }
}

}  // namespace

Project read_pyproject(const Node& root) {
  Project project;
  const Node& standard = root["project"];
  const Node& tool = root["tool"];
  read_identity(project, standard);
  declare_list(project, standard["dependencies"], {});
  declare_groups(project, standard["optional-dependencies"], {.optional = true});
  declare_groups(project, root["dependency-groups"], {.dev = true});
  declare_list(project, root["build-system"]["requires"], {.dev = true});
  if (!tool["poetry"].missing()) read_poetry(project, tool["poetry"]);
  declare_groups(project, tool["pdm"]["dev-dependencies"], {.dev = true});
  declare_list(project, tool["uv"]["dev-dependencies"], {.dev = true});
  return project;
}

Project read_pipfile(const Node& root) {
  Project project;
  for (const auto& [name, table] : root.members) {
    // Any other table is a category of its own, which "pipenv install --categories" asks for.
    if (name == "source" || name == "requires" || name == "scripts" || name == "pipenv") continue;
    declare_table(project, table, {.dev = name != "packages"}, false);
  }
  return project;
}

Project read_setup_cfg(std::string_view text) {
  Project project;
  // configparser knows no comments behind a value, but setuptools takes them off requirements.
  auto ask = [&](std::string_view value, Scope scope, uint32_t line) {
    declare(project, value.substr(0, value.find(" #")), scope, line);
  };
  each_ini_line(text, [&](std::string_view section, std::string_view key, std::string_view value,
                          uint32_t line) {
    if (section == "metadata") {
      read_setup_metadata(project, key, value, line);
    } else if (section == "options.extras_require") {
      ask(value, {.optional = true}, line);
    } else if (section == "options" && key == "install_requires") {
      ask(value, {}, line);
    } else if (section == "options" && (key == "setup_requires" || key == "tests_require")) {
      ask(value, {.dev = true}, line);
    }
  });
  return project;
}

Project read_pkg_info(std::string_view text) {
  Metadata metadata = parse_metadata(text);
  Project project;
  project.name = metadata.name;
  project.version = metadata.version;
  project.licences = std::move(metadata.licences);
  project.supplier = std::move(metadata.supplier);
  for (const auto& dependency : metadata.requires_dist) {
    auto requirement = parse_requirement(dependency.text);
    Scope scope{.optional = requirement && wants_extra(requirement->marker)};
    declare(project, dependency.text, scope, dependency.line);
  }
  return project;
}

Project read_requires_txt(std::string_view text) {
  Project project;
  Scope scope;
  std::string_view line;
  for (uint32_t number = 1; base::next_line(text, line); ++number) {
    line = trim(line);
    if (line.starts_with('[')) {
      scope.optional = !line.starts_with("[:");  // "[:marker]" belongs to no extra
    } else {
      declare(project, line, scope, number);
    }
  }
  return project;
}

std::vector<model::Package> project_packages(const Project& project, const base::SharedText& path,
                                             size_t max_packages) {
  std::vector<model::Package> out;
  auto add = [&](std::string_view name, std::string_view version, uint32_t line) {
    model::Package& package = out.emplace_back(make_package(name, version));
    package.origin = model::Origin::kManifest;
    package.relation = model::Relation::kDirect;
    package.locations = {{path, line, -1}};
  };
  if (valid_name(project.name)) {
    add(project.name, project.version, project.line);
    out.back().relation = model::Relation::kRoot;
    out.back().requirement = project.version_text;
    out.back().licences = project.licences;
    out.back().supplier = project.supplier;
  }
  for (const Declared& dependency : project.dependencies) {
    if (out.size() == max_packages) break;
    add(dependency.name, dependency.version, dependency.line);
    out.back().requirement = dependency.requirement;
    out.back().dev = dependency.dev;
    out.back().optional = dependency.optional;
  }
  return out;
}

}  // namespace bulkhead::catalog::python
