// SPDX-License-Identifier: Apache-2.0
// Compiling any text as a module (v0 when it starts with a blank) and evaluating all of its
// package, with tight limits: no text may end the process, and none may leave the engine unusable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "policy/engine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead::policy;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.deadline = std::chrono::milliseconds(20);
  limits.memory_bytes = 32u << 20;
  const Dialect dialect = text.starts_with(' ') ? Dialect::kV0 : Dialect::kV1;
  const Source modules[] = {{"fuzz.rego", text, dialect}, {"fine.rego", "package fine\nx := 7\n"}};
  const DataSource sources[] = {{"data.json", {}, R"({"lists": {"ports": [22]}})"}};
  std::vector<Problem> problems;
  const auto program = Program::compile(modules, sources, limits, problems);
  if (!program) return 0;
  auto evaluator = program->evaluator();
  CHECK(evaluator.has_value());
  const auto input = Document::parse(R"({"a": {"b": [1, "c", null]}, "n": 2})", limits);
  Request request;
  request.now_ns = 1'700'000'000'000'000'000;
  request.coverage = size % 2 == 0;
  request.entry = "data.a";
  (void)evaluator->evaluate(request, *input);
  request.entry = "data.fine.x";
  const auto fine = evaluator->evaluate(request, *input);
  CHECK(!fine || fine->json == "7");
  return 0;
}
