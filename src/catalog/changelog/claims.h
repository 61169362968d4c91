// SPDX-License-Identifier: Apache-2.0
// Which CVEs a package's changelog claims to have fixed: the rule, whatever wrote the changelog.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog::changelog {

struct Fix {
  std::string id;       // CVE-2024-1234
  std::string version;  // of the oldest entry that fixed it for good

  bool operator==(const Fix&) const = default;
};

inline constexpr size_t kMaxFixes = 50'000;

// Conservative on purpose, claims.cc has the rule.
class Claims {
 public:
  // The entries of one changelog, newest first. `body` is the text of the entry: bulleted items,
  // possibly nested by indentation. Versions are compared with what items say was reverted.
  void entry(std::string_view version, bool released, std::string_view body);
  // After the last entry: sorted by id, each id once, at most kMaxFixes.
  std::vector<Fix> take_fixes();

 private:
  class Mentions;
  // What an item makes of the CVEs in it; later ones win over earlier ones.
  enum class Says : uint8_t { kFixes, kNothing, kUndoes };

  struct Item {
    size_t indent = 0;
    bool bullet = false;
    bool closed = false;  // no more lines belong to its text
    bool judged = false;
    std::string_view text;
    Says says = Says::kFixes;
    bool speaks_of_fixing = false;
  };

  void line(std::string_view line);
  void close_item();
  void judge(size_t index);
  std::string_view flatten(std::string_view text);
  void record(std::string id, Says says);
  void take_back_versions(std::string_view text);
  Says judge_mention(const Item& item, Mentions& mention) const;

  std::string version_;  // of the entry that is read
  bool entry_has_upstream_ = false;
  bool blocked_entry_ = false;
  bool block_next_entry_ = false;
  // "Revert to": entries down to this version are gone, if there is an entry of that version.
  std::string blocked_until_;
  std::map<std::string, std::string> doubtful_;  // their fixes: id -> version
  std::vector<Item> stack_;
  std::string flat_;
  std::map<std::string, std::string> fixed_;     // id -> version
  std::set<std::string> taken_back_;             // ids; older entries' claims do not count
  std::set<std::string, std::less<>> reverted_;  // versions
};

}  // namespace bulkhead::catalog::changelog
