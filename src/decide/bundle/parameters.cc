// SPDX-License-Identifier: Apache-2.0
// Merges parameters. The default of a parameter shows its type: rules compare and walk values, and
// in Rego a comparison of another type, or a walk of what is no list, is no error but no result.
#include "decide/bundle/parameters.h"

#include "base/json.h"
#include "base/nearest_name.h"
#include "base/text.h"
#include "decide/bundle/json_types.h"
#include "decide/bundle/yaml_members.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;

// The one type of all that a container holds, "" when it is empty or mixed.
std::string_view inner_type(const Value& container) {
  std::string_view type;
  bool one = true;
  auto look = [&](const Value& value) {
    one = one && (type.empty() || type == json_type(value));
    type = json_type(value);
  };
  container.each(look);
  container.each_member([&](std::string_view, Value value) { look(value); });
  return one && type != "null" ? type : "";
}

class Parameters {
 public:
  Parameters(const Pack& pack, const PackEntry& entry, const Value& defaults, Mistakes& mistakes)
      : pack_(pack), entry_(entry), defaults_(defaults), mistakes_(mistakes) {
    defaults.each_member([&](std::string_view name, Value) { known_.emplace_back(name); });
  }

  void check(std::string_view name, const Value& value) {
    Value fallback = defaults_[name];
    if (fallback.missing()) return add(name, unknown(name));
    auto shape = pack_.shapes.find(name);
    bool shaped = shape != pack_.shapes.end();
    std::vector<std::string> types;
    if (shaped) types = shape->second.types;
    if (types.empty()) types.emplace_back(json_type(fallback));
    if (types.front() == "null") return;
    if (std::find(types.begin(), types.end(), json_type(value)) == types.end()) {
      return add(name, quoted(name) + " must be " + words_of(types) + ", not " +
                           std::string(json_type_words(json_type(value))));
    }
    std::string_view inner = json_type(value) == json_type(fallback) ? inner_type(fallback) : "";
    value.each([&](Value element) { check_inner(name, "an element of ", element, inner); });
    value.each_member([&](std::string_view key, Value member) {
      if (shaped) check_key(name, key, shape->second.keys);
      check_inner(name, "\"" + base::printable(key, 60) + "\" of ", member, inner);
    });
  }

 private:
  std::string unknown(std::string_view name) const {
    if (!known_.empty()) return "has no parameter " + base::unknown_name(name, known_);
    return "has no parameter \"" + base::printable(name, 60) +
           "\", nor any other; name it with a default under \"parameters\" in " + pack_.path;
  }

  static std::string quoted(std::string_view name) {
    return "the parameter " + base::printable(name, 60);
  }

  static std::string words_of(const std::vector<std::string>& types) {
    std::vector<std::string> words;
    for (const std::string& type : types) words.emplace_back(json_type_words(type));
    return base::join(words, " or ");
  }

  void check_key(std::string_view name, std::string_view key,
                 const std::vector<std::string>& keys) {
    if (keys.empty() || std::find(keys.begin(), keys.end(), key) != keys.end()) return;
    add(name, quoted(name) + " has no member " + base::unknown_name(key, keys));
  }

  void check_inner(std::string_view name, const std::string& which, const Value& value,
                   std::string_view type) {
    if (type.empty() || json_type(value) == type) return;
    add(name, which + quoted(name) + " must be " + std::string(json_type_words(type)) + ", not " +
                  std::string(json_type_words(json_type(value))));
  }

  void add(std::string_view name, std::string_view what) {
    auto at = entry_.parameter_lines.find(name);
    uint32_t line = at == entry_.parameter_lines.end() ? entry_.line : at->second;
    mistakes_.emplace_back(base::Code::kInvalid,
                           "policy.yaml:" + std::to_string(line) + ": the pack " + pack_.id +
                               (what.starts_with("has ") ? " " : ": ") + std::string(what));
  }

  const Pack& pack_;
  const PackEntry& entry_;
  Value defaults_;
  Mistakes& mistakes_;
  std::vector<std::string> known_;
};

}  // namespace

base::Result<std::string> merged_parameters(const Pack& pack, const PackEntry& entry,
                                            Mistakes& mistakes) {
  auto below = TRY_AT(pack.path, base::json::Document::parse(pack.parameters));
  auto above = TRY_AT("policy.yaml", base::json::Document::parse(entry.parameters));
  Parameters parameters(pack, entry, below.root(), mistakes);
  base::json::Writer writer(0);
  writer.begin_object();
  below.root().each_member([&](std::string_view key, Value value) {
    if (above.root()[key].missing()) write_json(writer.key(key), value);
  });
  above.root().each_member([&](std::string_view key, Value value) {
    parameters.check(key, value);
    write_json(writer.key(key), value);
  });
  writer.end_object();
  return writer.take();
}

base::Result<std::string> merged_parameters(const Pack& pack, const PackEntry& entry) {
  Mistakes mistakes;
  return whole_or_first(merged_parameters(pack, entry, mistakes), mistakes);
}

}  // namespace bulkhead::decide
