// SPDX-License-Identifier: Apache-2.0
// Compiles content with its tests. A test file that does not load must not take along what it
// tests, so the content is compiled first and test files are then refused one by one.
#include "decide/foreign/run_tests.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "decide/foreign/compile.h"
#include "policy/bundle.h"

namespace bulkhead::decide {
namespace {

// Names and lines of a module's tests, known also when it does not compile: a name at the beginning
// of a line.
std::map<std::string, uint32_t> tests_of(const Module& module) {
  std::map<std::string, uint32_t> out;
  for (const policy::rego::Token& token : policy::rego::lex(module.path, module.text).tokens) {
    bool head = token.kind == policy::rego::TokenKind::kName && token.column == 1;
    if (head && is_test_rule(token.text)) out.emplace(token.text, token.line);
  }
  return out;
}

class ForeignTests {
 public:
  ForeignTests(const Adaptor& adaptor, const Files& content, const policy::Limits& limits,
               const TestOptions& options)
      : functions_(adaptor.functions()), limits_(limits), options_(options) {
    modules_.in_force = read_modules(content, refused_);
    data_ = read_data(content, refused_);
    for (const auto& [path, text] : content) {
      if (policy::is_test(path)) tests_.push_back(read_module(path, text));
    }
  }

  base::Result<std::vector<TestResult>> run() {
    auto content = compile_rest(modules_, data_, limits_, refused_, functions_);
    std::optional<policy::Program> program;
    if (content || modules_.in_force.empty()) {
      refuse_calls();
      refuse_what_builds_on_refused();
      program = compile();
    } else {
      for (const Module& test : tests_) skip(test, "", content.error().message());
    }
    if (program) TRY(evaluate(*program));
    std::sort(results_.begin(), results_.end(), [](const TestResult& a, const TestResult& b) {
      return std::tie(a.path, a.line, a.name) < std::tie(b.path, b.line, b.name);
    });
    return std::move(results_);
  }

 private:
  void skip(const Module& module, std::string_view construct, std::string_view reason) {
    if (!skipped_.insert(module.path).second) return;
    std::string why = construct.empty() ? "" : std::string(construct) + ": ";
    auto tests = tests_of(module);
    if (tests.empty()) tests.emplace("", 1);
    for (const auto& [name, line] : tests) {
      TestResult result;
      result.name = name.empty() ? module.path : module.package_name() + "." + name;
      result.path = module.path;
      result.line = line;
      result.outcome = TestOutcome::kSkipped;
      result.message = "not run: " + why + std::string(reason);
      add(std::move(result));
    }
  }

  void add(TestResult result) {
    if (is_wanted(options_, result.name)) results_.push_back(std::move(result));
  }

  void sweep() {
    std::erase_if(tests_, [&](const Module& test) { return skipped_.contains(test.path); });
  }

  void refuse_calls() {
    for (const Module& test : tests_) {
      if (test.package.empty()) skip(test, "", "the file has no package");
      for (const MissingFunction& function : functions_.missing) {
        if (!lines_that_call(test, function.name).empty()) {
          skip(test, function.name, function.reason);
        }
      }
    }
    sweep();
  }

  // Against what is only half there a test says nothing.
  void refuse_what_builds_on_refused() {
    std::map<std::string, const Refusal*> gone;
    for (const Refusal& refusal : refused_) gone.emplace(refusal.path, &refusal);
    for (const Module& test : tests_) {
      auto beside = gone.find(test.path.substr(0, test.path.size() - kSuffix.size()) + ".rego");
      if (beside != gone.end()) {
        skip(test, "what it tests is not in force", to_string(*beside->second));
      }
    }
    sweep();
  }

  // Takes out test files until the rest compiles.
  std::optional<policy::Program> compile() {
    policy::Program::Options options;
    options.host = functions_.given;
    while (!tests_.empty()) {
      std::vector<policy::Source> sources;
      for (const std::vector<Module>* list : {&modules_.in_force, &tests_}) {
        for (const Module& module : *list) {
          sources.push_back({module.path, module.text, module.dialect});
        }
      }
      std::vector<policy::Problem> problems;
      auto program = policy::Program::compile(sources, data_, limits_, problems, options);
      if (program) return std::move(*program);
      size_t before = tests_.size();
      for (const policy::Problem& problem : problems) {
        auto test = std::find_if(tests_.begin(), tests_.end(),
                                 [&](const Module& m) { return m.path == problem.path; });
        if (test != tests_.end()) skip(*test, "does not compile", policy::to_string(problem));
      }
      sweep();
      if (tests_.size() != before) continue;
      // The trouble is between them and the content: none can be asked.
      for (const Module& test : tests_) skip(test, "", program.error().message());
      return std::nullopt;
    }
    return std::nullopt;
  }

  base::Status evaluate(const policy::Program& program) {
    auto evaluator = TRY(program.evaluator());
    auto input = TRY(policy::Document::parse("{}", limits_));
    std::set<std::string, std::less<>> files;
    for (const Module& test : tests_) files.insert(test.path);
    TestOptions options = options_;
    options.coverage = false;  // is of our own rules
    auto ran = run_program_tests(program, evaluator, input, options,
                                 [&](std::string_view path) { return files.contains(path); });
    std::ranges::move(ran, std::back_inserter(results_));
    return {};
  }

  static constexpr std::string_view kSuffix = "_test.rego";
  HostFunctions functions_;
  const policy::Limits& limits_;
  const TestOptions& options_;
  Modules modules_;
  std::vector<Module> tests_;
  std::vector<policy::DataSource> data_;
  std::vector<Refusal> refused_;
  std::set<std::string> skipped_;  // paths
  std::vector<TestResult> results_;
};

}  // namespace

base::Result<std::vector<TestResult>> run_foreign_tests(const Adaptor& adaptor,
                                                        const Files& content,
                                                        const policy::Limits& limits,
                                                        const TestOptions& options) {
  return ForeignTests(adaptor, content, limits, options).run();
}

}  // namespace bulkhead::decide
