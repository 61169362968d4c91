// SPDX-License-Identifier: Apache-2.0
// Reads imports by tokens. An alias that is imported twice, or that stands anywhere without "." or
// "[" behind it, is left out: it may be an argument or a variable that hides the import.
#include "policy/rego/aliases.h"

#include <optional>
#include <set>

namespace bulkhead::policy::rego {
namespace {

struct Import {
  std::string_view alias;
  std::string target;
  size_t end = 0;  // index behind its last token
};

class ImportReader {
 public:
  explicit ImportReader(std::span<const Token> tokens) : tokens_(tokens) {}

  std::map<std::string_view, std::string> run() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (auto import = import_at(i)) {
        if (!found_.emplace(import->alias, import->target).second) hidden_.insert(import->alias);
        i = import->end - 1;
      } else if (at(i).kind == TokenKind::kName && !follows_dot(i) && !leads(i)) {
        hidden_.insert(at(i).text);
      }
    }
    for (std::string_view name : hidden_) found_.erase(name);
    return std::move(found_);
  }

 private:
  const Token& at(size_t i) const {
    static const Token kEnd;
    return i < tokens_.size() ? tokens_[i] : kEnd;
  }

  bool follows_dot(size_t i) const { return i > 0 && at(i - 1).is(".") && !at(i).after_space; }
  bool leads(size_t i) const {
    return (at(i + 1).is(".") || at(i + 1).is("[")) && !at(i + 1).after_space;
  }

  // import data.a.b, import data.a["b"] as c; imports of input are none of ours.
  std::optional<Import> import_at(size_t i) const {
    bool first = i == 0 || at(i - 1).last_line() != at(i).line;
    if (!first || !at(i).is("import") || !at(i + 1).is("data")) return std::nullopt;
    Import out;
    out.target = "data";
    size_t k = i + 2;
    for (;; ++k) {
      if (at(k).is(".") && at(k + 1).kind == TokenKind::kName) {
        out.alias = at(++k).text;
        std::string name(out.alias);
        out.target += is_keyword(name, true) ? "[\"" + name + "\"]" : "." + name;
      } else if (at(k).is("[") && at(k + 1).kind == TokenKind::kString && at(k + 2).is("]")) {
        out.alias = {};
        out.target += "[" + std::string(at(k + 1).text) + "]";
        k += 2;
      } else {
        break;
      }
    }
    if (at(k).is("as") && at(k + 1).kind == TokenKind::kName) {
      out.alias = at(k + 1).text;
      k += 2;
    }
    out.end = k;
    if (out.alias.empty()) return std::nullopt;
    return out;
  }

  std::span<const Token> tokens_;
  std::map<std::string_view, std::string> found_;
  std::set<std::string_view> hidden_;
};

}  // namespace

std::map<std::string_view, std::string> import_aliases(std::span<const Token> tokens) {
  return ImportReader(tokens).run();
}

}  // namespace bulkhead::policy::rego
