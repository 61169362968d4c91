// SPDX-License-Identifier: Apache-2.0
// Ids in changelog items. Packagers write "Fix CVE-2023-1234", "Resolves: CVE-2023-1234", "security
// fix for CVE-..." or only the id, so naming it is the claim, unless a word in the item denies it.
#include "catalog/rpm/changelog.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr std::array<std::string_view, 14> kDenials = {
    "revert",      "not affected", "unaffected",   "not vulnerable", "does not fix",
    "doesn't fix", "not fixed",    "reintroduc",   "re-introduc",    "drop patch",
    "partial",     "incomplete",   "remove patch", "disable the fix"};

bool denied(std::string_view item) {
  std::string text = base::lower(item);
  return std::any_of(kDenials.begin(), kDenials.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

void add_ids(std::string_view item, std::vector<std::string>& out) {
  constexpr std::string_view kPrefix = "CVE-";
  for (size_t at = item.find(kPrefix); at != std::string_view::npos;
       at = item.find(kPrefix, at + 1)) {
    size_t end = at + kPrefix.size();
    auto digits = [&](size_t min) {
      size_t start = end;
      while (end < item.size() && base::is_digit(item[end])) ++end;
      return end - start >= min && end - start <= 10;
    };
    if (!digits(4) || end >= item.size() || item[end] != '-') continue;
    ++end;
    if (digits(4)) out.emplace_back(item.substr(at, end - at));
  }
}

bool begins_item(std::string_view line) {
  line = base::trim(line);
  return line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ");
}

}  // namespace

std::vector<std::string> fixed_ids(std::string_view entry) {
  std::vector<std::string> out;
  std::string item;
  auto close = [&] {
    if (!denied(item)) add_ids(item, out);
    item.clear();
  };
  for (std::string_view line; base::next_line(entry, line);) {
    if (begins_item(line)) close();
    item.append(line).append(" ");
  }
  close();
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace bulkhead::catalog::rpm
