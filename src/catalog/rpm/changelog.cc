// SPDX-License-Identifier: Apache-2.0
// Entries stand in the header newest first: a heading "Jane Doe <jane@example.org> - 1:2.3-4",
// whose version is a custom that not everybody follows, and the items.
#include "catalog/rpm/changelog.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr size_t kMaxChanges = 2000;

std::string_view heading_version(std::string_view heading) {
  auto after = base::cut_last(heading, " ");
  std::string_view word = after ? after->second : std::string_view();
  bool version =
      !word.empty() && base::is_digit(word.front()) && word.find('@') == std::string_view::npos;
  return version ? word : std::string_view();
}

}  // namespace

std::vector<changelog::Fix> changelog_fixes(const Header& header) {
  auto headings = header.strings(Tag::kChangelogName);
  auto texts = header.strings(Tag::kChangelogText);
  changelog::Claims claims;
  for (size_t i = 0; i < std::min({headings.size(), texts.size(), kMaxChanges}); ++i) {
    claims.entry(heading_version(headings[i]), true, texts[i]);
  }
  return claims.take_fixes();
}

}  // namespace bulkhead::catalog::rpm
