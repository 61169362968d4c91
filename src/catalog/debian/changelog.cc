// SPDX-License-Identifier: Apache-2.0
// An entry is "name (version) suites; urgency=x", items, and a trailer " -- maintainer". Suites of
// "UNRELEASED" say that nobody ever got it.
#include "catalog/debian/changelog.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::catalog::debian {
namespace {

struct Header {
  std::string_view source;
  std::string_view version;
  bool released = true;
};

// "glibc (2.36-9+deb12u4) bookworm-security; urgency=medium".
bool parse_header(std::string_view line, Header& header) {
  size_t name_end = 0;
  while (name_end < line.size() && (base::is_alnum(line[name_end]) || line[name_end] == '-' ||
                                    line[name_end] == '+' || line[name_end] == '.')) {
    ++name_end;
  }
  if (name_end == 0 || line.substr(name_end, 2) != " (") return false;
  size_t close = line.find(')', name_end);
  if (close == std::string_view::npos) return false;
  size_t semicolon = line.find(';', close);
  if (semicolon == std::string_view::npos) return false;
  header.source = line.substr(0, name_end);
  header.version = line.substr(name_end + 2, close - name_end - 2);
  std::string_view suites = base::trim(line.substr(close + 1, semicolon - close - 1));
  header.released = suites != "UNRELEASED";
  return !header.version.empty() && header.version.find_first_of(" \t(") == header.version.npos &&
         !suites.empty();
}

}  // namespace

bool looks_like_changelog(std::string_view text) {
  std::string_view line;
  Header header;
  while (base::next_line(text, line)) {
    if (!base::trim(line).empty()) return parse_header(line, header);
  }
  return false;
}

Changelog parse_changelog(std::string_view text) {
  Changelog out;
  changelog::Claims claims;
  std::string_view line;
  Header header;
  while (base::next_line(text, line)) {
    if (line.empty() || !base::is_alnum(line[0]) || !parse_header(line, header)) {
      // What stands before the first entry must be blank: else it is another kind of file.
      if (out.source.empty() && !base::trim(line).empty()) break;
      continue;
    }
    if (out.source.empty()) {
      out.source = header.source;
      out.version = header.version;
    }
    size_t end = std::min(text.find("\n --"), text.size());
    claims.entry(header.version, header.released, text.substr(0, end));
    text.remove_prefix(end);
  }
  out.fixes = claims.take_fixes();
  return out;
}

}  // namespace bulkhead::catalog::debian
