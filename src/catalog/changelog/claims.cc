// SPDX-License-Identifier: Apache-2.0
// The rule. A CVE that an item mentions is a fix when
//   1. the item, or one it belongs to, speaks of fixing (fix, patch, security, address, ...), or
//   the
//      CVE opens the item, or it stands in brackets at the end of what was done: "(CVE-2024-1234)";
//   2. nothing in the item or in one it belongs to says otherwise: "not affected", "regression",
//      "incomplete", "mention", "already", ... (kSilent);
//   3. no newer item takes it back: "revert", "reintroduce", "not fixed", ... (kUndo) about
//      that CVE or about the version of the entry, or removes its patch without saying that
//      upstream has it.
// An item is a bullet with its continuation lines; bullets that are indented further belong to it.
// What is taken back stays so for all older entries, while a newer fix stands. Entries that were
// never released do not count. When in doubt there is no claim: a missing claim costs a closer
// look, a wrong one hides a hole.
#include "catalog/changelog/claims.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "catalog/changelog/words.h"

namespace bulkhead::catalog::changelog {
namespace {

constexpr size_t kMaxItemBytes = 16 << 10;
constexpr size_t kMaxNesting = 16;
constexpr size_t kMaxReverted = 1000;

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

// Whether a text says that a new version of upstream came in: then patches that go are in it.
bool brings_new_version(std::string_view text) {
  for (std::string_view words :
       {"new upstream", "upstream release", "upstream version", "upstream stable"}) {
    if (contains(text, words)) return true;
  }
  for (std::string_view words : {"update to ", "updated to ", "upgrade to ", "rebase to "}) {
    for (size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
      size_t next = at + words.size();
      if (next < text.size() && base::is_digit(text[next])) return true;
    }
  }
  return false;
}

// "3.4.1" is the upstream version of "3.4.1-1".
bool is_version_or_upstream_of(std::string_view shorter, std::string_view version) {
  return version.starts_with(shorter) &&
         (version.size() == shorter.size() || version[shorter.size()] == '-');
}

// The sentence around a place of a text.
std::string_view sentence_at(std::string_view text, size_t at) {
  size_t begin = text.rfind(". ", at);
  begin = begin == std::string_view::npos ? 0 : begin + 2;
  return text.substr(begin, text.find(". ", at) - begin);
}

}  // namespace

// The text of an item (in lower case, on one line), walked from one CVE to the next. What is asked
// of it again and again is found once: an item can name thousands of CVEs.
class Claims::Mentions {
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

Claims::Mentions::Mentions(std::string_view text)
    : text_(text), says_patch_(contains(text, "patch") || contains(text, "the fix")) {
  for (size_t at = 0; at < text.size(); ++at) {
    uint8_t bits = words_at(text, at);
    words_ |= bits;
    if ((bits & kRemove) != 0) first_removal_ = std::min(first_removal_, at);
  }
}

bool Claims::Mentions::next() {
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

bool Claims::Mentions::in_file_name() const {
  char before = begin_ > 0 ? text_[begin_ - 1] : ' ';
  if (before == '/' || before == '-' || before == '_') return true;
  bool joined = end_ + 1 < text_.size() && base::is_alpha(text_[end_ + 1]);
  return joined && (text_[end_] == '.' || text_[end_] == '-' || text_[end_] == '_');
}

bool Claims::Mentions::in_brackets() const {
  constexpr size_t kNear = 200;
  size_t from = begin_ > kNear ? begin_ - kNear : 0;
  std::string_view before = text_.substr(from, begin_ - from);
  size_t bracket = before.find_last_of("()[]{}");
  return bracket != std::string_view::npos &&
         (before[bracket] == '(' || before[bracket] == '[' || before[bracket] == '{');
}

// "Drop CVE-2024-1.patch", "CVE-2024-1.patch: removed, ...", "disable the fix for"; but not what
// Ubuntu writes about the patch's own doing: "d/p/CVE-2024-1.patch: remove unsafe call".
bool Claims::Mentions::patch_is_removed() const {
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

bool Claims::Mentions::sentence_is_silent() {
  if (begin_ >= sentence_end_) {
    std::string_view sentence = sentence_at(text_, begin_);
    sentence_end_ = static_cast<size_t>(sentence.data() - text_.data()) + sentence.size();
    silent_ = (words_in(sentence) & kSilent) != 0;
  }
  return silent_;
}

std::vector<Fix> Claims::take_fixes() {
  // Nothing to revert to was found: it was not about an upload.
  for (auto& [id, version] : doubtful_) fixed_[id] = version;
  std::vector<Fix> out;
  for (auto& [id, version] : fixed_) {
    if (out.size() == kMaxFixes) break;
    out.push_back({id, version});
  }
  return out;
}

void Claims::entry(std::string_view entry_version, bool released, std::string_view body) {
  version_ = entry_version;
  std::string version = base::lower(entry_version);
  if (!blocked_until_.empty() && is_version_or_upstream_of(blocked_until_, version)) {
    blocked_until_.clear();
    doubtful_.clear();
  }
  blocked_entry_ = block_next_entry_ || !released || reverted_.contains(version);
  block_next_entry_ = false;
  bool names_cve = contains(body, "CVE-") || contains(body, "cve-") || contains(body, "CAN-");
  if (!names_cve && !contains(body, "evert")) return;
  // The body is large only in changelogs of kernels; lowering it once is cheaper than twice.
  std::string all = base::lower(body);
  entry_has_upstream_ = brings_new_version(all);
  stack_.clear();
  std::string_view rest = all;
  std::string_view text;
  while (base::next_line(rest, text)) line(text);
  close_item();
}

void Claims::line(std::string_view text) {
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
  // rpm's changelogs often go on without indentation.
  bool deeper = open && (indent > stack_.back().indent || (indent == stack_.back().indent &&
                                                           (!stack_.back().bullet || indent == 0)));
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

void Claims::close_item() {
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
std::string_view Claims::flatten(std::string_view text) {
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
void Claims::judge(size_t index) {
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
void Claims::take_back_versions(std::string_view text) {
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

void Claims::record(std::string id, Says says) {
  if (fixed_.size() + doubtful_.size() + taken_back_.size() >= kMaxFixes) return;
  if (says == Says::kUndoes) {
    // A newer fix stands; one of this very entry does not.
    auto fix = fixed_.find(id);
    if (fix != fixed_.end() && fix->second == version_) fixed_.erase(fix);
    taken_back_.insert(std::move(id));
  } else if (says == Says::kFixes && !blocked_entry_ && !taken_back_.contains(id)) {
    (blocked_until_.empty() ? fixed_ : doubtful_)[std::move(id)] = version_;
  }
}

Claims::Says Claims::judge_mention(const Item& item, Mentions& mention) const {
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

}  // namespace bulkhead::catalog::changelog
