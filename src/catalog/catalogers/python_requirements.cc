// SPDX-License-Identifier: Apache-2.0
// pip's requirements files (https://pip.pypa.io/en/stable/reference/requirements-file-format/):
// PEP 508 lines, options, continuation lines, comments, direct URLs, VCS URLs and local paths.
//
// Only "==" pins give a version; for everything else the requirement is kept and no version is
// claimed. Files that -r and -c point to are read when their own name says that they are
// requirements; constraints ask for nothing. A local path without "#egg=" names no package.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/utf16.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/python/names.h"
#include "catalog/python/requirement.h"

namespace bulkhead::catalog::catalogers::python_requirements {
namespace {

using python::Requirement;

// requirements.txt, dev-requirements.in, requirements_ci.pip, requirements/base.txt, reqs.txt
bool is_requirements_file(const FileInfo& file) {
  auto parts = base::cut_last(file.base, ".");
  if (!parts || (parts->second != "txt" && parts->second != "in" && parts->second != "pip")) {
    return false;
  }
  if (base::basename(base::dirname(file.path)) == "requirements") return true;
  return parts->first == "reqs" || parts->first.find("requirement") != parts->first.npos;
}

Want wants(const FileInfo& file) { return is_requirements_file(file) ? Want::kWhole : Want::kNone; }

// requirements-dev.txt, test-requirements.txt, requirements/docs.txt
bool is_dev_file(std::string_view name) {
  constexpr std::array<std::string_view, 7> kWords = {"dev",  "test", "tests", "doc",
                                                      "docs", "lint", "typing"};
  name = name.substr(0, name.rfind('.'));
  size_t start = 0;
  for (size_t i = 0; i <= name.size(); ++i) {
    if (i < name.size() && base::is_alpha(name[i])) continue;
    std::string_view word = name.substr(start, i - start);
    if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return true;
    start = i + 1;
  }
  return false;
}

// A comment begins at "#" at the start of a line or behind white space. pip refuses one right
// behind a version ("a==1.0#pinned"); the version before it is no less clear. In an address it is a
// fragment.
std::string_view without_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || base::is_space(line[i - 1]))) return line.substr(0, i);
  }
  size_t version = line.find("==");
  size_t mark = line.find('#', version == line.npos ? line.size() : version);
  bool address = line.find_first_of("@/:") < mark;
  return mark == line.npos || address ? line : line.substr(0, mark);
}

// Takes the next logical line, with continuation lines joined, off the front of text.
bool next_logical_line(std::string_view& text, uint32_t& number, std::string& out) {
  out.clear();
  std::string_view line;
  bool any = false;
  while (base::next_line(text, line)) {
    ++number;
    any = true;
    bool comment = base::trim(line).starts_with('#');
    if (comment || !line.ends_with('\\')) {
      // A comment ends a continuation, as in pip.
      if (!comment) out += line;
      return true;
    }
    line.remove_suffix(1);
    out += line;
  }
  return any;
}

// Splits the options of a requirement ("--hash=sha256:...") off it. pip looks for the first word
// that begins with a dash.
std::string_view split_options(std::string_view line, std::string_view& options) {
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '-' && base::is_space(line[i - 1])) {
      options = line.substr(i);
      return base::trim(line.substr(0, i));
    }
  }
  return line;
}

// The digest when there is exactly one; several belong to several archives.
std::string only_hash(std::string_view options) {
  constexpr std::string_view kOption = "--hash";
  std::string out;
  for (size_t at = options.find(kOption); at != options.npos;) {
    std::string_view value = options.substr(at + kOption.size());
    value.remove_prefix(std::min(value.find_first_not_of("= \t"), value.size()));
    value = value.substr(0, value.find_first_of(" \t"));
    if (!out.empty()) return {};
    out = base::to_utf8(value);
    at = options.find(kOption, at + kOption.size());
  }
  return out;
}

// The name that "#egg=name[extra]&subdirectory=..." gives to a URL or a path.
std::string_view egg_name(std::string_view url) {
  size_t hash = url.find('#');
  if (hash == url.npos) return {};
  for (std::string_view part : base::split(url.substr(hash + 1), '&')) {
    if (!part.starts_with("egg=")) continue;
    std::string_view name = part.substr(4);
    return name.substr(0, name.find('['));
  }
  return {};
}

