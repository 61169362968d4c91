// SPDX-License-Identifier: Apache-2.0
// Draft 7 (https://json-schema.org/draft-07/json-schema-validation). A direct interpreter: schemas
// are walked, not compiled, since a document is checked once. As the draft says, "$ref" hides the
// keywords beside it.
#include "base/json_schema.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <unordered_map>

#include "base/json_format.h"
#include "base/pattern.h"
#include "base/text.h"

namespace bulkhead::base::json {
namespace {

constexpr int kMaxDepth = 400;

// Text that is equal for equal values: members sorted, numbers in one form.
void canonical(Value value, std::string& out, int depth) {
  if (depth > kMaxDepth) return;
  switch (value.kind()) {
    case Kind::kMissing:
    case Kind::kNull: out += "null"; break;
    case Kind::kBool: out += *value.boolean() ? "true" : "false"; break;
    case Kind::kNumber: out += Writer(0).value(*value.number()).take(); break;
    case Kind::kString: out += Writer(0).value(*value.string()).take(); break;
    case Kind::kArray:
      out += '[';
      value.each([&](Value item) {
        canonical(item, out, depth + 1);
        out += ',';
      });
      out += ']';
      break;
    case Kind::kObject: {
      std::map<std::string_view, Value> sorted;
      value.each_member([&](std::string_view key, Value v) { sorted.emplace(key, v); });
      out += '{';
      for (const auto& [key, v] : sorted) {
        out += Writer(0).value(key).take() + ":";
        canonical(v, out, depth + 1);
        out += ',';
      }
      out += '}';
    }
  }
}

std::string canonical(Value value) {
  std::string out;
  canonical(value, out, 0);
  return out;
}

bool is_type(Value value, std::string_view type) {
  switch (value.kind()) {
    case Kind::kMissing: return false;
    case Kind::kNull: return type == "null";
    case Kind::kBool: return type == "boolean";
    case Kind::kString: return type == "string";
    case Kind::kArray: return type == "array";
    case Kind::kObject: return type == "object";
    case Kind::kNumber: break;
  }
  return type == "number" || (type == "integer" && std::floor(*value.number()) == *value.number());
}

uint64_t code_points(std::string_view text) {
  uint64_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

// clang-format off
const std::set<std::string_view>& known_keywords() {
  static const std::set<std::string_view> kKnown = {
      "$comment", "$id", "$ref", "$schema", "additionalItems", "additionalProperties", "allOf",
      "anyOf", "const", "contains", "default", "definitions", "dependencies", "deprecated",
      "description", "else", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format",
      "if", "items", "maxItems", "maxLength", "maxProperties", "maximum", "meta:enum", "minItems",
      "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern",
      "patternProperties", "properties", "propertyNames", "readOnly", "required", "then", "title",
      "type", "uniqueItems"};
  return kKnown;
}
// clang-format on

}  // namespace

struct SchemaSet::State {
  std::map<std::string, Document, std::less<>> documents;
};

namespace {

// The place in the document that is being looked at, kept without building strings.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;
  size_t index = SIZE_MAX;

  std::string text() const {
    if (parent == nullptr) return "";
    return parent->text() + "/" + (index == SIZE_MAX ? std::string(key) : std::to_string(index));
  }
};

class Validator {
 public:
  Validator(const std::map<std::string, Document, std::less<>>& documents, size_t max_steps)
      : documents_(documents), steps_left_(max_steps) {}

  // A schema and the document that its local references mean.
  struct Schema {
    Value value;
    std::string_view file;
  };

  // What stopped for the limit may have been taken for a rule that does not fit.
  Status run(Schema schema, Value value) {
    Status status = check(schema, value, Place(), 0);
    return steps_left_ > 0 ? std::move(status) : too_much();
  }

  Status check(Schema schema, Value value, const Place& place, int depth) {
    if (steps_left_ == 0 || --steps_left_ == 0) return too_much();
    if (depth > kMaxDepth) return Error(Code::kLimit, "schema: nested too deeply");
    if (auto flag = schema.value.boolean()) {
      return *flag ? Status() : wrong(place, "nothing is allowed here");
    }
    Value reference = schema.value["$ref"];
    if (reference.is_string()) {
      return check(TRY(resolve(*reference.string(), schema.file)), value, place, depth + 1);
    }
    TRY(check_keywords(schema.value));
    TRY(check_plain(schema.value, value, place));
    if (value.is_string()) TRY(check_string(schema.value, *value.string(), place));
    if (value.kind() == Kind::kNumber) TRY(check_number(schema.value, *value.number(), place));
    if (value.is_array()) TRY(check_array(schema, value, place, depth));
    if (value.is_object()) TRY(check_object(schema, value, place, depth));
    return check_combined(schema, value, place, depth);
  }

