// SPDX-License-Identifier: Apache-2.0
// Any text as the content of another program (a module or a template, as it looks), loaded by each
// adaptor that takes it for its own and asked about one tree, with tight limits. What is refused is
// named, whatever it is.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/json.h"
#include "decide/foreign.h"

namespace {

constexpr std::string_view kInput = R"({"stage":"build","files":[
{"path":"a.yaml","kind":"kubernetes","line":1,"document":{"apiVersion":"v1","kind":"Pod",
 "metadata":{"name":"a","namespace":"n","labels":{"app":"web"}},"spec":{}}},
{"path":"b.json","kind":"json","line":1,"document":[{"a":[1,"x",null]},true]},
{"path":"Dockerfile","kind":"dockerfile","line":1,"document":{"args":[],"stages":[]}}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  std::string text(reinterpret_cast<const char*>(data), size);
  std::string path = text.starts_with("apiVersion") ? "t.yaml" : "a.rego";
  const decide::Files files = {{path, std::move(text)}};
  decide::ForeignOptions options;
  options.limits.deadline = std::chrono::milliseconds(20);
  options.limits.memory_bytes = 32u << 20;
  auto input = base::json::Document::parse(kInput);
  CHECK(input);
  for (const decide::Adaptor* adaptor : decide::all_adaptors()) {
    if (!adaptor->recognises(files)) continue;
    std::vector<decide::Refusal> refused;
    auto policy = adaptor->load(files, options, refused);
    for (const decide::Refusal& refusal : refused) {
      CHECK(refusal.path == path || refusal.broken);  // of a module that is made here
      CHECK(!refusal.reason.empty());
    }
    if (!policy) continue;
    auto evaluator = (*policy)->program().evaluator();
    CHECK(evaluator.has_value());
    decide::JudgeContext context;
    (void)(*policy)->judge(input->root(), context, *evaluator);
  }
  return 0;
}
