// SPDX-License-Identifier: Apache-2.0
// Which CVEs a Debian changelog says were fixed, and in which version.
//
// An entry is "name (version) suites; urgency=x", items, and a trailer " -- maintainer". An item is
// a bullet with its continuation lines; bullets that are indented further belong to it.
//
// The rule. A CVE that an item mentions is a fix when
//   1. the item, or one it belongs to, speaks of fixing (fix, patch, security, address, ...), or
//   the
//      CVE opens the item, or it stands in brackets at the end of what was done: "(CVE-2024-1234)";
//   2. nothing in the item or in one it belongs to says otherwise: "not affected", "regression",
//      "incomplete", "mention", "already", ... (kSilent);
//   3. no newer item takes it back: "revert", "reintroduce", "not fixed", ... (kUndo) about
//      that CVE or about the version of the entry, or removes its patch without saying that
//      upstream has it.
// Entries are read newest first. What is taken back stays so for all older entries, while a newer
// fix stands. Entries that were never released (UNRELEASED) do not count. When in doubt there is no
// claim: a missing claim costs a closer look, a wrong one hides a hole.
#include "catalog/debian/changelog.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>

#include "base/text.h"

namespace bulkhead::catalog::debian {
namespace {

// What words say about the item they stand in, as bits.
enum Words : uint8_t {
  kUndo = 1,       // takes a fix back
  kSilent = 2,     // speaks about something else than fixing
  kFixing = 4,     // speaks of fixing
  kRemove = 8,     // of taking something out
  kUpstream = 16,  // upstream has it
};

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
    {"fixed in", kUpstream},
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

// The bits of the words that begin at `at` of a text in lower case.
uint8_t words_at(std::string_view text, size_t at) {
  if (text[at] < 'a' || text[at] > 'z') return 0;
  uint8_t bits = 0;
  size_t letter = static_cast<size_t>(text[at] - 'a');
  for (size_t i = kFirst[letter]; i < kFirst[letter + 1]; ++i) {
    if (text.substr(at).starts_with(kWords[i].text)) bits |= kWords[i].bits;
  }
  return bits;
}

// The bits of all words in a text.
uint8_t words_in(std::string_view text) {
  uint8_t bits = 0;
  for (size_t at = 0; at < text.size(); ++at) bits |= words_at(text, at);
  return bits;
}

bool contains(std::string_view text, std::string_view what) {
  return memmem(text.data(), text.size(), what.data(), what.size()) != nullptr;
}

// CVE-YYYY-NNNN..., or its older spelling CAN-, at `at` of a text in lower case.
size_t cve_length(std::string_view text, size_t at) {
  std::string_view rest = text.substr(at);
  if (!rest.starts_with("cve-") && !rest.starts_with("can-")) return 0;
  auto digits = [&](size_t from) {
    size_t end = from;
    while (end < rest.size() && base::is_digit(rest[end])) ++end;
    return end - from;
  };
  if (digits(4) != 4 || rest.size() < 9 || rest[8] != '-') return 0;
  size_t number = digits(9);
  return number >= 4 && number <= 12 ? 9 + number : 0;
}

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

// "3.4.1" is the upstream version of "3.4.1-1".
bool is_version_or_upstream_of(std::string_view shorter, std::string_view version) {
  return version.starts_with(shorter) &&
         (version.size() == shorter.size() || version[shorter.size()] == '-');
}

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

// The sentence around a place of a text.
std::string_view sentence_at(std::string_view text, size_t at) {
  size_t begin = text.rfind(". ", at);
  begin = begin == std::string_view::npos ? 0 : begin + 2;
  return text.substr(begin, text.find(". ", at) - begin);
}

// The text of an item (in lower case, on one line), walked from one CVE to the next. What is asked
// of it again and again is found once: an item can name thousands of CVEs.
class Mentions {
 public:
  explicit Mentions(std::string_view text);

  bool next();
  std::string id() const {
    return "CVE-" + std::string(text_.substr(begin_ + 4, end_ - begin_ - 4));
  }
  bool opens() const { return opens_; }  // the item begins with it
  bool in_file_name() const;
  bool in_brackets() const;
  bool patch_is_removed() const;
  bool upstream_has_it() const { return (words_ & kUpstream) != 0; }
  bool sentence_is_silent();

