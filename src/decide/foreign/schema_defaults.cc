// SPDX-License-Identifier: Apache-2.0
// Defaults of a structural schema (Kubernetes, "Defaulting" of custom resources): a member that is
// missing, or null where null is not allowed, gets its default, and defaults reach into what is
// there. They never make a parent appear.
#include "decide/foreign/constraint_template.h"

namespace bulkhead::decide {
namespace {

using base::json::Kind;
using base::json::Value;
using base::json::Writer;

void write(Writer& json, Value value, Value schema, unsigned depth);

bool takes_default(Value value, Value schema) {
  if (schema["default"].missing()) return false;
  bool null = value.kind() == Kind::kNull && schema["nullable"].boolean() != true;
  return value.missing() || null;
}

void write_object(Writer& json, Value value, Value schema, unsigned depth) {
  json.begin_object();
  Value properties = schema["properties"];
  value.each_member([&](std::string_view key, Value member) {
    Value own = properties[key].missing() ? schema["additionalProperties"] : properties[key];
    write(json.key(key), takes_default(member, own) ? own["default"] : member, own, depth + 1);
  });
  properties.each_member([&](std::string_view key, Value own) {
    if (!value[key].missing() || !takes_default(value[key], own)) return;
    write(json.key(key), own["default"], own, depth + 1);
  });
  json.end_object();
}

void write(Writer& json, Value value, Value schema, unsigned depth) {
  if (!schema.is_object() || depth > 60) {
    base::json::write_json(json, value);
  } else if (value.is_object()) {
    write_object(json, value, schema, depth);
  } else if (value.is_array()) {
    json.begin_array();
    value.each([&](Value item) { write(json, item, schema["items"], depth + 1); });
    json.end_array();
  } else {
    base::json::write_json(json, value);
  }
}

}  // namespace

std::string with_defaults(Value parameters, Value schema) {
  Writer json(0);
  Value value = takes_default(parameters, schema) ? schema["default"] : parameters;
  if (value.is_object()) {
    write(json, value, schema, 0);
  } else {
    json.begin_object().end_object();
  }
  return json.take();
}

}  // namespace bulkhead::decide