  Result<Schema> resolve(std::string_view reference, std::string_view file) {
    auto parts = cut(reference, "#");
    std::string_view name = parts ? parts->first : reference;
    std::string_view pointer = parts ? parts->second : std::string_view();
    if (name.empty()) name = file;
    auto document = documents_.find(name);
    if (document == documents_.end()) {
      return Error(Code::kUnsupported, "schema refers to unknown " + std::string(reference));
    }
    Value at = document->second.root();
    while (!pointer.empty()) {
      pointer.remove_prefix(1);  // '/'
      size_t end = std::min(pointer.find('/'), pointer.size());
      at = at[pointer.substr(0, end)];
      pointer.remove_prefix(end);
    }
    if (at.missing()) {
      return Error(Code::kUnsupported, "schema refers to unknown " + std::string(reference));
    }
    return Schema{at, document->first};
  }

 private:
  static Error wrong(const Place& place, const std::string& what) {
    std::string where = place.text();
    return Error(Code::kInvalid, (where.empty() ? "/" : printable(where, 300)) + ": " + what);
  }

  static Status check_keywords(Value schema) {
    Status status;
    schema.each_member([&](std::string_view key, Value) {
      if (!known_keywords().contains(key)) {
        status = Error(Code::kUnsupported, "schema keyword \"" + std::string(key) + "\"");
      }
    });
    return status;
  }

  static Status check_plain(Value schema, Value value, const Place& place) {
    Value type = schema["type"];
    if (type.is_string() && !is_type(value, *type.string())) {
      return wrong(place, "is not of type " + std::string(*type.string()));
    }
    if (type.is_array()) {
      bool any = false;
      type.each([&](Value t) { any |= is_type(value, t.string_or("")); });
      if (!any) return wrong(place, "is of none of the types allowed");
    }
    Value constant = schema["const"];
    if (!constant.missing() && canonical(constant) != canonical(value)) {
      return wrong(place, "is not the one value allowed");
    }
    Value list = schema["enum"];
    if (list.is_array()) {
      std::string text = canonical(value);
      bool any = false;
      list.each([&](Value v) { any |= canonical(v) == text; });
      if (!any) return wrong(place, printable(text, 80) + " is none of the values allowed");
    }
    return {};
  }

  Status check_string(Value schema, std::string_view text, const Place& place) {
    auto least = schema["minLength"].integer();
    auto most = schema["maxLength"].integer();
    auto length = static_cast<int64_t>(code_points(text));
    if (least && length < *least) return wrong(place, "is too short");
    if (most && length > *most) return wrong(place, "is too long");
    if (Value pattern = schema["pattern"]; pattern.is_string()) {
      const Pattern* compiled = TRY(compile(*pattern.string()));
      if (!compiled->search(text)) {
        return wrong(place, "\"" + printable(text, 80) + "\" does not match " +
                                std::string(*pattern.string()));
      }
    }
    std::string_view format = schema["format"].string_or("");
    if (!format.empty() && !matches_format(format, text)) {
      return wrong(place,
                   "\"" + printable(text, 80) + "\" is not of format " + std::string(format));
    }
    return {};
  }

  static Status check_number(Value schema, double number, const Place& place) {
    auto minimum = schema["minimum"].number();
    auto maximum = schema["maximum"].number();
    auto above = schema["exclusiveMinimum"].number();
    auto below = schema["exclusiveMaximum"].number();
    auto step = schema["multipleOf"].number();
    bool fits = (!minimum || number >= *minimum) && (!maximum || number <= *maximum) &&
                (!above || number > *above) && (!below || number < *below);
    if (!fits) return wrong(place, "is out of range");
    if (step && *step > 0 && std::remainder(number, *step) != 0) {
      return wrong(place, "is not a multiple of " + std::to_string(*step));
    }
    return {};
  }

  Status check_array(Schema schema, Value value, const Place& place, int depth) {
    auto size = static_cast<int64_t>(value.size());
    auto least = schema.value["minItems"].integer();
    auto most = schema.value["maxItems"].integer();
    if (least && size < *least) return wrong(place, "has too few items");
    if (most && size > *most) return wrong(place, "has too many items");
    if (schema.value["uniqueItems"].boolean().value_or(false)) {
      std::set<std::string> seen;
      bool unique = true;
      value.each([&](Value item) { unique &= seen.insert(canonical(item)).second; });
      if (!unique) return wrong(place, "has an item twice");
    }
    std::vector<Value> tuple;
    Value items = schema.value["items"];
    Value rest = items;
    if (items.is_array()) {
      items.each([&](Value s) { tuple.push_back(s); });
      rest = schema.value["additionalItems"];
    }
    Status status;
    size_t index = 0;
    bool contains = schema.value["contains"].missing();
    value.each([&](Value item) {
      size_t at = index++;
      if (!status) return;
      Place inner{&place, {}, at};
      Value rule = at < tuple.size() ? tuple[at] : rest;
      if (!rule.missing()) status = check({rule, schema.file}, item, inner, depth + 1);
      contains = contains ||
                 check({schema.value["contains"], schema.file}, item, inner, depth + 1).has_value();
    });
    TRY(std::move(status));
    return contains ? Status() : wrong(place, "has no item of the kind required");
  }

