// SPDX-License-Identifier: Apache-2.0
// Paths and versions of Go modules.
#include "catalog/golang/module.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::catalog::golang {
namespace {

// What golang.org/x/mod/module allows in an element of an import path.
bool is_path_char(char c) {
  return base::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+';
}

size_t count_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && base::is_digit(text[count])) ++count;
  return count;
}

}  // namespace

bool valid_path(std::string_view path) {
  constexpr size_t kMaxBytes = 1024;
  if (path.empty() || path.size() > kMaxBytes) return false;
  for (std::string_view element : base::split(path, '/')) {
    if (element.empty() || element == "." || element == "..") return false;
    if (!std::all_of(element.begin(), element.end(), is_path_char)) return false;
  }
  return true;
}

bool is_local(std::string_view path) {
  return path.starts_with("./") || path.starts_with("../") || path.starts_with('/') ||
         path == "." || path == ".." || path.find('\\') != path.npos ||
         (path.size() > 1 && path[1] == ':');
}

model::Package make_package(std::string_view path, std::string_view version) {
  model::Package package;
  package.type = "golang";
  auto parts = base::cut_last(path, "/");
  if (parts) package.name_space = parts->first;
  package.name = parts ? parts->second : path;
  if (version != "(devel)") package.version = base::to_utf8(version);
  return package;
}

std::string_view toolchain_version(std::string_view go) {
  if (!go.starts_with("go")) return {};
  std::string_view rest = go.substr(2);
  size_t end = count_digits(rest);
  if (end == 0) return {};
  while (end + 1 < rest.size() && rest[end] == '.') {
    size_t digits = count_digits(rest.substr(end + 1));
    if (digits == 0) break;
    end += 1 + digits;
  }
  for (std::string_view stage : {"rc", "beta"}) {
    if (!rest.substr(end).starts_with(stage)) continue;
    size_t digits = count_digits(rest.substr(end + stage.size()));
    if (digits != 0) end += stage.size() + digits;
  }
  return rest.substr(0, end);
}

model::Package make_stdlib(std::string_view version) { return make_package("stdlib", version); }

}  // namespace bulkhead::catalog::golang
