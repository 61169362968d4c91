// SPDX-License-Identifier: Apache-2.0
// Members and empty values are those of AdmissionRequest (admission.k8s.io/v1) as Go writes it,
// because templates test them: `input.review.operation != "DELETE"` must hold for a file.
#include "decide/foreign/review.h"

namespace bulkhead::decide {

using base::json::Kind;
using base::json::Value;
using base::json::Writer;

namespace {

void write_kind(Writer& json, Value object) {
  auto [group, version] = group_and_version(object["apiVersion"].string_or(""));
  json.begin_object();
  json.member("group", group).member("version", version);
  json.member("kind", object["kind"].string_or(""));
  json.end_object();
}

void write_or(Writer& json, std::string_view key, Value value, std::string_view otherwise) {
  json.key(key);
  if (value.missing()) {
    json.raw(otherwise);
  } else {
    base::json::write_json(json, value);
  }
}

bool is_made_here(std::string_view member) {
  for (std::string_view name : {"uid", "kind", "resource", "name", "namespace", "operation",
                                "userInfo", "object", "oldObject", "options", "namespaceObject"}) {
    if (member == name) return true;
  }
  return false;
}

void write_text(Writer& json, std::string_view key, Value first, Value second) {
  json.member(key, first.is_string() ? first.string_or("") : second.string_or(""));
}

}  // namespace

void write_review(Writer& json, const InputObject& object, Value name_space) {
  Value request = object.request;
  Value metadata = object.object["metadata"];
  json.begin_object();
  write_or(json, "uid", request["uid"], "\"\"");
  json.key("kind");
  if (request["kind"].is_object()) {
    base::json::write_json(json, request["kind"]);
  } else {
    write_kind(json, object.object);
  }
  write_or(json, "resource", request["resource"], R"({"group":"","version":"","resource":""})");
  write_text(json, "name", request["name"], metadata["name"]);
  write_text(json, "namespace", request["namespace"], metadata["namespace"]);
  write_or(json, "operation", request["operation"], "\"\"");
  write_or(json, "userInfo", request["userInfo"], "{}");
  json.key("object");
  base::json::write_json(json, object.object);
  write_or(json, "oldObject", request["oldObject"], "null");
  write_or(json, "options", request["options"], "null");
  write_or(json, "namespaceObject", name_space, "null");
  request.each_member([&](std::string_view key, Value value) {
    if (!is_made_here(key)) base::json::write_json(json.key(key), value);
  });
  json.end_object();
}

Namespaces namespaces_of(const std::vector<InputObject>& objects) {
  Namespaces out;
  for (const InputObject& object : objects) {
    if (object.object["kind"].string_or("") != "Namespace") continue;
    out.emplace(object.object["metadata"]["name"].string_or(""), object.object);
  }
  return out;
}

Value namespace_of_object(const InputObject& object, const Namespaces& namespaces) {
  Value given = object.request["namespaceObject"];
  if (given.is_object()) return given;
  std::string_view name = object.request["namespace"].string_or("");
  if (name.empty()) name = object.object["metadata"]["namespace"].string_or("");
  auto at = namespaces.find(name);
  return name.empty() || at == namespaces.end() ? Value() : at->second;
}

std::string inventory_json(const std::vector<InputObject>& objects) {
  using Names = std::map<std::string, Value, std::less<>>;
  using Kinds = std::map<std::string, Names, std::less<>>;
  using Versions = std::map<std::string, Kinds, std::less<>>;
  Versions cluster;
  std::map<std::string, Versions, std::less<>> namespaces;
  for (const InputObject& object : objects) {
    Value metadata = object.object["metadata"];
    std::string_view name = metadata["name"].string_or("");
    std::string_view space = metadata["namespace"].string_or("");
    if (object.place.empty() || name.empty()) continue;
    Versions& versions = space.empty() ? cluster : namespaces[std::string(space)];
    Kinds& kinds = versions[std::string(object.object["apiVersion"].string_or(""))];
    kinds[std::string(object.object["kind"].string_or(""))].emplace(name, object.object);
  }
  Writer json(0);
  auto write = [&](const Versions& versions) {
    json.begin_object();
    for (const auto& [version, kinds] : versions) {
      json.key(version).begin_object();
      for (const auto& [kind, names] : kinds) {
        json.key(kind).begin_object();
        for (const auto& [name, value] : names) base::json::write_json(json.key(name), value);
        json.end_object();
      }
      json.end_object();
    }
    json.end_object();
  };
  json.begin_object().key("cluster");
  write(cluster);
  json.key("namespace").begin_object();
  for (const auto& [space, versions] : namespaces) {
    json.key(space);
    write(versions);
  }
  json.end_object().end_object();
  return json.take();
}

}  // namespace bulkhead::decide
