// SPDX-License-Identifier: Apache-2.0
// yarn.lock of Yarn 1 ("classic") and of Yarn 2 and later ("berry").
//
// Classic has a format of its own that only looks like YAML: two spaces a level, keys and values
// separated by a space, strings quoted as in JSON where they need it
// (https://classic.yarnpkg.com/docs/yarn-lock; the grammar is that of the @yarnpkg/lockfile
// parser). It is read line by line; a line that does not fit is reported and skipped, and the
// markers of a merge conflict are skipped so that both sides count. Berry is YAML with a
// "__metadata" entry.
#include "catalog/npm/yarn.h"

#include "base/node.h"
#include "base/text.h"

namespace bulkhead::catalog::npm {
namespace {

using base::Node;

constexpr size_t kMaxEntries = 1'000'000;
constexpr size_t kMaxBadLines = 100;

// Takes one string off the front: quoted, or up to a space, ',' or a ':' that ends the line. A ':'
// inside a bare word belongs to it (lodash@npm:x).
bool take_string(std::string_view& text, std::string& out) {
  out.clear();
  if (!text.starts_with('"')) {
    size_t end = 0;
    while (end < text.size() && text[end] != ' ' && text[end] != ',') ++end;
    if (end == text.size() && text.ends_with(':')) --end;
    out = text.substr(0, end);
    text.remove_prefix(end);
    return end > 0;
  }
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;  // \" and \\; others do not occur
    out += text[i];
  }
  return false;
}

class Classic {
 public:
  explicit Classic(std::string_view text) : rest_(text) {}
  base::Result<YarnLock> read();

 private:
  bool line(std::string_view text);
  bool open_entry(std::string_view text);
  bool field(std::string_view text);
  bool dependency(std::string_view text);

  std::string_view rest_;
  uint32_t number_ = 0;
  YarnLock lock_;
  bool in_entry_ = false;
  enum class Section { kNone, kDependencies, kOptional, kOther } section_ = Section::kNone;
};

base::Result<YarnLock> Classic::read() {
  std::string_view text;
  while (base::next_line(rest_, text)) {
    ++number_;
    size_t last = text.find_last_not_of(" \t");
    text = last == text.npos ? std::string_view() : text.substr(0, last + 1);
    size_t first = text.find_first_not_of(' ');
    if (text.empty() || text[first] == '#') continue;
    if (text.starts_with("<<<<<<<") || text.starts_with("=======") ||
        text.starts_with(">>>>>>>") || text.starts_with("|||||||")) {
      in_entry_ = false;
      continue;
    }
    if (line(text)) continue;
    if (lock_.bad_lines.size() < kMaxBadLines) lock_.bad_lines.push_back(number_);
  }
  if (lock_.entries.size() > kMaxEntries) {
    return base::Error(base::Code::kLimit, "more than a million entries");
  }
  return std::move(lock_);
}

bool Classic::line(std::string_view text) {
  size_t indent = text.find_first_not_of(' ');
  text.remove_prefix(indent);
  if (indent == 0) return open_entry(text);
  if (!in_entry_) return false;
  if (indent == 2) return field(text);
  return indent == 4 && dependency(text);
}

bool Classic::open_entry(std::string_view text) {
  in_entry_ = false;
  YarnEntry entry;
  entry.line = number_;
  std::string descriptor;
  while (take_string(text, descriptor)) {
    entry.descriptors.push_back(descriptor);
    if (text == ":") {
      in_entry_ = true;
      section_ = Section::kNone;
      lock_.entries.push_back(std::move(entry));
      return true;
    }
    if (!text.starts_with(',')) return false;
    text.remove_prefix(1);
    text = base::trim(text);
  }
  return false;
}

bool Classic::field(std::string_view text) {
  section_ = Section::kNone;
  std::string key;
  if (!take_string(text, key)) return false;
  if (text == ":") {
    section_ = key == "dependencies"           ? Section::kDependencies
               : key == "optionalDependencies" ? Section::kOptional
                                               : Section::kOther;
    return true;
  }
  text = base::trim(text);
  std::string value;
  if (!take_string(text, value) || !text.empty()) return false;
  YarnEntry& entry = lock_.entries.back();
  if (key == "version") entry.version = std::move(value);
  if (key == "resolved") entry.resolved = std::move(value);
  if (key == "integrity") entry.integrity = std::move(value);
  return true;
}

bool Classic::dependency(std::string_view text) {
  if (section_ == Section::kNone) return false;
  if (section_ == Section::kOther) return true;
  YarnDependency dependency;
  dependency.optional = section_ == Section::kOptional;
  if (!take_string(text, dependency.name)) return false;
  text = base::trim(text);
  if (!take_string(text, dependency.range) || !text.empty()) return false;
  lock_.entries.back().dependencies.push_back(std::move(dependency));
  return true;
}

YarnEntry berry_entry(std::string_view key, const Node& value) {
  YarnEntry entry;
  // "a@npm:^1.0.0, a@npm:^1.2.0"
  while (auto parts = base::cut(key, ", ")) {
    entry.descriptors.emplace_back(parts->first);
    key = parts->second;
  }
  entry.descriptors.emplace_back(key);
  entry.version = value["version"].string_or("");
  entry.resolved = value["resolution"].string_or("");
  entry.line = value.line > 0 ? value.line - 1 : 0;  // the key stands on the line before
  const Node& meta = value["dependenciesMeta"];
  for (const auto& [name, range] : value["dependencies"].members) {
    bool optional = meta[name]["optional"].string_or("") == "true";
    entry.dependencies.push_back({name, std::string(range.string_or("")), optional});
  }
  return entry;
}

base::Result<YarnLock> parse_berry(std::string_view text) {
  Node root = TRY(base::parse_yaml(text, base::Limits()));
  YarnLock lock;
  lock.berry = true;
  for (const auto& [key, value] : root.members) {
    if (key != "__metadata" && value.is_mapping()) lock.entries.push_back(berry_entry(key, value));
  }
  return lock;
}

}  // namespace

base::Result<YarnLock> parse_yarn_lock(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  bool berry = text.starts_with("__metadata:") || text.find("\n__metadata:") != text.npos;
  return berry ? parse_berry(text) : Classic(text).read();
}

}  // namespace bulkhead::catalog::npm
