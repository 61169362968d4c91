// SPDX-License-Identifier: Apache-2.0
// Times the policy engine: one Pod against the templates that bench/gatekeeper_templates.py prints
// (on stdin). Prints one line of JSON: nanoseconds of compiling, of making an evaluator, and of
// every round over all templates and over every third one (what a match on kinds and namespaces
// leaves).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "policy/engine.h"

namespace bulkhead::policy {
namespace {

using Clock = std::chrono::steady_clock;

int64_t since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

std::string read_input() {
  std::string text;
  char block[65536];
  for (size_t got = 0; (got = fread(block, 1, sizeof block, stdin)) > 0;) text.append(block, got);
  return text;
}

// JSON text of a value of the input.
std::string text_of(base::json::Value value) {
  std::string out;
  switch (value.kind()) {
    case base::json::Kind::kObject:
      value.each_member([&](std::string_view key, base::json::Value member) {
        base::json::Writer name(0);
        name.value(key);
        out += (out.empty() ? "" : ",") + name.take() + ":" + text_of(member);
      });
      return "{" + out + "}";
    case base::json::Kind::kArray:
      value.each([&](base::json::Value item) { out += (out.empty() ? "" : ",") + text_of(item); });
      return "[" + out + "]";
    default: break;
  }
  base::json::Writer writer(0);
  if (const auto text = value.string()) return writer.value(*text).take();
  if (const auto flag = value.boolean()) return writer.value(*flag).take();
  if (const auto number = value.integer()) return writer.value(*number).take();
  return value.number() ? writer.value(*value.number()).take() : "null";
}

struct Template {
  std::string entry;
  Document input;
};

base::Result<std::vector<int64_t>> rounds(Evaluator& evaluator,
                                          const std::vector<Template>& templates, size_t step,
                                          size_t count, size_t& violations) {
  std::vector<int64_t> out;
  Request request;
  for (size_t round = 0; round < count; ++round) {
    violations = 0;
    const auto start = Clock::now();
    for (size_t i = 0; i < templates.size(); i += step) {
      request.entry = templates[i].entry;
      const Answer answer = TRY(evaluator.evaluate(request, templates[i].input));
      violations += static_cast<size_t>(std::ranges::count(answer.json, '{')) > 0 ? 1 : 0;
    }
    out.push_back(since(start));
  }
  return out;
}

void write_times(base::json::Writer& writer, const char* name, const std::vector<int64_t>& times) {
  writer.key(name).begin_array();
  for (const int64_t time : times) writer.value(time);
  writer.end_array();
}

base::Status run(size_t count) {
  const std::string text = read_input();
  base::json::Document::Options options;
  options.limits.max_string_bytes = UINT32_MAX;
  const auto input = TRY(base::json::Document::parse(text, options));
  const Limits limits;
  std::vector<Source> modules;
  input.root()["templates"].each([&](base::json::Value t) {
    modules.push_back({std::string(t["name"].string_or("")), std::string(t["text"].string_or(""))});
  });
  auto start = Clock::now();
  std::vector<Problem> problems;
  const Program program = TRY(Program::compile(modules, {}, limits, problems));
  const int64_t compiling = since(start);
  start = Clock::now();
  Evaluator evaluator = TRY(program.evaluator());
  const int64_t making = since(start);

  const Document review = TRY(Document::parse(text_of(input.root()["review"]), limits));
  std::vector<Template> templates;
  base::Status status;
  input.root()["templates"].each([&](base::json::Value t) {
    auto parameters = Document::parse(text_of(t["parameters"]), limits);
    if (!parameters) {
      status = std::move(parameters).error();
      return;
    }
    const std::pair<std::string_view, Document> members[] = {{"review", review},
                                                             {"parameters", *parameters}};
    templates.push_back({"data.templates." + std::string(t["name"].string_or("")) + ".violation",
                         *Document::object(members)});
  });
  TRY(std::move(status));

  size_t violations = 0;
  TRY(rounds(evaluator, templates, 1, 20, violations));  // warm
  const auto all = TRY(rounds(evaluator, templates, 1, count, violations));
  const size_t found = violations;
  const auto matched = TRY(rounds(evaluator, templates, 3, count, violations));
  base::json::Writer writer(0);
  writer.begin_object().member("compile_ns", compiling).member("evaluator_ns", making);
  writer.member("violating", static_cast<uint64_t>(found));
  write_times(writer, "all_ns", all);
  write_times(writer, "matched_ns", matched);
  writer.end_object();
  std::puts(writer.take().c_str());
  return {};
}

}  // namespace
}  // namespace bulkhead::policy

int main(int argc, char** argv) {
  const auto status = bulkhead::policy::run(argc > 1 ? strtoul(argv[1], nullptr, 10) : 500);
  if (!status) fprintf(stderr, "policy_bench: %s\n", status.error().message().c_str());
  return status ? 0 : 1;
}