  Status check_object(Schema schema, Value value, const Place& place, int depth) {
    auto size = static_cast<int64_t>(value.size());
    auto least = schema.value["minProperties"].integer();
    auto most = schema.value["maxProperties"].integer();
    if (least && size < *least) return wrong(place, "has too few members");
    if (most && size > *most) return wrong(place, "has too many members");
    Status status;
    schema.value["required"].each([&](Value name) {
      if (status && value[name.string_or("")].missing()) {
        status = wrong(place, "\"" + std::string(name.string_or("")) + "\" is missing");
      }
    });
    value.each_member([&](std::string_view key, Value member) {
      if (status) status = check_member(schema, key, member, Place{&place, key}, depth);
    });
    schema.value["dependencies"].each_member([&](std::string_view key, Value needed) {
      if (!status || value[key].missing()) return;
      if (!needed.is_array()) status = check({needed, schema.file}, value, place, depth + 1);
      needed.each([&](Value name) {
        if (value[name.string_or("")].missing()) status = wrong(place, "a member is missing");
      });
    });
    return status;
  }

  Status check_member(Schema schema, std::string_view key, Value member, const Place& place,
                      int depth) {
    bool named = false;
    if (Value rule = schema.value["properties"][key]; !rule.missing()) {
      named = true;
      TRY(check({rule, schema.file}, member, place, depth + 1));
    }
    Status status;
    schema.value["patternProperties"].each_member([&](std::string_view text, Value rule) {
      if (!status) return;
      auto pattern = compile(text);
      if (!pattern) {
        status = std::move(pattern).error();
      } else if ((*pattern)->search(key)) {
        named = true;
        status = check({rule, schema.file}, member, place, depth + 1);
      }
    });
    TRY(std::move(status));
    if (Value rest = schema.value["additionalProperties"]; !named && !rest.missing()) {
      TRY(check({rest, schema.file}, member, place, depth + 1));
    }
    if (Value names = schema.value["propertyNames"]; !names.missing()) {
      Document name = TRY(Document::parse(Writer(0).value(key).take()));
      TRY(check({names, schema.file}, name.root(), place, depth + 1));
    }
    return {};
  }

  Status check_combined(Schema schema, Value value, const Place& place, int depth) {
    auto passes = [&](Value rule) { return check({rule, schema.file}, value, place, depth + 1); };
    Status all;
    schema.value["allOf"].each([&](Value rule) {
      if (all) all = passes(rule);
    });
    TRY(std::move(all));
    TRY(count_of(schema.value["anyOf"], passes, place, SIZE_MAX));
    TRY(count_of(schema.value["oneOf"], passes, place, 1));
    if (Value rule = schema.value["not"]; !rule.missing() && passes(rule)) {
      return wrong(place, "fits what it must not be");
    }
    if (Value condition = schema.value["if"]; !condition.missing()) {
      Value rule = schema.value[passes(condition) ? "then" : "else"];
      if (!rule.missing()) TRY(passes(rule));
    }
    return {};
  }

  // At least one rule of the list fits, at most `most`.
  template <typename F>
  static Status count_of(Value rules, F&& passes, const Place& place, size_t most) {
    if (!rules.is_array()) return {};
    size_t fits = 0;
    Status last;
    rules.each([&](Value rule) {
      Status status = passes(rule);
      if (status) ++fits;
      if (!status) last = std::move(status);
    });
    if (fits == 0) return std::move(last).context("fits no alternative");
    return fits <= most ? Status() : wrong(place, "fits more than one alternative");
  }

  Result<const Pattern*> compile(std::string_view text) {
    auto known = patterns_.find(std::string(text));
    if (known == patterns_.end()) {
      known = patterns_.emplace(text, TRY(Pattern::compile(text))).first;
    }
    return &known->second;
  }

  static Error too_much() { return Error(Code::kLimit, "schema: takes too many steps"); }

  const std::map<std::string, Document, std::less<>>& documents_;
  size_t steps_left_;
  std::unordered_map<std::string, Pattern> patterns_;
};

}  // namespace

SchemaSet::SchemaSet() : state_(std::make_unique<State>()) {}
SchemaSet::SchemaSet(SchemaSet&&) noexcept = default;
SchemaSet& SchemaSet::operator=(SchemaSet&&) noexcept = default;
SchemaSet::~SchemaSet() = default;

Status SchemaSet::add(std::string_view name, std::string_view text) {
  Document document = TRY_AT(name, Document::parse(text));
  state_->documents.insert_or_assign(std::string(name), std::move(document));
  return {};
}

Status SchemaSet::validate(std::string_view name, Value document, size_t max_steps) const {
  Validator validator(state_->documents, max_steps);
  Validator::Schema schema = TRY(validator.resolve(name, ""));
  return validator.run(schema, document);
}

}  // namespace bulkhead::base::json
