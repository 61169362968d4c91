// SPDX-License-Identifier: Apache-2.0
// Members are written in one order, and only those that say something, as OPA does.
#include "policy/rego/annotation_block.h"

#include <vector>

#include "base/json.h"
#include "base/node.h"
#include "base/node_json.h"
#include "base/text.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {
namespace {

using base::Code;
using base::Error;
using base::Node;
using base::json::Writer;

constexpr auto kSchema = base::ScalarSchema::kCore;

Error wrong(std::string message) { return {Code::kInvalid, std::move(message)}; }

bool empty(const Node& node) {
  return node.missing() || node.kind == Node::Kind::kNull ||
         (node.is_sequence() && node.items.empty()) ||
         (node.is_mapping() && node.members.empty()) || (node.is_scalar() && node.text.empty());
}

base::Status check(const Node& block, std::string_view name, Node::Kind kind,
                   std::string_view wanted) {
  const Node& node = block[name];
  if (empty(node) || node.kind == kind) return {};
  return wrong("'" + std::string(name) + "' must be " + std::string(wanted));
}

base::Status write_text(Writer& writer, const Node& block, std::string_view name) {
  TRY(check(block, name, Node::Kind::kScalar, "a text"));
  if (!empty(block[name])) writer.member(name, block[name].text);
  return {};
}

void write_texts(Writer& writer, std::string_view first_name, std::string_view first,
                 std::string_view second_name, std::string_view second) {
  writer.begin_object();
  if (!first.empty()) writer.member(first_name, first);
  if (!second.empty()) writer.member(second_name, second);
  writer.end_object();
}

// "Jane Doe <jane@example.com>", or both apart.
base::Status write_author(Writer& writer, const Node& node) {
  if (node.is_mapping()) {
    const std::string_view name = base::trim(node["name"].string_or(""));
    const std::string_view email = base::trim(node["email"].string_or(""));
    if (name.empty() && email.empty()) return wrong("an author needs 'name' or 'email'");
    write_texts(writer, "name", name, "email", email);
    return {};
  }
  std::string name;
  std::string_view email;
  std::string_view rest = base::trim(node.string_or(""));
  if (rest.empty()) return wrong("an author must be a text or have 'name' and 'email'");
  while (!rest.empty()) {
    const size_t size = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    const std::string_view word = rest.substr(0, size);
    rest = base::trim(rest.substr(size));
    if (rest.empty() && word.size() >= 2 && word.front() == '<' && word.back() == '>') {
      email = word.substr(1, word.size() - 2);
    } else {
      name += (name.empty() ? "" : " ") + std::string(word);
    }
  }
  write_texts(writer, "name", name, "email", email);
  return {};
}

base::Status write_resource(Writer& writer, const Node& node) {
  const bool text = node.is_scalar();
  const std::string_view ref = text ? node.string_or("") : base::trim(node["ref"].string_or(""));
  if (ref.empty()) return wrong("a related resource must be a text or have 'ref'");
  const std::string_view description =
      text ? std::string_view() : base::trim(node["description"].string_or(""));
  write_texts(writer, "ref", ref, "description", description);
  return {};
}

// input.a["b"] as the list of its parts.
base::Status write_reference(Writer& writer, std::string_view text) {
  const Lexed lexed = lex("", text);
  const Outline outline(lexed.tokens);
  const GroundPath path = ground_path(outline, 0);
  if (outline.size() == 0 || path.end != outline.size() || !lexed.problems.empty()) {
    return wrong("'" + base::printable(text, 64) + "' in 'schemas' is no reference");
  }
  writer.begin_array();
  for (const std::string& name : path.names) writer.value(name);
  writer.end_array();
  return {};
}

// - input.a: schema.b, or - input.a: {type: object}
base::Status write_schema(Writer& writer, const Node& node) {
  if (!node.is_mapping() || node.members.size() != 1) {
    return wrong("an item of 'schemas' must be one pair of a path and a schema");
  }
  const auto& [path, schema] = node.members.front();
  writer.begin_object();
  writer.key("path");
  TRY(write_reference(writer, path));
  if (schema.is_scalar()) {
    if (!schema.text.starts_with("schema")) return wrong("invalid schema reference");
    writer.key("schema");
    TRY(write_reference(writer, schema.text));
  } else if (schema.is_mapping()) {
    writer.key("definition");
    base::write_json(writer, schema, kSchema);
  } else {
    return wrong("a schema must be a reference or a definition");
  }
  writer.end_object();
  return {};
}

base::Status write_name(Writer& writer, const Node& node) {
  if (!node.is_scalar()) return wrong("'organizations' must be a list of texts");
  writer.value(node.text);
  return {};
}

base::Status write_list(Writer& writer, const Node& block, std::string_view name,
                        base::Status (*write)(Writer&, const Node&)) {
  TRY(check(block, name, Node::Kind::kSequence, "a list"));
  if (empty(block[name])) return {};
  writer.key(name).begin_array();
  for (const Node& item : block[name].items) TRY(write(writer, item));
  writer.end_array();
  return {};
}

base::Status write_mapping(Writer& writer, const Node& block, std::string_view name) {
  TRY(check(block, name, Node::Kind::kMapping, "a mapping"));
  if (empty(block[name])) return {};
  writer.key(name);
  base::write_json(writer, block[name], kSchema);
  return {};
}

}  // namespace

base::Result<AnnotationBlock> read_annotation_block(std::string_view yaml) {
  if (base::trim(yaml).empty()) return wrong("expected METADATA block, found whitespace");
  const Node block = TRY(base::parse_yaml(yaml, base::Limits()));
  if (!block.is_mapping()) return wrong("the METADATA block must be a mapping");
  TRY(check(block, "scope", Node::Kind::kScalar, "a text"));
  AnnotationBlock out;
  out.scope = block["scope"].string_or("");
  const std::string_view entrypoint = block["entrypoint"].string_or("false");
  if (entrypoint != "true" && entrypoint != "false") {
    return wrong("'entrypoint' must be true or false");
  }
  out.entrypoint = entrypoint == "true";
  Writer writer(0);
  writer.begin_object();
  TRY(write_text(writer, block, "title"));
  if (out.entrypoint) writer.member("entrypoint", true);
  TRY(write_text(writer, block, "description"));
  TRY(write_list(writer, block, "organizations", write_name));
  TRY(write_list(writer, block, "related_resources", write_resource));
  TRY(write_list(writer, block, "authors", write_author));
  TRY(write_list(writer, block, "schemas", write_schema));
  TRY(write_mapping(writer, block, "custom"));
  TRY(write_mapping(writer, block, "labels"));
  writer.end_object();
  const std::string text = writer.take();
  const size_t first = text.find('{') + 1;
  out.members = text.substr(first, text.rfind('}') - first);
  return out;
}

}  // namespace bulkhead::policy::rego
