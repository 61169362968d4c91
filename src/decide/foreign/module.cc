// SPDX-License-Identifier: Apache-2.0
// Reads what a loader must know of a module from its tokens.
//
// Files of the wild do not say which Rego they are written in. OPA asks for a flag for all of them;
// here each module is looked at: what tells the dialects apart is whether a rule's body may follow
// its head without `if`.
#include "decide/foreign/module.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

using policy::rego::Lexed;
using policy::rego::Token;
using policy::rego::TokenKind;

using Tokens = std::vector<Token>;

bool is_string(const Token& token) {
  return token.kind == TokenKind::kString || token.kind == TokenKind::kRawString;
}

// The path that follows at `at`: .name and ["name"], as far as it goes. `at` moves behind it.
std::vector<std::string> path_after(const Tokens& tokens, size_t& at) {
  std::vector<std::string> path;
  while (at + 1 < tokens.size()) {
    if (tokens[at].is(".") && tokens[at + 1].kind == TokenKind::kName) {
      path.emplace_back(tokens[at + 1].text);
      at += 2;
    } else if (tokens[at].is("[") && is_string(tokens[at + 1]) && at + 2 < tokens.size() &&
               tokens[at + 2].is("]")) {
      path.push_back(string_value(tokens[at + 1]));
      at += 3;
    } else {
      break;
    }
  }
  return path;
}

// Tokens without comments.
Tokens code_of(const Lexed& lexed) {
  Tokens code;
  for (const Token& token : lexed.tokens) {
    if (token.kind != TokenKind::kComment) code.push_back(token);
  }
  return code;
}

void read_package(const Tokens& code, Module& module) {
  for (size_t at = 0; at + 1 < code.size(); ++at) {
    if (!code[at].is("package")) continue;
    module.package_line = code[at].line;
    module.package.emplace_back(code[at + 1].text);
    at += 2;
    for (std::string& part : path_after(code, at)) module.package.push_back(std::move(part));
    return;
  }
}

void read_references(const Tokens& code, Module& module) {
  for (size_t at = 0; at < code.size(); ++at) {
    bool member = at > 0 && code[at - 1].is(".");
    if (!code[at].is("data") || member) continue;
    DataReference reference;
    reference.line = code[at].line;
    reference.imported = at > 0 && code[at - 1].is("import");
    size_t after = at + 1;
    reference.path = path_after(code, after);
    if (!reference.path.empty()) module.references.push_back(std::move(reference));
  }
}

// Keywords that a set or an object may follow.
bool takes_a_term(const Token& name) {
  return name.is("contains") || name.is("in") || name.is("some") || name.is("every") ||
         name.is("not");
}

// Where rule heads and bodies meet: a `{` outside all brackets.
policy::Dialect dialect_of(const Tokens& code) {
  int depth = 0;
  bool saw_if = false;
  for (size_t at = 0; at < code.size(); ++at) {
    const Token& token = code[at];
    if (token.is("import") && at + 3 < code.size()) {
      bool v1 = code[at + 1].is("rego") && code[at + 2].is(".") && code[at + 3].is("v1");
      if (v1) return policy::Dialect::kV1;
    }
    bool opens = token.is("{") || token.is("[") || token.is("(");
    bool closes = token.is("}") || token.is("]") || token.is(")");
    if (depth == 0 && token.is("if")) saw_if = true;
    if (depth == 0 && token.is("{") && at > 0 && !saw_if) {
      const Token& before = code[at - 1];
      bool head_ends = before.is("]") || before.is(")") || before.kind == TokenKind::kNumber ||
                       is_string(before) ||
                       (before.kind == TokenKind::kName && !takes_a_term(before));
      if (head_ends) return policy::Dialect::kV0;
    }
    if (opens) ++depth;
    if (closes) {
      --depth;
      if (depth == 0 && token.is("}")) saw_if = false;
    }
  }
  return policy::Dialect::kV1;
}

void read_annotation(const std::string& yaml, uint32_t line, const Token* next,
                     const Token* after_next, Module& module) {
  base::Limits limits;
  limits.max_bytes = 1 << 16;
  auto node = base::parse_yaml(yaml, limits);
  if (!node || !node->is_mapping()) {
    module.problems.push_back({line, node ? "not a mapping" : node.error().message()});
    return;
  }
  Annotation annotation;
  annotation.line = line;
  bool package = next != nullptr && next->is("package");
  if (next != nullptr && !package) {
    bool is_default = next->is("default") && after_next != nullptr;
    annotation.rule = is_default ? after_next->text : next->text;
  }
  annotation.scope = (*node)["scope"].string_or(package ? "package" : "rule");
  annotation.content = std::move(*node);
  module.annotations.push_back(std::move(annotation));
}