 private:
  std::string_view text_;
  uint8_t words_ = 0;
  size_t first_removal_ = std::string_view::npos;
  bool says_patch_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool opens_ = true;
  size_t sentence_end_ = 0;
  bool silent_ = false;
};

Mentions::Mentions(std::string_view text) : text_(text), says_patch_(contains(text, "patch")) {
  for (size_t at = 0; at < text.size(); ++at) {
    uint8_t bits = words_at(text, at);
    words_ |= bits;
    if ((bits & kRemove) != 0) first_removal_ = std::min(first_removal_, at);
  }
}

bool Mentions::next() {
  size_t before = end_;
  for (size_t at = end_; (at = text_.find('c', at)) != std::string_view::npos; ++at) {
    size_t length = cve_length(text_, at);
    if (length == 0) continue;
    begin_ = at;
    end_ = at + length;
    std::string_view between = text_.substr(before, begin_ - before);
    opens_ = opens_ && between.find_first_not_of(" ,;/&and") == std::string_view::npos;
    return true;
  }
  return false;
}

bool Mentions::in_file_name() const {
  char before = begin_ > 0 ? text_[begin_ - 1] : ' ';
  if (before == '/' || before == '-' || before == '_') return true;
  bool joined = end_ + 1 < text_.size() && base::is_alpha(text_[end_ + 1]);
  return joined && (text_[end_] == '.' || text_[end_] == '-' || text_[end_] == '_');
}

bool Mentions::in_brackets() const {
  constexpr size_t kNear = 200;
  size_t from = begin_ > kNear ? begin_ - kNear : 0;
  std::string_view before = text_.substr(from, begin_ - from);
  size_t bracket = before.find_last_of("()[]");
  return bracket != std::string_view::npos && (before[bracket] == '(' || before[bracket] == '[');
}

// "Drop CVE-2024-1.patch", "CVE-2024-1.patch: removed, ..."; but not what Ubuntu writes about the
// patch's own doing: "d/p/CVE-2024-1.patch: remove unsafe call".
bool Mentions::patch_is_removed() const {
  if (first_removal_ < begin_) return in_file_name() || says_patch_;
  if (!in_file_name()) return false;
  size_t space = text_.find(' ', end_);
  if (space == std::string_view::npos) return false;
  std::string_view rest = text_.substr(space + 1, 32);
  std::string_view word = rest.substr(0, rest.find_first_of(" ,.;"));
  for (std::string_view done : {"dropped", "removed", "disabled", "deleted"}) {
    if (word == done) return true;
  }
  bool alone = rest.size() == word.size() || rest[word.size()] == ',';
  return alone && (word == "drop" || word == "remove" || word == "disable");
}

bool Mentions::sentence_is_silent() {
  if (begin_ >= sentence_end_) {
    std::string_view sentence = sentence_at(text_, begin_);
    sentence_end_ = static_cast<size_t>(sentence.data() - text_.data()) + sentence.size();
    silent_ = (words_in(sentence) & kSilent) != 0;
  }
  return silent_;
}

class Reader {
 public:
  Changelog read(std::string_view text);

 private:
  static constexpr size_t kMaxItemBytes = 16 << 10;
  static constexpr size_t kMaxNesting = 16;
  static constexpr size_t kMaxReverted = 1000;

  void entry(const Header& header, std::string_view body);
  void line(std::string_view line);
  void close_item();
  void judge(size_t index);
  std::string_view flatten(std::string_view text);
  void record(std::string id, Says says);
  void take_back_versions(std::string_view text);
  Says judge_mention(const Item& item, Mentions& mention) const;

