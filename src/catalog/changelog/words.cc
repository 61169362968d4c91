// SPDX-License-Identifier: Apache-2.0
// One table for the changelogs of all distributions. Words are found anywhere, also inside others
// ("unfixed" has its own line for that reason).
#include "catalog/changelog/words.h"

#include <array>

namespace bulkhead::catalog::changelog {
namespace {

struct Word {
  std::string_view text;
  uint8_t bits;
};
// Sorted by first letter, so that one pass over a text finds them all.
constexpr Word kWords[] = {
    {"add reference", kSilent},
    {"addresse", kFixing},
    {"address ", kFixing},
    {"already", kSilent},
    {"applied", kUpstream},
    {"avoid", kFixing},
    {"back out", kUndo},
    {"backed out", kUndo},
    {"backing out", kUndo},
    {"backport", kFixing},
    {"backs out", kUndo},
    {"changelog entr", kSilent},
    {"cherry", kFixing},
    {"closes", kFixing},
    {"correct", kFixing},
    {"cve reference", kSilent},
    {"delete", kRemove},
    {"disable", kRemove},
    {"disputed", kSilent},
    {"drop", kRemove},
    {"false positive", kSilent},
    {"fix", kFixing},
    {"fixed in", kFixing | kUpstream},
    {"hardening", kFixing},
    {"ignored:", kSilent},
    {"is ignored", kSilent},
    {"in preparation", kSilent},
    {"included", kUpstream},
    {"incomplete", kSilent},
    {"mention", kSilent},
    {"merged", kUpstream},
    {"mitigat", kSilent},
    {"n't affect", kSilent},
    {"n't fix", kUndo},
    {"new release", kUpstream},
    {"new version", kUpstream},
    {"no longer need", kUpstream},
    {"no-longer-need", kUpstream},
    {"not affect", kSilent},
    {"not applied", kUndo},
    {"not exploitable", kSilent},
    {"not fix", kUndo},
    {"not impact", kSilent},
    {"not vulnerable", kSilent},
    {"not yet", kSilent},
    {"obsolete", kUpstream},
    {"partial", kSilent},
    {"patch", kFixing},
    {"pending", kSilent},
    {"postpone", kSilent},
    {"prerequisite", kSilent},
    {"prevent", kFixing},
    {"previous entr", kSilent},
    {"re-introduc", kUndo},
    {"re-open", kUndo},
    {"rebase", kSilent},
    {"rebase to", 0},
    {"refresh", kSilent},
    {"regress", kSilent},
    {"reintroduc", kUndo},
    {"rejected", kSilent},
    {"remove", kRemove},
    {"removing", kRemove},
    {"rename", kSilent},
    {"reopen", kUndo},
    {"resolv", kFixing},
    {"retroactive", kSilent},
    {"revert", kUndo},
    {"secur", kFixing},
    {"still affect", kUndo},
    {"still vulnerable", kUndo},
    {"superseded", kUpstream},
    {"test for", kSilent},
    {"tests for", kSilent},
    {"todo", kSilent},
    {"unaffect", kSilent},
    {"unapplied", kUndo},
    {"unfixed", kUndo},
    {"upstream", kUpstream},
    {"vulnerab", kFixing},
    {"will be", kSilent},
    {"without fix", kUndo},
    {"work around", kSilent},
    {"workaround", kSilent},
};

// Where the words of each first letter begin in kWords.
constexpr std::array<uint8_t, 27> first_letters() {
  std::array<uint8_t, 27> out{};
  size_t at = 0;
  for (size_t letter = 0; letter < 26; ++letter) {
    out[letter] = static_cast<uint8_t>(at);
    while (at < std::size(kWords) && kWords[at].text[0] == static_cast<char>('a' + letter)) ++at;
  }
  out[26] = static_cast<uint8_t>(at);
  return out;
}
constexpr std::array<uint8_t, 27> kFirst = first_letters();
static_assert(kFirst[26] == std::size(kWords), "kWords must be sorted by first letter");

}  // namespace

uint8_t words_at(std::string_view text, size_t at) {
  if (text[at] < 'a' || text[at] > 'z') return 0;
  uint8_t bits = 0;
  size_t longest = 0;
  size_t letter = static_cast<size_t>(text[at] - 'a');
  for (size_t i = kFirst[letter]; i < kFirst[letter + 1]; ++i) {
    std::string_view word = kWords[i].text;
    if (word.size() <= longest || !text.substr(at).starts_with(word)) continue;
    longest = word.size();
    bits = kWords[i].bits;
  }
  return bits;
}

uint8_t words_in(std::string_view text) {
  uint8_t bits = 0;
  for (size_t at = 0; at < text.size(); ++at) bits |= words_at(text, at);
  return bits;
}

}  // namespace bulkhead::catalog::changelog