// A block is the comment "METADATA" and the comment lines directly below it.
void read_annotations(const Tokens& tokens, Module& module) {
  for (size_t at = 0; at < tokens.size(); ++at) {
    if (tokens[at].kind != TokenKind::kComment) continue;
    if (base::trim(tokens[at].text.substr(1)) != "METADATA") continue;
    uint32_t line = tokens[at].line;
    uint32_t expected = line + 1;
    std::string yaml;
    size_t end = at + 1;
    for (; end < tokens.size() && tokens[end].kind == TokenKind::kComment &&
           tokens[end].line == expected;
         ++end, ++expected) {
      std::string_view text = tokens[end].text.substr(1);
      if (text.starts_with(' ')) text.remove_prefix(1);
      yaml.append(text) += '\n';
    }
    size_t next = end;
    while (next < tokens.size() && tokens[next].kind == TokenKind::kComment) ++next;
    read_annotation(yaml, line, next < tokens.size() ? &tokens[next] : nullptr,
                    next + 1 < tokens.size() ? &tokens[next + 1] : nullptr, module);
    at = end - 1;
  }
}

// Every name that is no member of another, and whether a rule begins with it. Until `visit` says
// that it has seen enough.
template <typename Visit>
void each_name(const Module& module, Visit visit) {
  Lexed lexed = policy::rego::lex(module.path, module.text);
  Tokens code = code_of(lexed);
  int depth = 0;
  for (size_t at = 0; at < code.size(); ++at) {
    const Token& token = code[at];
    if (token.is("{") || token.is("[") || token.is("(")) ++depth;
    if (token.is("}") || token.is("]") || token.is(")")) --depth;
    bool member = at > 0 && code[at - 1].is(".");
    if (token.kind != TokenKind::kName || member) continue;
    bool of_default = at > 0 && code[at - 1].is("default");
    bool head = of_default || (depth == 0 && token.column == 1 && !token.is("default"));
    if (!visit(token, head)) return;
  }
}

}  // namespace

std::string Module::package_name() const { return base::join(package, "."); }

const Annotation* Module::package_annotation() const {
  auto found = std::find_if(annotations.begin(), annotations.end(),
                            [](const Annotation& a) { return a.scope == "package"; });
  return found == annotations.end() ? nullptr : &*found;
}

Module read_module(std::string_view path, std::string text) {
  Module module;
  module.path = path;
  module.text = std::move(text);
  Lexed lexed = policy::rego::lex(path, module.text);
  Tokens code = code_of(lexed);
  read_package(code, module);
  read_references(code, module);
  module.dialect = dialect_of(code);
  read_annotations(lexed.tokens, module);
  return module;
}

std::vector<uint32_t> lines_that_call(const Module& module, std::string_view name) {
  std::vector<uint32_t> lines;
  Lexed lexed = policy::rego::lex(module.path, module.text);
  Tokens code = code_of(lexed);
  for (size_t at = 0; at < code.size(); ++at) {
    if (code[at].kind != TokenKind::kName || (at > 0 && code[at - 1].is("."))) continue;
    size_t after = at + 1;
    std::string called(code[at].text);
    for (const std::string& part : path_after(code, after)) called += "." + part;
    if (called == name && after < code.size() && code[after].is("("))
      lines.push_back(code[at].line);
  }
  return lines;
}

std::set<std::string> rule_names(const Module& module) {
  std::set<std::string> names;
  each_name(module, [&](const Token& token, bool head) {
    if (head && !token.is("package") && !token.is("import")) names.emplace(token.text);
    return true;
  });
  return names;
}

std::set<std::string> names_like_rules(const Module& module) {
  std::set<std::string> names;
  Lexed lexed = policy::rego::lex(module.path, module.text);
  int depth = 0;
  uint32_t last_line = 0;
  for (const Token& token : code_of(lexed)) {
    if (token.kind == TokenKind::kName && depth == 0 && token.line != last_line) {
      names.emplace(token.text);
    }
    if (token.is("{") || token.is("[") || token.is("(")) ++depth;
    if (token.is("}") || token.is("]") || token.is(")")) --depth;
    last_line = token.line;
  }
  return names;
}

uint32_t line_that_uses(const Module& module, const std::set<std::string>& names) {
  uint32_t line = 0;
  each_name(module, [&](const Token& token, bool head) {
    if (!head && names.contains(std::string(token.text))) line = token.line;
    return line == 0;
  });
  return line;
}

bool starts_with(const std::vector<std::string>& path, const std::vector<std::string>& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace bulkhead::decide