// "-e path", "--editable=path": what follows, else nullopt.
std::optional<std::string_view> editable(std::string_view line) {
  for (std::string_view option : {"-e", "--editable"}) {
    if (!line.starts_with(option)) continue;
    std::string_view rest = line.substr(option.size());
    bool ends = !rest.empty() && (base::is_space(rest[0]) || rest[0] == '=' || option == "-e");
    if (!ends) continue;
    if (rest[0] == '=') rest.remove_prefix(1);
    return base::trim(rest);
  }
  return std::nullopt;
}

bool is_path_or_url(std::string_view text) {
  std::string_view name = text.substr(0, text.find_first_of(" \t@;["));
  return name.find('/') != name.npos || name.find('\\') != name.npos || name.starts_with('.') ||
         name.find(':') != name.npos || python::parse_archive_name(name).has_value();
}

// What a URL or path asks for; nullopt when it does not name a package.
std::optional<model::Package> from_location(std::string_view location) {
  Requirement requirement;
  requirement.url = location;
  requirement.name = egg_name(location);
  auto archive = python::parse_archive_name(location);
  if (requirement.name.empty() && archive) requirement.name = archive->name;
  bool same =
      archive && python::normalise_name(archive->name) == python::normalise_name(requirement.name);
  std::string_view version = same ? archive->version : std::string_view();
  if (!python::valid_name(requirement.name)) return std::nullopt;
  model::Package package = python::requirement_package(requirement);
  package.version = base::to_utf8(version);
  return package;
}

std::optional<model::Package> from_line(std::string_view line, bool& understood) {
  understood = true;
  if (auto target = editable(line)) return from_location(*target);
  if (line.starts_with('-')) return std::nullopt;  // an option
  std::string_view options;
  line = split_options(line, options);
  if (auto requirement = python::parse_requirement(line)) {
    model::Package package = python::requirement_package(*requirement);
    if (auto archive = python::parse_archive_name(requirement->url)) {
      package.version = base::to_utf8(archive->version);
    }
    package.digest = only_hash(options);
    return package;
  }
  understood = is_path_or_url(line);
  if (understood) return from_location(line);
  // pip would stop here, but what is asked for is plain; only the versions are not.
  auto named = python::parse_name_of_requirement(line);
  if (!named) return std::nullopt;
  model::Package package = python::requirement_package(*named);
  package.version = "";
  return package;
}

// "-r more.txt", "--requirement=more.txt": the file it names, "" for every other line.
std::string_view included(std::string_view line) {
  for (std::string_view option : {"-r", "--requirement"}) {
    if (!line.starts_with(option)) continue;
    std::string_view rest = line.substr(option.size());
    if (!rest.empty() && (rest[0] == '=' || base::is_space(rest[0])))
      return base::trim(rest.substr(1));
  }
  return {};
}

// A file that is read under its own name needs no word.
void tell_include(const File& file, std::string_view name, base::Diagnostics& diagnostics) {
  const bool elsewhere = name.find(':') != name.npos;  // a URL
  const std::string path = std::string(base::dirname(file.info.path)) + "/" + std::string(name);
  if (!elsewhere && is_requirements_file({path, base::basename(path), 0, 0})) return;
  diagnostics.incomplete("include-not-read", file.info.path,
                         base::printable(name, 200) +
                             " is not read under that name; what it asks for is not in the answer");
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  std::string_view text = base::as_text(file.bytes);
  // pip goes by the byte order mark, too; "pip freeze > requirements.txt" in PowerShell is UTF-16.
  std::optional<std::string> utf16 = base::decode_utf16(text);
  if (utf16) text = *utf16;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const bool dev = is_dev_file(file.info.base);
  std::string line;
  uint32_t number = 0;
  while (true) {
    uint32_t start = number + 1;
    if (!next_logical_line(text, number, line)) break;
    std::string_view content = base::trim(without_comment(line));
    if (content.empty()) continue;
    if (is_full(file, out, diagnostics)) break;
    if (std::string_view name = included(content); !name.empty()) {
      tell_include(file, name, diagnostics);
      continue;
    }
    bool understood = true;
    auto package = from_line(content, understood);
    if (!understood) {
      diagnostics.skipped(
          "bad-requirement", file.info.path,
          "line " + std::to_string(start) + ": not a requirement: " + base::printable(content, 80));
    }
    if (!package) continue;
    package->relation = model::Relation::kDirect;
    package->dev = dev;
    package->locations = {{out.path, start, -1}};
    out.packages.push_back(*std::move(package));
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "python_requirements",
    .summary = "requirements*.txt and .in files of pip",
    .trees = Trees::kSource,
    .max_bytes = 4ull << 20,
    .wants = wants,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::python_requirements
