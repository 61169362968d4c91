// SPDX-License-Identifier: Apache-2.0
// Conftest parses a file by its name and asks the rules about what comes out; a list is asked about
// element by element, which is how a YAML file of several documents works there.
#include "decide/foreign/conftest_inputs.h"

#include "decide/foreign/dockerfile_shapes.h"
#include "posture/dockerfile_document.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;
using base::json::Writer;

// GitHub's `on:` is the key "true" for the YAML reader of Conftest.
std::string workflow_json(Value document) {
  if (document["on"].missing() || !document["true"].missing()) return json_text(document);
  Writer json(0);
  json.begin_object();
  document.each_member([&](std::string_view key, Value value) {
    base::json::write_json(json.key(key == "on" ? "true" : key), value);
  });
  json.end_object();
  return json.take();
}

}  // namespace

std::vector<ConftestInput> conftest_inputs(Value input, std::vector<std::string>& failed) {
  std::vector<ConftestInput> out;
  for (const InputFile& file : input_files(input)) {
    ConftestInput made{std::string(file.path), file.place(), {}};
    if (file.kind == "dockerfile") {
      auto dockerfile = posture::dockerfile_of_document(file.document, base::Limits());
      if (!dockerfile) {
        failed.push_back(made.place);
        continue;
      }
      made.json = conftest_dockerfile(*dockerfile);
      out.push_back(std::move(made));
    } else if (file.document.is_array()) {
      file.document.each([&](Value element) {
        made.json = json_text(element);
        out.push_back(made);
      });
    } else {
      made.json =
          file.kind == "github-workflow" ? workflow_json(file.document) : json_text(file.document);
      out.push_back(std::move(made));
    }
  }
  // The object under review, as if it came from a file.
  for (const InputObject& object : input_objects(input)) {
    if (object.place.empty()) out.push_back({object.name(), "", json_text(object.object)});
  }
  return out;
}

std::string combined(const std::vector<ConftestInput>& inputs) {
  Writer json(0);
  json.begin_array();
  for (const ConftestInput& input : inputs) {
    json.begin_object().member("path", input.path);
    json.key("contents").raw(input.json);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

}  // namespace bulkhead::decide
