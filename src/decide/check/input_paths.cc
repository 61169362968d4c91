// SPDX-License-Identifier: Apache-2.0
// Follows references from `input` and `data`, and from variables that a rule binds to parts of it,
// through the schema. Where the schema leaves something open, or a name is bound twice, nothing is
// said.
#include "decide/check/input_paths.h"

#include <map>
#include <optional>
#include <string>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;
using policy::rego::Token;
using policy::rego::TokenKind;

// What is known of a term: its schema, or nothing (missing).
struct Walked {
  Value schema;
  size_t next = 0;  // first token after the reference
};

struct Member {
  Value schema;           // missing: nothing is known of it
  bool excluded = false;  // the schema says that there is none
};

Member member_of(const Value& schema, std::string_view name) {
  if (schema.missing()) return {};
  Value found = schema["properties"][name];
  if (!found.missing()) return {found, false};
  Value open = schema["additionalProperties"];
  if (open.is_object()) return {open, false};
  std::string_view type = schema["type"].string_or("");
  bool closed = open.boolean() == std::optional(false) || type == "array" || type == "string" ||
                type == "integer" || type == "number" || type == "boolean";
  return {Value(), closed};
}

std::string excluded_text(const Value& schema, std::string_view name) {
  bool data = schema["title"].string_or("") == "data";
  std::string text = data ? "the policy's data" : "the document";
  text += (data ? " have no \"" : " has no \"") + base::printable(name, 60) + "\" here";
  if (schema["type"].string_or("") == "array") return text + ": it is a list";
  if (schema["properties"].size() == 0) return text;
  std::string names;
  schema["properties"].each_member([&](std::string_view known, Value) {
    names += (names.empty() ? "" : ", ") + std::string(known);
  });
  return text + "; known are " + names;
}

class Checker {
 public:
  Checker(std::string_view path, const std::vector<Token>& tokens, const KnownTerms& terms,
          std::vector<Remark>& remarks)
      : path_(path), tokens_(tokens), terms_(terms), remarks_(remarks) {}

  void run() {
    size_t i = 0;
    while (i < tokens_.size()) {
      size_t end = end_of_rule(i);
      bind(i, end);
      for (size_t at = i; at < end;) at = check(at, end);
      i = end;
    }
  }

  // name := reference, and nothing else, from the first column on.
  KnownTerms rule_terms() {
    KnownTerms out;
    for (size_t i = 0; i < tokens_.size(); i = end_of_rule(i)) {
      size_t end = end_of_rule(i);
      bool rule = tokens_[i].kind == TokenKind::kName && i + 2 < end && tokens_[i + 1].is(":=");
      if (!rule) continue;
      start_variables();
      Walked walked = walk(i + 2, end, false);
      if (walked.next != end || walked.schema.missing()) continue;
      out.emplace(tokens_[i].text, walked.schema);
    }
    return out;
  }

 private:
  void start_variables() {
    variables_.clear();
    for (const auto& [name, schema] : terms_) variables_.emplace(name, schema);
  }

  // A rule goes from one token in the first column to the next.
  size_t end_of_rule(size_t i) const {
    size_t end = i + 1;
    while (end < tokens_.size() && (tokens_[end].column != 1 || tokens_[end].is("}"))) ++end;
    return end;
  }

  bool starts_reference(size_t i) const {
    bool member = i > 0 && tokens_[i - 1].is(".");
    return tokens_[i].kind == TokenKind::kName && !member;
  }

  void bind(size_t begin, size_t end) {
    start_variables();
    for (size_t i = begin; i + 2 < end; ++i) {
      // some x in ..., some _, x in ..., every x in ...
      bool some = tokens_[i].is("some") || tokens_[i].is("every");
      if (some) bind_member(i, end);
      if (tokens_[i].kind == TokenKind::kName && tokens_[i + 1].is(":=")) {
        set(tokens_[i].text, walk(i + 2, end, false));
      }
    }
  }

