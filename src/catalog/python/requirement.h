// SPDX-License-Identifier: Apache-2.0
// One dependency as Python tools write it: "name[extra] >=1,<2 ; marker" or "name @ url ; marker"
// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/, PEP 508).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/package.h"

namespace bulkhead::catalog::python {

struct Requirement {
  std::string_view name;       // as written
  std::string_view specifier;  // ">=1,<2" as written, without parentheses; "" asks for any version
  std::string_view url;        // of "name @ url"
  std::string_view marker;     // behind ";"
};

// Views into text. nullopt when it is not a requirement. Also takes the older form with parentheses
// around the specifier.
std::optional<Requirement> parse_requirement(std::string_view text);

// What can be told of "name[extra] <operator> <something unreadable>": the name, and the rest up to
// a marker as specifier. nullopt when not even an operator follows a name.
std::optional<Requirement> parse_name_of_requirement(std::string_view text);

// The version when the specifier allows exactly one: a single "==" or "===" without a wildcard.
std::string_view pinned_version(std::string_view specifier);

// Whether the requirement only counts when an extra is asked for.
bool wants_extra(std::string_view marker);

// A kManifest package that asks for it.
model::Package requirement_package(const Requirement& requirement);

// The name and version in the file name of an archive at the end of a path or URL:
// "name-1.0-py3-none-any.whl", "name-1.0.tar.gz".
struct ArchiveName {
  std::string_view name;
  std::string_view version;
};
std::optional<ArchiveName> parse_archive_name(std::string_view path_or_url);

}  // namespace bulkhead::catalog::python
