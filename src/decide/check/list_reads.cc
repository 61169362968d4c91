// SPDX-License-Identifier: Apache-2.0
// Looks for `lists.name` and `lists["name"]` in modules, whatever stands before: a module may
// import data.lists. Where `lists` stands otherwise, every list may be read.
#include "decide/check/list_reads.h"

#include <set>

#include "base/text.h"
#include "decide/bundle/lists.h"
#include "policy/rego/lexer.h"

namespace bulkhead::decide {
namespace {

using policy::rego::Token;
using policy::rego::TokenKind;

class ListReads {
 public:
  void add(std::string_view path, std::string_view text) {
    const std::vector<Token> tokens = policy::rego::lex(path, text).tokens;
    for (size_t i = 1; i + 2 < tokens.size(); ++i) {
      if (!tokens[i].is("lists") || !tokens[i - 1].is(".")) continue;
      add_name(tokens[i + 1], tokens[i + 2]);
    }
    for (size_t i = 0; i + 3 < tokens.size(); ++i) {  // import data.lists, and lists.name below
      if (tokens[i].is("import") && tokens[i + 3].is("lists")) all_ = true;
      bool bracketed = tokens[i].is("data") && tokens[i + 1].is("[");
      if (bracketed && !tokens[i + 2].text.starts_with("\"parameters\"")) all_ = true;
    }
  }

  bool reads(std::string_view name) const { return all_ || names_.contains(name); }

 private:
  void add_name(const Token& sign, const Token& name) {
    bool text = name.kind == TokenKind::kString || name.kind == TokenKind::kRawString;
    if (sign.is(".") && name.kind == TokenKind::kName) {
      names_.emplace(name.text);
    } else if (sign.is("[") && text) {
      names_.insert(policy::rego::string_value(name));
    } else {
      all_ = true;
    }
  }

  std::set<std::string, std::less<>> names_;
  bool all_ = false;
};

}  // namespace

std::vector<std::string> unread_lists(const PolicySet& policy, const Files& files) {
  std::vector<std::string> out;
  if (!files.contains("policy.yaml")) return out;  // without it lists/ is no data
  ListReads reads;
  for (const auto& [path, text] : files) {
    bool ours = path.ends_with(".rego") && !lies_below(policy.foreign_folders(), path);
    if (ours && !policy::is_test(path)) reads.add(path, text);
  }
  for (const ActivePack& active : policy.packs()) {
    if (active.foreign || !active.described || files.contains(active.pack.path)) continue;
    for (const auto& [path, text] : shipped_policies()) {
      bool module = path.ends_with(".rego") && !policy::is_test(path);
      if (module && path.starts_with(active.pack.folder())) reads.add(path, text);
    }
  }
  for (const auto& [path, text] : files) {
    std::string_view name = list_name(path);
    if (name.empty() || lies_below(policy.foreign_folders(), path)) continue;
    if (name != "data" && !reads.reads(name)) out.push_back(path);
  }
  return out;
}

}  // namespace bulkhead::decide
