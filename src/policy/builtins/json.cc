// SPDX-License-Identifier: Apache-2.0
// json.is_valid, yaml.is_valid, and JSON Schema: json.match_schema, json.verify_schema.
#include "base/json.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/json_schema.h"
#include "base/node.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::json {
namespace {

using base::json::Document;

Document::Options wide(std::string_view text) {
  Document::Options options;
  options.limits.max_bytes = text.size();
  options.limits.max_depth = 256;
  options.limits.max_string_bytes = UINT32_MAX;
  options.allow_duplicate_keys = true;
  return options;
}

BuiltinResult json_is_valid(Arguments arguments, CallContext&) {
  const std::string* text = arguments[0].string();
  return Term(text != nullptr && Document::parse(*text, wide(*text)).has_value());
}

BuiltinResult yaml_is_valid(Arguments arguments, CallContext&) {
  const std::string* text = arguments[0].string();
  if (!text) return Term(false);
  base::Limits limits;
  limits.max_bytes = text->size();
  return Term(base::parse_yaml(*text, limits).has_value());
}

// A document or schema: the text of one, or an object or array.
base::Result<std::string> json_text(const Term& term) {
  if (term.string()) {
    if (!Document::parse(*term.string(), wide(*term.string())))
      return failed("invalid JSON string");
    return *term.string();
  }
  if (!term.object() && !term.array()) return failed("wrong type, expected string or object");
  return term_to_json(term);
}

constexpr std::string_view kSchema = "schema";

// A schema that refers to itself thrice is applied 3^depth times. Each byte of a document can be a
// value that some schemas are applied to.
constexpr size_t kSchemaSteps = 500'000, kSchemaStepsPerByte = 4;

base::Status check_type_word(base::json::Value word, std::set<std::string_view>& seen) {
  static constexpr std::string_view kWords[] = {"array", "boolean", "integer", "number",
                                                "null",  "object",  "string"};
  const auto text = word.string();
  if (!text) return failed("Invalid type. Expected: type, given: string/Array Of Strings");
  if (std::ranges::find(kWords, *text) == std::end(kWords)) {
    return failed("has a primitive type that is NOT VALID -- given: /" + std::string(*text) +
                  "/ Expected valid values are:[array boolean integer number null object string]");
  }
  if (!seen.insert(*text).second) return failed(std::string(*text) + " type is duplicated");
  return {};
}

base::Status check_schema(base::json::Value schema);

// A schema, a list of them, or an object whose members are.
base::Status check_schemas(base::json::Value schemas, bool members) {
  base::Status status;
  auto check = [&](base::json::Value schema) {
    if (status) status = check_schema(schema);
  };
  if (schemas.is_array()) {
    schemas.each(check);
  } else if (members) {
    schemas.each_member([&](std::string_view, base::json::Value member) { check(member); });
  } else {
    check(schemas);
  }
  return status;
}

// That words after "type" are types. As deep as the document, which is bounded.
base::Status check_schema(base::json::Value schema) {
  if (!schema.is_object()) return {};
  const auto type = schema["type"];
  std::set<std::string_view> seen;
  base::Status status;
  if (type.is_array()) {
    type.each([&](base::json::Value word) {
      if (status) status = check_type_word(word, seen);
    });
  } else if (!type.missing()) {
    status = check_type_word(type, seen);
  }
  TRY(std::move(status));
  const auto properties = schema["properties"];
  if (!properties.missing() && !properties.is_object()) {
    return failed("Properties must be of type object");
  }
  for (const char* key : {"properties", "patternProperties", "definitions", "dependencies"}) {
    if (schema[key].is_object()) TRY(check_schemas(schema[key], true));
  }
  for (const char* key : {"items", "additionalItems", "additionalProperties", "contains", "not",
                          "if", "then", "else", "propertyNames", "allOf", "anyOf", "oneOf"}) {
    TRY(check_schemas(schema[key], false));
  }
  return {};
}

base::Result<base::json::SchemaSet> compile(const Term& term) {
  const std::string text = TRY(json_text(term));
  const Document document = TRY(Document::parse(text, wide(text)));
  TRY(check_schema(document.root()));
  base::json::SchemaSet schemas;
  TRY(schemas.add(kSchema, text));
  return schemas;
}

BuiltinResult verify_schema(Arguments arguments, CallContext&) {
  const auto schemas = compile(arguments[0]);
  if (schemas) return Term(Term::Array{{true, Term::Null{}}});
  return Term(Term::Array{{false, "jsonschema: " + schemas.error().message()}});
}

// OPA lists everything that does not fit; this names the first such thing.
BuiltinResult match_schema(Arguments arguments, CallContext&) {
  const std::string text = TRY(json_text(arguments[0]));
  const base::json::SchemaSet schemas = TRY(compile(arguments[1]));
  const Document document = TRY(Document::parse(text, wide(text)));
  const base::Status fits =
      schemas.validate(kSchema, document.root(), kSchemaSteps + kSchemaStepsPerByte * text.size());
  if (fits) return Term(Term::Array{{true, Term::Array{}}});
  if (fits.error().code() != base::Code::kInvalid) return fits.error();
  Term::Object reason;
  reason.members.emplace_back("desc", fits.error().message());
  reason.members.emplace_back("error", fits.error().message());
  reason.members.emplace_back("field", "(root)");
  reason.members.emplace_back("type", "schema");
  return Term(Term::Array{{false, Term::Array{{std::move(reason)}}}});
}

constexpr Builtin kBuiltins[] = {
    {"json.is_valid", 1, json_is_valid},
    {"yaml.is_valid", 1, yaml_is_valid},
    {"json.verify_schema", 1, verify_schema},
    {"json.match_schema", 2, match_schema},
};

}  // namespace

extern constinit const Family descriptor = {"json", "validity of JSON and YAML, JSON Schema",
                                            kBuiltins};

}  // namespace bulkhead::policy::builtins::json
