// SPDX-License-Identifier: Apache-2.0
// A block belongs to the first package line, import or rule below it, and applies there by its
// scope; where each scope is looked up is OPA's AnnotationSet.
#include "policy/rego/annotations.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "policy/rego/annotation_block.h"

namespace bulkhead::policy::rego {
namespace {

// Comments from one "# METADATA" on that stand at the start of lines which follow each other.
struct Comments {
  uint32_t line = 0;
  std::string yaml;
};

bool starts_block(const Token& token) {
  return token.kind == TokenKind::kComment && token.column == 1 &&
         base::trim(token.text.substr(1)).starts_with("METADATA");
}

std::vector<Comments> blocks(std::span<const Token> all) {
  std::vector<Comments> out;
  uint32_t last = 0;  // the line of the open block's last comment
  for (const Token& token : all) {
    if (token.kind != TokenKind::kComment) continue;
    if (starts_block(token)) {
      out.push_back({token.line, {}});
      last = token.line;
    } else if (last > 0 && token.column == 1 && token.line == last + 1) {
      std::string_view text = token.text.substr(1);
      if (text.starts_with(' ')) text.remove_prefix(1);
      out.back().yaml += std::string(text) + '\n';
      last = token.line;
    } else {
      last = 0;
    }
  }
  return out;
}

std::vector<std::string> rule_path(const Module& module, const RuleTokens& rule) {
  std::vector<std::string> path = module.package;
  path.insert(path.end(), rule.path.names.begin(), rule.path.names.end());
  // p["x"] { ... } in v0 is an element of the set p.
  const bool bare = rule.path.end == rule.end || module.at(rule.path.end).is("{");
  if (bare && rule.path.names.size() == 2 && module.at(rule.head + 1).is("[")) path.pop_back();
  return path;
}

std::string path_json(const std::vector<std::string>& path) {
  base::json::Writer writer(0);
  writer.begin_array();
  for (const std::string& name : path) writer.value(name);
  writer.end_array();
  return std::string(base::trim(writer.take()));
}

}  // namespace

bool Annotations::wanted(std::string_view text) {
  return text.find("rego.metadata.") != std::string_view::npos;
}

void Annotations::add(std::string_view path, std::span<const Token> all, const Module& module,
                      std::vector<Problem>& problems) {
  for (const Comments& comments : blocks(all)) {
    const auto problem = [&](std::string message) {
      problems.push_back({std::string(path), comments.line, 1, std::move(message)});
    };
    auto block = read_annotation_block(comments.yaml);
    if (!block) {
      problem("invalid annotations: " + block.error().message());
      continue;
    }
    const auto below = [&](size_t token) { return module.at(token).line > comments.line; };
    const bool package = below(module.package_at);
    const bool import = !package && !module.imports.empty() && below(module.imports.back());
    const auto rule =
        std::ranges::partition_point(module.rules, std::not_fn(below), &RuleTokens::first);
    const bool on_rule = !package && !import && rule != module.rules.end();
    std::string& scope = block->scope;
    if (scope.empty()) scope = package ? "package" : block->entrypoint ? "document" : "rule";
    const bool of_rule = scope == "rule" || scope == "document";
    if (!of_rule && scope != "package" && scope != "subpackages") {
      problem("invalid annotation scope '" + base::printable(scope, 32) +
              "'; use 'rule', 'document', 'package' or 'subpackages'");
      continue;
    }
    if (of_rule ? !on_rule : !package) {
      problem("annotation scope '" + scope + "' must be applied to " +
              (of_rule ? "a rule" : "the package") + ", which must stand below it");
      continue;
    }
    if (block->entrypoint && scope != "document" && scope != "package") {
      problem("'entrypoint' goes with the scopes 'document' and 'package' only");
      continue;
    }
    const std::string rest = block->members.empty() ? "" : "," + block->members;
    Annotation found{scope, "{\"scope\":\"" + scope + "\"" + rest + "}", comments.line};
    if (scope == "rule") {
      rules_[{std::string(path), module.at(rule->first).line}].push_back(std::move(found));
      continue;
    }
    auto& where = scope == "package" ? packages_ : paths_;
    const Path target = of_rule ? rule_path(module, *rule) : module.package;
    if (!where.emplace(target, std::move(found)).second) {
      problem("annotation redeclared: this path has one of scope '" + scope + "' already");
    }
  }
}

// Finds calls of the builtins in one module.
class CallReader {
 public:
  CallReader(const Annotations& annotations, std::string_view path, const Module& module)
      : annotations_(annotations), path_(path), module_(module) {}

