// SPDX-License-Identifier: Apache-2.0
// Checks lists by the example of those that ship. A list's own members, and those of the mappings
// in a list of mappings or beside each other in a mapping, have names that rules read; the keys of
// every other mapping are content.
#include "decide/bundle/lists.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/nearest_name.h"
#include "base/node_json.h"
#include "base/text.h"
#include "decide/bundle/json_types.h"
#include "decide/bundle/yaml_members.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;
using Values = std::vector<Value>;

// Of this list every member is read, whatever its name.
constexpr std::string_view kOpenList = "package_managers";

// Members whose texts rules take for regular expressions: of the list, and where.
constexpr std::pair<std::string_view, std::string_view> kPatternMembers[] = {
    {"secret_names", "is"}, {"secret_names", "not"}, {"unsafe_options", "programs"}};

// A value of the list: where it stands, and how it is called.
struct ListPlace {
  const base::Node* node;  // missing when the text is no YAML
  uint32_t line;
  std::string name;

  ListPlace member(std::string_view key) const {
    const base::Node& inner = (*node)[key];
    return {&inner, inner.line != 0 ? inner.line : line,
            "\"" + base::printable(key, 60) + "\" of " + name};
  }
  ListPlace element(size_t index) const {
    static const base::Node kNone;
    const base::Node& inner = index < node->items.size() ? node->items[index] : kNone;
    return {&inner, inner.line != 0 ? inner.line : line, "an element of " + name};
  }
};

Values members_named(const Values& samples, std::string_view key) {
  Values out;
  for (const Value& sample : samples) {
    if (Value member = sample[key]; !member.missing()) out.push_back(member);
  }
  return out;
}

class ListShape {
 public:
  ListShape(std::string_view path, bool open, Mistakes& mistakes)
      : path_(path), open_(open), mistakes_(mistakes) {}

  // One whose members have names of their own; the samples are others like it.
  void record(const Value& own, const Values& samples, const ListPlace& at) {
    if (!same_type(own, samples, at)) return;
    std::vector<std::string> names = names_of(samples);
    own.each_member([&](std::string_view key, Value member) {
      Values alike = members_named(samples, key);
      if (!alike.empty()) return content(member, alike, at.member(key));
      if (open_) return content(member, all_of(samples), at.member(key));
      wrong(at.member(key), at.name + " has no member " + base::unknown_name(key, names));
    });
    for (const std::string& name : names) {
      Values alike = members_named(samples, name);
      bool needed = alike.size() == samples.size() &&
                    std::ranges::any_of(alike, [](const Value& v) { return !is_empty(v); });
      if (!needed || !own[name].missing()) continue;
      wrong(at, "\"" + name + "\" is missing in " + at.name + ", which rules read; give it as " +
                    std::string(json_type_words(json_type(alike.front()))));
    }
  }

 private:
  static bool is_empty(const Value& value) {
    return (value.is_array() || value.is_object()) && value.size() == 0;
  }

  static std::vector<std::string> names_of(const Values& samples) {
    std::set<std::string> names;
    for (const Value& sample : samples) {
      sample.each_member([&](std::string_view name, Value) { names.emplace(name); });
    }
    return {names.begin(), names.end()};
  }

  // What the samples hold, elements and members alike.
  static Values all_of(const Values& samples) {
    Values out;
    for (const Value& sample : samples) {
      sample.each([&](Value element) { out.push_back(element); });
      sample.each_member([&](std::string_view, Value member) { out.push_back(member); });
    }
    return out;
  }

  // A value whose keys, if it has some, are content.
  void content(const Value& own, const Values& samples, const ListPlace& at) {
    if (!same_type(own, samples, at)) return;
    Values inner = all_of(samples);
    size_t index = 0;
    own.each([&](Value element) { part(element, inner, at.element(index++)); });
    own.each_member([&](std::string_view key, Value v) { part(v, inner, at.member(key)); });
  }

  void part(const Value& own, const Values& samples, const ListPlace& at) {
    if (own.is_object()) return record(own, samples, at);
    content(own, samples, at);
  }

