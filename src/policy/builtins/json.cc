// SPDX-License-Identifier: Apache-2.0
// json.is_valid, yaml.is_valid, and JSON Schema: json.match_schema, json.verify_schema.
#include "base/json.h"

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

base::Result<base::json::SchemaSet> compile(const Term& term) {
  base::json::SchemaSet schemas;
  TRY(schemas.add(kSchema, TRY(json_text(term))));
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
  const base::Status fits = schemas.validate(kSchema, document.root());
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
