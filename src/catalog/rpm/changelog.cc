// SPDX-License-Identifier: Apache-2.0
// Ids in changelog items. Packagers write "Fix CVE-2023-1234", "Resolves: CVE-2023-1234", "security
// fix for CVE-..." or only the id, so naming it is the claim, unless a word in the item denies it.
#include "catalog/rpm/changelog.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr size_t kMaxTakenBack = 10'000;

// Says that an older entry's fix is no longer there.
constexpr std::array<std::string_view, 9> kUndoing = {
    "revert",      "does not fix", "doesn't fix",  "not fixed",      "reintroduc",
    "re-introduc", "drop patch",   "remove patch", "disable the fix"};
// Says that this entry is no fix.
constexpr std::array<std::string_view, 5> kDenials = {"not affected", "unaffected",
                                                      "not vulnerable", "partial", "incomplete"};

bool speaks_of(std::string_view lowered, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return lowered.find(word) != std::string_view::npos;
  });
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

void FixReader::close(std::string_view item, std::vector<std::string>& fixed) {
  std::string lowered = base::lower(item);
  std::vector<std::string> ids;
  add_ids(item, ids);
  if (speaks_of(lowered, kUndoing)) {
    if (taken_back_.size() < kMaxTakenBack) taken_back_.insert(ids.begin(), ids.end());
  } else if (!speaks_of(lowered, kDenials)) {
    fixed.insert(fixed.end(), ids.begin(), ids.end());
  }
}

std::vector<std::string> FixReader::fixed_ids(std::string_view entry) {
  std::vector<std::string> fixed;
  std::string item;
  for (std::string_view line; base::next_line(entry, line);) {
    if (begins_item(line)) {
      close(item, fixed);
      item.clear();
    }
    item.append(line).append(" ");
  }
  close(item, fixed);
  std::erase_if(fixed, [&](const std::string& id) { return taken_back_.contains(id); });
  std::sort(fixed.begin(), fixed.end());
  fixed.erase(std::unique(fixed.begin(), fixed.end()), fixed.end());
  return fixed;
}

}  // namespace bulkhead::catalog::rpm