  Header header_;
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

Changelog Reader::read(std::string_view text) {
  Changelog out;
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
    entry(header, text.substr(0, end));
    text.remove_prefix(end);
  }
  // Nothing to revert to was found: it was not about an upload.
  for (auto& [id, version] : doubtful_) fixed_[id] = version;
  for (auto& [id, version] : fixed_) {
    if (out.fixes.size() == kMaxFixes) break;
    out.fixes.push_back({id, version});
  }
  return out;
}

void Reader::entry(const Header& header, std::string_view body) {
  header_ = header;
  std::string version = base::lower(header.version);
  if (!blocked_until_.empty() && is_version_or_upstream_of(blocked_until_, version)) {
    blocked_until_.clear();
    doubtful_.clear();
  }
  blocked_entry_ = block_next_entry_ || !header.released || reverted_.contains(version);
  block_next_entry_ = false;
  bool names_cve = contains(body, "CVE-") || contains(body, "cve-") || contains(body, "CAN-");
  if (!names_cve && !contains(body, "evert")) return;
  // The body is large only in changelogs of kernels; lowering it once is cheaper than twice.
  std::string all = base::lower(body);
  entry_has_upstream_ = contains(all, "new upstream") || contains(all, "upstream release") ||
                        contains(all, "upstream version") || contains(all, "upstream stable");
  stack_.clear();
  std::string_view rest = all;
  std::string_view text;
  while (base::next_line(rest, text)) line(text);
  close_item();
}

void Reader::line(std::string_view text) {
  size_t indent = text.find_first_not_of(" \t");
  if (indent == std::string_view::npos) {
    close_item();
    return;
  }
  char c = text[indent];
  bool bullet = (c == '*' || c == '-' || c == '+' || c == '~') && indent + 1 < text.size() &&
                text[indent + 1] == ' ';
  bool heading = c == '[' && text.find(']') != std::string_view::npos && indent <= 2;
  bool open = !stack_.empty() && !stack_.back().closed;
  bool deeper = open && (indent > stack_.back().indent ||
                         (indent == stack_.back().indent && !stack_.back().bullet));
  if (deeper && !bullet && !heading) {
    Item& item = stack_.back();
    size_t size = static_cast<size_t>(text.data() + text.size() - item.text.data());
    if (size <= kMaxItemBytes) item.text = {item.text.data(), size};
    return;
  }
  close_item();
  // The items that one at this indent does not belong to are over.
  while (!stack_.empty() && (heading || stack_.back().indent >= indent)) stack_.pop_back();
  if (heading || stack_.size() == kMaxNesting) return;
  Item item;
  item.indent = indent;
  item.bullet = bullet;
  item.text = text.substr(bullet ? indent + 2 : indent);
  stack_.push_back(item);
}

void Reader::close_item() {
  if (stack_.empty() || stack_.back().closed) return;
  Item& item = stack_.back();
  item.closed = true;
  bool names_cve = contains(item.text, "cve-") || contains(item.text, "can-");
  bool reverts = contains(item.text, "revert");
  if (!names_cve && !reverts) return;
  judge(stack_.size() - 1);
  std::string_view text = flatten(item.text);
  if (reverts) take_back_versions(text);
  Mentions mention(text);
  while (mention.next()) record(mention.id(), judge_mention(item, mention));
}

// On one line, without the indentation of continuation lines: "not\n      affected" is one phrase.
std::string_view Reader::flatten(std::string_view text) {
  flat_.clear();
  for (char c : text) {
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
    if (c != ' ' || flat_.empty() || flat_.back() != ' ') flat_.push_back(c);
  }
  return flat_;
}

// Judges what an item says about those that belong to it, and before it the ones it belongs to;
// most are never asked. Taking back counts wherever it stands, silence only in the last sentence,
// which leads over to what follows.
void Reader::judge(size_t index) {
  for (size_t i = 0; i <= index; ++i) {
    Item& item = stack_[i];
    if (item.judged) continue;
    item.judged = true;
    std::string_view text = flatten(item.text);
    uint8_t words = words_in(text);
    item.speaks_of_fixing = (words & kFixing) != 0;
    if ((words & kUndo) != 0) {
      item.says = Says::kUndoes;
    } else if ((words & kSilent) != 0 &&
               (words_in(sentence_at(text, text.size())) & kSilent) != 0) {
      item.says = Says::kNothing;
    }
    if (i == 0) continue;
    item.speaks_of_fixing |= stack_[i - 1].speaks_of_fixing;
    item.says = std::max(item.says, stack_[i - 1].says);
  }
}

// "Revert 1.2-3", "revert the previous upload": that entry's fixes are gone. "Revert to 1.2-3":
// those of all entries after that one are.
void Reader::take_back_versions(std::string_view text) {
  if (contains(text, "previous") || contains(text, "last upload") ||
      contains(text, "last change")) {
    block_next_entry_ = true;
  }
  std::string_view before;
  for (std::string_view word : base::split(text, ' ')) {
    while (!word.empty() && !base::is_alnum(word.back())) word.remove_suffix(1);
    while (!word.empty() && !base::is_alnum(word.front())) word.remove_prefix(1);
    bool version = !word.empty() && base::is_digit(word[0]) &&
                   word.find_first_of(".-+~") != std::string_view::npos;
    if (version && before == "to") {
      blocked_until_ = word;
    } else if (version && reverted_.size() < kMaxReverted) {
      reverted_.emplace(word);
    }
    before = word;
  }
}

void Reader::record(std::string id, Says says) {
  if (fixed_.size() + doubtful_.size() + taken_back_.size() >= kMaxFixes) return;
  if (says == Says::kUndoes) {
    // A newer fix stands; one of this very entry does not.
    auto fix = fixed_.find(id);
    if (fix != fixed_.end() && fix->second == header_.version) fixed_.erase(fix);
    taken_back_.insert(std::move(id));
  } else if (says == Says::kFixes && !blocked_entry_ && !taken_back_.contains(id)) {
    (blocked_until_.empty() ? fixed_ : doubtful_)[std::move(id)] = header_.version;
  }
}

Says Reader::judge_mention(const Item& item, Mentions& mention) const {
  if (item.says == Says::kUndoes) return item.says;
  // The item the mention stands in is judged by its sentence, the ones above as a whole.
  if (stack_.size() > 1 && stack_[stack_.size() - 2].says != Says::kFixes) return Says::kNothing;
  if (mention.sentence_is_silent()) return Says::kNothing;
  if (mention.opens() && !mention.in_file_name()) return Says::kFixes;
  if (mention.in_brackets()) return Says::kFixes;
  if (mention.patch_is_removed()) {
    bool upstream = entry_has_upstream_ || mention.upstream_has_it();
    return upstream ? Says::kNothing : Says::kUndoes;
  }
  return item.speaks_of_fixing ? Says::kFixes : Says::kNothing;
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

Changelog parse_changelog(std::string_view text) { return Reader().read(text); }

}  // namespace bulkhead::catalog::debian