  void bind_member(size_t i, size_t end) {
    size_t name = i + 1;
    if (name + 2 < end && tokens_[name + 1].is(",")) name += 2;
    if (name + 2 >= end || !tokens_[name + 1].is("in")) return;
    Walked domain = walk(name + 2, end, false);
    if (!ends_term(domain.next, end)) domain.schema = Value();
    domain.schema = domain.schema["items"];
    set(tokens_[name].text, domain);
  }

  // Anything but the end of the expression makes it another value: input.a[x] | input.b.
  bool ends_term(size_t i, size_t end) const {
    if (i >= end) return true;
    const Token& token = tokens_[i];
    return token.line > tokens_[i - 1].last_line() || token.is("{") || token.is("}") ||
           token.is(";") || token.is("]") || token.kind == TokenKind::kComment;
  }

  void set(std::string_view name, const Walked& walked) {
    Value value = ends_term(walked.next, tokens_.size()) ? walked.schema : Value();
    auto [at, added] = variables_.emplace(name, value);
    if (!added) at->second = Value();
  }

  size_t check(size_t i, size_t end) {
    if (!starts_reference(i) || !variables_.contains(tokens_[i].text)) return i + 1;
    return std::max(walk(i, end, true).next, i + 1);
  }

  // Follows a.b[c]["d"] from token i.
  Walked walk(size_t i, size_t end, bool report) {
    if (i >= end || !starts_reference(i)) return {Value(), i};
    auto variable = variables_.find(tokens_[i].text);
    Walked out{variable == variables_.end() ? Value() : variable->second, i + 1};
    while (out.next < end) {
      const Token& token = tokens_[out.next];
      bool dot =
          token.is(".") && out.next + 1 < end && tokens_[out.next + 1].kind == TokenKind::kName;
      bool key = token.is("[") && !token.after_space && out.next + 2 < end &&
                 tokens_[out.next + 1].kind == TokenKind::kString && tokens_[out.next + 2].is("]");
      if (dot) {
        out.schema = member(out.schema, tokens_[out.next + 1].text, out.next + 1, report);
        out.next += 2;
      } else if (key) {
        out.schema = member(out.schema, string_value(tokens_[out.next + 1]), out.next + 1, report);
        out.next += 3;
      } else if (token.is("[") && !token.after_space) {
        out.schema = out.schema["items"];
        out.next = after_bracket(out.next, end);
      } else {
        break;
      }
    }
    return out;
  }

  size_t after_bracket(size_t i, size_t end) const {
    size_t depth = 0;
    for (; i < end; ++i) {
      if (tokens_[i].is("[")) ++depth;
      if (tokens_[i].is("]") && --depth == 0) return i + 1;
    }
    return end;
  }

  Value member(const Value& schema, std::string_view name, size_t at, bool report) {
    Member found = member_of(schema, name);
    if (found.excluded && report) {
      bool data = schema["title"].string_or("") == "data";
      remarks_.push_back({Remark::Kind::kError, std::string(path_), tokens_[at].line,
                          tokens_[at].column, data ? "unknown-data" : "unknown-input",
                          excluded_text(schema, name)});
    }
    return found.schema;
  }

  std::string_view path_;
  const std::vector<Token>& tokens_;
  const KnownTerms& terms_;
  std::vector<Remark>& remarks_;
  std::map<std::string_view, Value> variables_;
};

}  // namespace

void add_rule_terms(const std::vector<Token>& tokens, KnownTerms& terms) {
  std::vector<Remark> none;
  KnownTerms more = Checker("", tokens, terms, none).rule_terms();
  terms.merge(more);
}

void check_paths(std::string_view path, const std::vector<Token>& tokens, const KnownTerms& terms,
                 std::vector<Remark>& remarks) {
  Checker(path, tokens, terms, remarks).run();
}

std::string unknown_member(const Value& schema, std::string_view path) {
  Value at = schema;
  for (std::string_view part : base::split(path, '.')) {
    Member found = member_of(at, part);
    if (found.excluded) return excluded_text(at, part);
    at = found.schema;
  }
  return "";
}

}  // namespace bulkhead::decide