  // The value of the call whose name starts at a token; nullopt where none does.
  std::optional<std::string> value_at(size_t i) const {
    const auto word = [&](size_t k) { return module_.at(k).text; };
    const bool call = word(i) == "rego" && word(i + 1) == "." && word(i + 2) == "metadata" &&
                      word(i + 3) == "." && word(i + 5) == "(";
    if (!call || (i > 0 && module_.at(i - 1).is("."))) return std::nullopt;
    const auto rule = std::ranges::partition_point(module_.rules,
                                                   [&](const RuleTokens& r) { return r.end <= i; });
    if (rule == module_.rules.end() || i < rule->first) return std::nullopt;
    const bool first_body = rule->others.empty() || i < rule->others.front();
    if (word(i + 4) == "rule") {
      const auto* own = first_body ? of_rule(*rule) : nullptr;
      return own ? own->front().json : "{}";
    }
    if (word(i + 4) == "chain") return chain(*rule, first_body);
    return std::nullopt;
  }

 private:
  const std::vector<Annotation>* of_rule(const RuleTokens& rule) const {
    const auto found = annotations_.rules_.find({std::string(path_), module_.at(rule.first).line});
    return found == annotations_.rules_.end() ? nullptr : &found->second;
  }

  // Of the rule itself from the block nearest to it outwards, then of its document, its package and
  // the packages around.
  std::string chain(const RuleTokens& rule, bool first_body) const {
    const std::vector<std::string> path = rule_path(module_, rule);
    std::string out;
    const auto link = [&](const std::vector<std::string>& at, const Annotation* annotation) {
      out += out.empty() ? "[" : ",";
      out += "{\"path\":" + path_json(at);
      if (annotation) out += ",\"annotations\":" + annotation->json;
      out += "}";
    };
    const auto* own = first_body ? of_rule(rule) : nullptr;
    if (!own) link(path, nullptr);
    for (size_t k = own ? own->size() : 0; k-- > 0;) link(path, &(*own)[k]);
    const auto& paths = annotations_.paths_;
    if (const auto at = paths.find(path); at != paths.end()) link(path, &at->second);
    const auto& packages = annotations_.packages_;
    const auto package = packages.find(module_.package);
    if (package != packages.end()) link(module_.package, &package->second);
    for (std::vector<std::string> outer = module_.package; !outer.empty(); outer.pop_back()) {
      if (const auto at = paths.find(outer); at != paths.end()) link(outer, &at->second);
    }
    return out + "]";
  }

  const Annotations& annotations_;
  std::string_view path_;
  const Module& module_;
};

std::vector<Edit> Annotations::edits(std::string_view path, const Module& module, size_t max_bytes,
                                     std::vector<Problem>& problems) const {
  const CallReader reader(*this, path, module);
  std::vector<Edit> out;
  size_t bytes = 0;
  for (size_t i = 0; i < module.size(); ++i) {
    const auto value = reader.value_at(i);
    if (!value) continue;
    const size_t open = i + 5;
    const size_t close = module.partner(open);
    const auto problem = [&](std::string message) {
      problems.push_back(
          {std::string(path), module.at(i).line, module.at(i).column, std::move(message)});
    };
    bytes += value->size();
    if (bytes > max_bytes) {
      problem("annotations put in for rego.metadata.* are more than " + std::to_string(max_bytes) +
              " bytes; call it once, and use the value");
      return out;
    }
    // A list that is read at once: as it stands an object would be a pattern.
    const std::string text = "[" + *value + "][0]";
    const size_t start = module.at(i).offset;
    if (close == open + 1) {
      out.push_back({start, module.end_of(open) - start, text});
      out.push_back({module.at(close).offset, 1, ""});
      i = close;
    } else if (close != Outline::kNone) {
      problem("rego.metadata." + std::string(module.at(i + 4).text) +
              " takes no arguments; write x := rego.metadata." +
              std::string(module.at(i + 4).text) + "()");
    }
  }
  return out;
}

}  // namespace bulkhead::policy::rego
