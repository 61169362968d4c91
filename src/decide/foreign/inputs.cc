// SPDX-License-Identifier: Apache-2.0
// Finds files and objects in a policy document.
#include "decide/foreign/inputs.h"

#include "base/text.h"

namespace bulkhead::decide {

using base::json::Value;

std::string InputFile::place() const {
  return line > 1 ? std::string(path) + ":" + std::to_string(line) : std::string(path);
}

std::vector<InputFile> input_files(Value input) {
  std::vector<InputFile> files;
  input["files"].each([&](Value entry) {
    InputFile file;
    file.path = entry["path"].string_or("");
    file.kind = entry["kind"].string_or("");
    file.line = static_cast<uint32_t>(entry["line"].integer().value_or(1));
    file.document = entry["document"];
    if (!file.document.missing()) files.push_back(file);
  });
  return files;
}

std::string InputObject::name() const {
  Value metadata = object["metadata"];
  std::string out(object["kind"].string_or("object"));
  out += ' ';
  std::string_view space = metadata["namespace"].string_or("");
  if (!space.empty()) out.append(space) += '/';
  std::string_view own = metadata["name"].string_or("");
  out += own.empty() ? metadata["generateName"].string_or("(no name)") : own;
  return out;
}

std::vector<InputObject> input_objects(Value input) {
  std::vector<InputObject> objects;
  if (input["object"].is_object()) {
    objects.push_back({input["object"], input["request"], ""});
  } else if (input["request"]["object"].is_object()) {
    objects.push_back({input["request"]["object"], input["request"], ""});
  } else if (input["request"]["oldObject"].is_object()) {
    objects.push_back({input["request"]["oldObject"], input["request"], ""});
  }
  for (const InputFile& file : input_files(input)) {
    if (file.kind != "kubernetes" || !file.document.is_object()) continue;
    objects.push_back(
        {file.document, Value(), std::string(file.path) + ":" + std::to_string(file.line)});
  }
  return objects;
}

std::pair<std::string_view, std::string_view> group_and_version(std::string_view api_version) {
  auto parts = base::cut(api_version, "/");
  if (!parts) return {"", api_version};
  return *parts;
}

std::string json_text(Value value) {
  base::json::Writer json(0);
  base::json::write_json(json, value);
  return json.take();
}

}  // namespace bulkhead::decide