  // What no sample shows may be anything.
  bool same_type(const Value& own, const Values& samples, const ListPlace& at) {
    std::set<std::string_view> types;
    for (const Value& sample : samples) types.insert(json_type(sample));
    if (types.empty()) return false;
    std::string_view type = json_type(own);
    if (types.contains(type)) return true;
    std::vector<std::string> words;
    for (std::string_view known : types) words.emplace_back(json_type_words(known));
    wrong(at, at.name + " must be " + base::join(words, " or ") + ", not " +
                  std::string(json_type_words(type)));
    return false;
  }

  void wrong(const ListPlace& at, const std::string& what) {
    std::string line = at.line == 0 ? "" : ":" + std::to_string(at.line);
    mistakes_.emplace_back(base::Code::kInvalid, path_ + line + ": " + what);
  }

  std::string path_;
  bool open_;
  Mistakes& mistakes_;
};

// Asks the engine, whose rules will.
class PatternCheck {
 public:
  explicit PatternCheck(const policy::Limits& limits) : limits_(limits) {}

  bool valid(const Value& text) {
    const std::vector<policy::Source> modules = {
        {"patterns.rego", "package patterns\n\nvalid := regex.is_valid(input)\n"}};
    std::vector<policy::Problem> problems;
    if (!program_) program_ = policy::Program::compile(modules, {}, limits_, problems);
    if (!*program_) return true;
    auto evaluator = (*program_)->evaluator();
    base::json::Writer json(0);
    auto input = policy::Document::parse(json.value(text.string_or("")).take(), limits_);
    if (!evaluator || !input) return true;
    policy::Request request;
    request.entry = "data.patterns.valid";
    auto answer = evaluator->evaluate(request, *input);
    return answer && answer->defined && answer->json == "true";
  }

 private:
  const policy::Limits& limits_;
  std::optional<base::Result<policy::Program>> program_;
};

void check_patterns(const policy::DataSource& list, const Value& own, const ListPlace& root,
                    PatternCheck& check, Mistakes& mistakes) {
  auto look = [&](const Value& text, const ListPlace& at) {
    if (!text.is_string() || check.valid(text)) return;
    mistakes.emplace_back(base::Code::kInvalid, list.path + ":" + std::to_string(at.line) + ": " +
                                                    at.name + " is no regular expression: " +
                                                    base::printable(text.string_or(""), 100));
  };
  for (const auto& [name, member] : kPatternMembers) {
    if (list.at.back() != name) continue;
    ListPlace at = root.member(member);
    look(own[member], at);
    own[member].each_member([&](std::string_view key, Value text) { look(text, at.member(key)); });
  }
}

// Only its lines are taken from it; of JSON, tabs are the one thing that YAML does not have.
base::Node list_lines(const std::string& path, std::string text) {
  std::ranges::replace(text, '\t', ' ');
  auto node = read_yaml(path, text);
  return node ? std::move(*node) : base::Node();
}

}  // namespace

std::string_view list_name(std::string_view path) {
  auto parts = base::cut(path, "/");
  if (!parts || parts->first != "lists") return {};
  auto stem = base::cut_last(parts->second, ".");
  bool data = is_yaml(path) || path.ends_with(".json");
  if (!data || !stem || stem->first.find('/') != std::string_view::npos) return {};
  return stem->first;
}

void check_lists(const Files& files, std::span<const policy::DataSource> data,
                 const policy::Limits& limits, Mistakes& mistakes) {
  PatternCheck patterns(limits);
  for (const policy::DataSource& list : data) {
    if (list.at.size() != 2 || list.at.front() != "lists") continue;
    auto shipped = shipped_policies().find("lists/" + list.at.back() + ".yaml");
    auto text = files.find(list.path);
    if (shipped == shipped_policies().end() || text == files.end()) continue;
    auto node = read_yaml(shipped->first, shipped->second);
    if (!node) continue;  // a test sees to it that it can be read
    auto like = base::json::Document::parse(base::node_to_json(*node, base::ScalarSchema::kCore));
    auto own = base::json::Document::parse(list.json);
    if (!like || !own) continue;  // compiling says what is wrong with JSON
    base::Node lines = list_lines(text->first, text->second);
    ListPlace root{&lines, lines.line, "the list " + list.at.back()};
    ListShape(list.path, list.at.back() == kOpenList, mistakes)
        .record(own->root(), {like->root()}, root);
    check_patterns(list, own->root(), root, patterns, mistakes);
  }
}

}  // namespace bulkhead::decide
