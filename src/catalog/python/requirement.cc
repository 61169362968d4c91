// SPDX-License-Identifier: Apache-2.0
// PEP 508 by hand: only what an inventory needs is taken apart, markers stay text.
#include "catalog/python/requirement.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/python/names.h"
#include "catalog/url.h"

namespace bulkhead::catalog::python {
namespace {

using base::trim;

bool is_name_char(char c) { return base::is_alnum(c) || c == '-' || c == '_' || c == '.'; }

// Letters that PEP 440 versions and their wildcards are made of; "===" takes anything but space.
bool is_version_char(char c) {
  return base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+' || c == '!' || c == '*';
}

std::string_view operator_of(std::string_view clause) {
  constexpr std::array<std::string_view, 8> kOperators = {
      "===", "~=", "==", "!=", "<=", ">=", "<", ">"};
  for (std::string_view op : kOperators) {
    if (clause.starts_with(op)) return op;
  }
  return {};
}

bool valid_clause(std::string_view clause) {
  std::string_view op = operator_of(clause);
  std::string_view version = trim(clause.substr(op.size()));
  if (op.empty() || version.empty()) return false;
  if (op == "===") return version.find_first_of(" \t") == version.npos;
  return std::all_of(version.begin(), version.end(), is_version_char);
}

bool valid_specifier(std::string_view specifier) {
  if (specifier.empty()) return true;
  std::vector<std::string_view> clauses = base::split(specifier, ',');
  if (trim(clauses.back()).empty()) clauses.pop_back();  // a trailing comma is let pass
  return !clauses.empty() && std::all_of(clauses.begin(), clauses.end(),
                                         [](std::string_view c) { return valid_clause(trim(c)); });
}

// Takes "[a, b]" off the front.
bool take_extras(std::string_view& rest) {
  if (!rest.starts_with('[')) return true;
  size_t end = rest.find(']');
  if (end == rest.npos) return false;
  rest = trim(rest.substr(end + 1));
  return true;
}

// Takes the name and its extras off the front.
bool take_name(std::string_view& rest, std::string_view& name) {
  rest = trim(rest);
  size_t end = 0;
  while (end < rest.size() && is_name_char(rest[end])) ++end;
  name = rest.substr(0, end);
  if (!valid_name(name)) return false;
  rest = trim(rest.substr(end));
  return take_extras(rest);
}

}  // namespace

std::optional<Requirement> parse_requirement(std::string_view text) {
  Requirement out;
  std::string_view rest = text;
  if (!take_name(rest, out.name)) return std::nullopt;

  if (rest.starts_with('@')) {
    rest = trim(rest.substr(1));
    // A URL may hold ";", so its marker is set off by a space.
    size_t blank = rest.find_first_of(" \t");
    out.url = rest.substr(0, blank);
    rest = blank == rest.npos ? std::string_view() : trim(rest.substr(blank));
    if (out.url.empty() || (!rest.empty() && rest[0] != ';')) return std::nullopt;
    if (!rest.empty()) out.marker = trim(rest.substr(1));
    return out;
  }
  if (auto parts = base::cut(rest, ";")) {
    out.marker = trim(parts->second);
    rest = trim(parts->first);
  }
  if (rest.starts_with('(') && rest.ends_with(')')) rest = trim(rest.substr(1, rest.size() - 2));
  if (!valid_specifier(rest)) return std::nullopt;
  out.specifier = rest;
  return out;
}

std::optional<Requirement> parse_name_of_requirement(std::string_view text) {
  Requirement out;
  std::string_view rest = text;
  if (!take_name(rest, out.name) || operator_of(rest).empty()) return std::nullopt;
  out.specifier = trim(rest.substr(0, rest.find(';')));
  return out;
}

std::string_view pinned_version(std::string_view specifier) {
  specifier = trim(specifier);
  std::string_view op = operator_of(specifier);
  if (op != "==" && op != "===") return {};
  std::string_view version = trim(specifier.substr(op.size()));
  bool one = version.find_first_of(",*") == version.npos;
  return one ? version : std::string_view();
}

bool wants_extra(std::string_view marker) {
  for (size_t at = marker.find("extra"); at != marker.npos; at = marker.find("extra", at + 1)) {
    bool starts = at == 0 || (!is_name_char(marker[at - 1]) && marker[at - 1] != '\'' &&
                              marker[at - 1] != '"');
    std::string_view after = trim(marker.substr(at + 5));
    if (starts && (after.starts_with("==") || after.starts_with("in"))) return true;
  }
  return false;
}

model::Package requirement_package(const Requirement& requirement) {
  model::Package package = make_package(requirement.name, pinned_version(requirement.specifier));
  package.origin = model::Origin::kManifest;
  package.requirement =
      requirement.url.empty() ? base::to_utf8(requirement.specifier) : public_url(requirement.url);
  return package;
}

std::optional<ArchiveName> parse_archive_name(std::string_view path_or_url) {
  std::string_view file = base::basename(path_or_url.substr(0, path_or_url.find_first_of("#?")));
  if (file.ends_with(".whl")) {
    auto parts = base::split(file.substr(0, file.size() - 4), '-');
    if (parts.size() < 5 || !valid_name(parts[0]) || parts[1].empty()) return std::nullopt;
    return ArchiveName{parts[0], parts[1]};
  }
  for (std::string_view end : {".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"}) {
    if (!file.ends_with(end)) continue;
    auto parts = base::cut_last(file.substr(0, file.size() - end.size()), "-");
    if (!parts || !valid_name(parts->first) || parts->second.empty() ||
        !base::is_digit(parts->second[0])) {
      return std::nullopt;
    }
    return ArchiveName{parts->first, parts->second};
  }
  return std::nullopt;
}

}  // namespace bulkhead::catalog::python
