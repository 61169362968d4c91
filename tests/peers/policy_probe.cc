// SPDX-License-Identifier: Apache-2.0
// policy_probe: evaluates policies given as lines of JSON, one case a line, and answers with one
// line each. tests/peers/opa/main.go does the same with OPA, so that the answers can be compared.
//
// A case: {"id", "modules": [{"path", "text", "v0"}], "data": "JSON text", "input": "JSON text",
// "query", "strict", "seed"}. An answer: {"id", "value": JSON} or {"id", "error": text}; neither
// member when the value is undefined.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "policy/engine.h"

namespace bulkhead::policy {
namespace {

struct Case {
  std::vector<Source> modules;
  std::vector<DataSource> data;
  std::string input;
  Request request;
  Program::Options options;
};

Case read_case(base::json::Value value) {
  Case out;
  value["modules"].each([&](base::json::Value module) {
    out.modules.push_back({std::string(module["path"].string_or("module.rego")),
                           std::string(module["text"].string_or("")),
                           module["v0"].boolean().value_or(false) ? Dialect::kV0 : Dialect::kV1});
  });
  if (const auto data = value["data"].string())
    out.data.push_back({"data.json", {}, std::string(*data)});
  out.input = std::string(value["input"].string_or(""));
  out.request.entry = std::string(value["query"].string_or(""));
  out.request.now_ns = 1'750'000'000'123'456'789;
  out.options.strict_errors = value["strict"].boolean().value_or(false);
  return out;
}

base::Result<Answer> run(const Case& c) {
  Limits limits;
  limits.deadline = std::chrono::milliseconds(10'000);
  std::vector<Problem> problems;
  const Program program = TRY(Program::compile(c.modules, c.data, limits, problems, c.options));
  Evaluator evaluator = TRY(program.evaluator());
  if (c.input.empty()) return evaluator.evaluate(c.request, Document());
  return evaluator.evaluate(c.request, TRY(Document::parse(c.input, limits)));
}

std::string answer(const std::string& line) {
  base::json::Writer writer(0);
  writer.begin_object();
  base::json::Document::Options options;
  options.limits.max_string_bytes = UINT32_MAX;
  const auto document = base::json::Document::parse(line, options);
  if (!document) {
    writer.member("error", "not a case: " + document.error().message());
  } else {
    writer.member("id", document->root()["id"].string_or(""));
    const auto result = run(read_case(document->root()));
    if (!result) {
      writer.member("error", result.error().message());
    } else if (result->defined) {
      writer.key("value").raw(result->json);
    }
  }
  writer.end_object();
  return writer.take();
}

}  // namespace
}  // namespace bulkhead::policy

int main() {
  char* line = nullptr;
  size_t size = 0;
  ssize_t length = 0;
  while ((length = getline(&line, &size, stdin)) > 0) {
    const std::string out =
        bulkhead::policy::answer(std::string(line, static_cast<size_t>(length))) + "\n";
    if (fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 1;
  }
  free(line);
  return 0;
}
