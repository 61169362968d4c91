// SPDX-License-Identifier: Apache-2.0
// go.mod (https://go.dev/ref/mod#go-mod-file), go.sum and vendor/modules.txt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog::golang {

struct Require {
  std::string path;
  std::string version;
  bool indirect = false;
  uint32_t line = 0;
};

struct Replace {
  std::string path;
  std::string version;  // "" for all versions
  std::string by;       // a module or a directory
  std::string by_version;
};

struct GoMod {
  std::string module;
  uint32_t module_line = 0;
  std::string go;         // "1.21": the language; "" in files older than Go 1.12
  std::string toolchain;  // "go1.22.3"
  uint32_t toolchain_line = 0;
  std::vector<Require> requires_;
  std::vector<Replace> replaces;
  std::vector<Require> excludes;
  // Lines that are no directive of the grammar.
  std::vector<uint32_t> bad_lines;

  // Whether the file lists all modules of the build (go 1.17 and later), so that go.sum adds
  // nothing.
  bool lists_all() const;
};

GoMod parse_go_mod(std::string_view text);

// go.sum: the modules whose own hash is listed, the highest version of each. Lines about a go.mod
// alone name modules that were only looked at.
std::vector<Require> parse_go_sum(std::string_view text);

// vendor/modules.txt: what `go mod vendor` copied; `indirect` when not marked "## explicit".
struct Vendored {
  Require module;
  Replace replace;  // empty path when there is none
};
std::vector<Vendored> parse_modules_txt(std::string_view text);

// Whether version a is below b, both as modules have them ("v1.2.3").
bool version_below(std::string_view a, std::string_view b);

}  // namespace bulkhead::catalog::golang
