// SPDX-License-Identifier: Apache-2.0
// The engine over the Rego interpreter (crate regorus, behind ffi/policy_ffi.h).
//
// This side bounds sizes before anything is handed over, knows how much stack is left, answers the
// builtins that the crate lacks, and turns what comes back into our own types. Limits during the
// work are kept by the crate's side: see ffi/src/guard.rs.
#include "policy/engine.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "policy/ffi/policy_ffi.h"
#include "policy/host.h"
#include "policy/rego/prepare.h"
#include "policy/rego/replaced_builtins.h"
#include "policy/term.h"
#include "policy/watchdog.h"

namespace bulkhead::policy {

struct Places {
  struct Text {
    std::string path;  // of the module it comes from
    rego::PlaceMap map;
  };
  std::map<std::string, Text, std::less<>> of;  // by the path that the interpreter knows

  // The path of the module that a text comes from.
  std::string path(std::string_view known) const {
    const auto text = of.find(known);
    return text == of.end() ? std::string(known) : text->second.path;
  }
  uint32_t column(std::string_view known, uint32_t line, uint32_t column) const {
    const auto text = of.find(known);
    return text == of.end() ? column : text->second.map.original_column(line, column);
  }
};

namespace {

using base::Code;
using base::Error;
using std::chrono::milliseconds;

// Stack for what runs between two checks; of small stacks, a quarter.
constexpr size_t kStackReserve = 512 * 1024;

// A buffer filled by the crate, given back at the end.
class Filled {
 public:
  Filled() = default;
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;
  ~Filled() { ffi::bh_buffer_free(&buffer_); }
  ffi::Buffer* out() { return &buffer_; }
  base::ByteView bytes() const {
    return {reinterpret_cast<const std::byte*>(buffer_.data), buffer_.size};
  }

 private:
  ffi::Buffer buffer_{};
};

// The lowest address of this thread's stack that may be used.
size_t stack_low() {
  thread_local const size_t low = [] {
    pthread_attr_t attributes;
    void* address = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return size_t{0};
    const int failed = pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    if (failed != 0) return size_t{0};
    return reinterpret_cast<size_t>(address) + std::min(kStackReserve, size / 4);
  }();
  return low;
}

ffi::CallLimits call_limits(const Limits& limits, milliseconds time) {
  const std::chrono::nanoseconds deadline(time);
  return {static_cast<uint64_t>(deadline.count()), limits.memory_bytes, stack_low(), limits.depth};
}

milliseconds compile_time(const Limits& limits) { return limits.deadline * 10; }

// Rules that look at every package of a large image need time for each.
milliseconds evaluation_time(const Limits& limits, size_t document_bytes) {
  return limits.deadline + limits.deadline_per_mib * static_cast<int64_t>(document_bytes >> 20);
}

uint32_t number_at(const std::vector<Term>& items, size_t index) {
  const int64_t* number = index < items.size() ? items[index].integer() : nullptr;
  return number && *number >= 0 && *number <= UINT32_MAX ? static_cast<uint32_t>(*number) : 0;
}

std::string text_at(const std::vector<Term>& items, size_t index) {
  const std::string* text = index < items.size() ? items[index].string() : nullptr;
  return text ? *text : std::string();
}

// What a list of the crate holds at an index; an empty list when it is something else.
const std::vector<Term>& list_at(const std::vector<Term>& items, size_t index) {
  static const std::vector<Term> kNone;
  const auto* list = index < items.size() ? items[index].array() : nullptr;
  return list ? *list : kNone;
}

base::Result<std::vector<Term>> decode_list(const Filled& filled) {
  const Term term = TRY(decode(filled.bytes()));
  const auto* items = term.array();
  if (!items) return Error(Code::kInternal, "the policy engine answered with no list");
  return *items;
}

// Such a name may be a builtin of another program or of a newer OPA; one below `data` cannot.
bool is_missing_builtin(std::string_view function) {
  return !function.empty() && !function.starts_with("data.");
}

// `places` maps columns of rewritten modules back.
std::vector<Problem> decode_problems(const Filled& errors, const Places& places) {
  std::vector<Problem> problems;
  const auto list = decode_list(errors);
  if (!list) return problems;
  for (const Term& term : *list) {
    if (const auto* p = term.array()) {
      problems.push_back({text_at(*p, 0), number_at(*p, 1), number_at(*p, 2), text_at(*p, 3)});
      Problem& problem = problems.back();
      problem.function = text_at(*p, 4);
      problem.unsupported = is_missing_builtin(problem.function);
      if (problem.line > 0) {
        problem.column = places.column(problem.path, problem.line, problem.column);
      }
      problem.path = places.path(problem.path);
    }
  }
  return problems;
}

Code code_of(int32_t status) {
  switch (status) {
    case ffi::kMemory:
    case ffi::kStack: return Code::kLimit;
    case ffi::kDeadline: return Code::kTimeout;
    case ffi::kInternal: return Code::kInternal;
    case ffi::kRefused: return Code::kDenied;
    case ffi::kTooMuch: return Code::kLimit;
    default: return Code::kInvalid;
  }
}

bool is_limit(int32_t status) {
  return status == ffi::kMemory || status == ffi::kDeadline || status == ffi::kStack;
}

// What a limit says to whoever wrote the policy.
std::string limit_message(int32_t status, const Limits& limits, milliseconds time) {
  switch (status) {
    case ffi::kMemory:
      return "needs more than " + std::to_string(limits.memory_bytes >> 20) +
             " MiB of memory: it builds a value that grows with its input; bound what it collects";
    case ffi::kDeadline:
      return "takes longer than " + std::to_string(time.count()) +
             " ms: look for nested loops over large collections";
    default: return "uses up the stack: rules or values are nested too deeply; flatten them";
  }
}

// One error from what the crate reported; the first problem gives the place.
Error error_of(int32_t status, std::vector<Problem> problems, const Limits& limits,
               milliseconds time) {
  if (problems.empty()) problems.push_back({"policy", 0, 0, "the policy engine gave no reason"});
  Problem& first = problems.front();
  if (is_limit(status)) {
    first.message = limit_message(status, limits, time);
  }
  return {code_of(status), to_string(first)};
}

base::Status check_sizes(std::span<const Source> modules, const Limits& limits) {
  if (modules.size() > limits.modules) {
    return Error(Code::kLimit, std::to_string(modules.size()) + " policy files (at most " +
                                   std::to_string(limits.modules) + "); split the bundle");
  }
  for (const Source& module : modules) {
    if (module.text.size() > limits.module_bytes) {
      return Error(Code::kLimit, module.path + ": " + std::to_string(module.text.size()) +
                                     " bytes (at most " + std::to_string(limits.module_bytes) +
                                     "); split the file or move tables to data.json");
    }
  }
  return {};
}

// The modules as the interpreter can read them. All problems are added; the first is the error.
// Forms that are only unsupported stop nothing yet: they must not hide what is broken elsewhere.
base::Result<std::vector<rego::Prepared>> prepare(std::span<const Source> modules,
                                                  std::span<const Builtin> host,
                                                  const Limits& limits,
                                                  std::vector<Problem>& problems,
                                                  std::vector<Problem>& unsupported) {
  const auto arity_of = [&](std::string_view name) -> std::optional<size_t> {
    if (const Builtin* builtin = find_builtin(name, host)) return builtin->arity;
    const int32_t arity = ffi::bh_added_arity(slice(name));
    return arity < 0 ? std::nullopt : std::optional<size_t>(arity);
  };
  const auto interpreters = [](std::string_view name) {
    const int32_t arity = ffi::bh_builtin_arity(slice(name));
    return arity < 0 ? std::nullopt : std::optional(static_cast<size_t>(arity));
  };
  std::vector<rego::ModuleText> texts;
  for (const Source& module : modules) {
    texts.push_back({module.path, module.text, module.dialect == Dialect::kV1});
  }
  std::vector<rego::Prepared> out =
      rego::prepare(texts, arity_of, limits.depth, limits.module_bytes, interpreters);
  std::vector<Problem> found;
  for (rego::Prepared& text : out) {
    std::ranges::move(text.rewritten.problems, std::back_inserter(found));
  }
  if (std::ranges::all_of(found, &Problem::unsupported)) {
    unsupported = std::move(found);
    return out;
  }
  const Error error(Code::kInvalid, to_string(found.front()));
  std::ranges::move(found, std::back_inserter(problems));
  return error;
}

base::Status check_size(std::string_view name, std::string_view json, const Limits& limits) {
  if (json.size() <= limits.document_bytes) return {};
  return Error(Code::kLimit, std::string(name) + ": " + std::to_string(json.size()) +
                                 " bytes (at most " + std::to_string(limits.document_bytes) + ")");
}

RuleKind kind_of(uint32_t letter) {
  switch (letter) {
    case 's': return RuleKind::kSet;
    case 'o': return RuleKind::kObject;
    case 'f': return RuleKind::kFunction;
    case 'd': return RuleKind::kDefault;
    default: return RuleKind::kComplete;
  }
}

std::shared_ptr<void> shared_value(ffi::RegoValue* value) {
  return {value, [](void* p) { ffi::bh_value_free(static_cast<ffi::RegoValue*>(p)); }};
}

}  // namespace

std::string to_string(const Problem& problem) {
  std::string out = problem.path;
  if (problem.line > 0) {
    out += ':' + std::to_string(problem.line) + ':' + std::to_string(problem.column);
  }
  return out + ": " + problem.message;
}

base::Result<Document> Document::parse(std::string_view json, const Limits& limits) {
  TRY(check_size("document", json, limits));
  const milliseconds time = compile_time(limits);
  const ffi::CallLimits bounds = call_limits(limits, time);
  ffi::RegoValue* value = nullptr;
  Filled errors;
  const int32_t status = ffi::bh_value_parse(slice(json), &bounds, &value, errors.out());
  if (status != ffi::kOk) return error_of(status, decode_problems(errors, Places()), limits, time);
  return Document(shared_value(value), json.size());
}

base::Result<Document> Document::object(
    std::span<const std::pair<std::string_view, Document>> members) {
  std::vector<ffi::Slice> names;
  std::vector<const ffi::RegoValue*> values;
  size_t bytes = 0;
  for (const auto& [name, document] : members) {
    bytes += document.bytes_;
    names.push_back(slice(name));
    values.push_back(static_cast<const ffi::RegoValue*>(document.value_.get()));
  }
  ffi::RegoValue* value = ffi::bh_value_object(names.data(), values.data(), names.size());
  if (!value) return Error(Code::kInternal, "the policy engine could not make a document");
  return Document(shared_value(value), bytes);
}

base::Result<Program> Program::compile(std::span<const Source> modules,
                                       std::span<const DataSource> data, const Limits& limits,
                                       std::vector<Problem>& problems, const Options& options) {
  TRY(check_sizes(modules, limits));
  std::vector<Problem> found;
  const std::vector<rego::Prepared> prepared =
      TRY(prepare(modules, options.host, limits, problems, found));
  auto places = std::make_shared<Places>();
  std::vector<ffi::ModuleText> texts;
  for (size_t i = 0; i < prepared.size(); ++i) {
    static const Source kOurs;
    const bool ours = prepared[i].module == rego::Prepared::kOurs;
    const Source& module = ours ? kOurs : modules[prepared[i].module];
    const bool first = !ours && (i == 0 || prepared[i - 1].module != prepared[i].module);
    // Each text has a path of its own; the others of a module one that no file has.
    const std::string known = first ? module.path : module.path + '\0' + std::to_string(i);
    const auto& text =
        *places->of.emplace(known, Places::Text{module.path, prepared[i].rewritten.places}).first;
    texts.push_back(
        {slice(text.first), slice(prepared[i].rewritten.text), module.dialect == Dialect::kV0});
  }
  std::vector<std::vector<ffi::Slice>> at(data.size());
  std::vector<ffi::DataText> documents;
  for (size_t i = 0; i < data.size(); ++i) {
    TRY(check_size(data[i].path, data[i].json, limits));
    for (const std::string& name : data[i].at) at[i].push_back(slice(name));
    documents.push_back({slice(data[i].path), slice(data[i].json), at[i].data(), at[i].size()});
  }

  const milliseconds time = compile_time(limits);
  const ffi::CallLimits bounds = call_limits(limits, time);
  ffi::RegoProgram* made = nullptr;
  Filled errors;
  const std::vector<ffi::BuiltinName> builtins = builtin_names(options.host);
  const Watchdog watchdog(time);
  const int32_t status = ffi::bh_compile(texts.data(), texts.size(), documents.data(),
                                         documents.size(), builtins.data(), builtins.size(),
                                         options.strict_errors, &bounds, &made, errors.out());
  const std::shared_ptr<void> kept(made, [](void* p) {
    if (p != nullptr) ffi::bh_program_free(static_cast<ffi::RegoProgram*>(p));
  });
  if (status != ffi::kOk || !found.empty()) {
    if (is_limit(status)) found.clear();  // the limit is the reason, and stands first
    // What else is said of a file that was not rewritten whole may be a consequence of that.
    std::set<std::string> told;
    for (const Problem& problem : found) told.insert(problem.path);
    for (Problem& problem : decode_problems(errors, *places)) {
      if (!told.contains(problem.path)) found.push_back(std::move(problem));
    }
    std::ranges::stable_sort(found, {},
                             [](const Problem& p) { return std::tie(p.path, p.line, p.column); });
    const Error error = error_of(status, found, limits, time);
    problems.insert(problems.end(), found.begin(), found.end());
    return error;
  }

  Program program;
  program.limits_ = limits;
  program.places_ = std::move(places);
  program.host_ = options.host;
  program.program_ = kept;
  TRY(program.describe());
  return program;
}

base::Status Program::describe() {
  Filled described;
  ffi::bh_program_describe(static_cast<ffi::RegoProgram*>(program_.get()), described.out());
  const std::vector<Term> parts = TRY(decode_list(described));
  for (const Term& package : list_at(parts, 0)) {
    const std::string* name = package.string();
    if (name && *name != rego::kBuiltinsPackage) packages_.push_back(*name);
  }
  for (const Term& term : list_at(parts, 1)) {
    const auto* r = term.array();
    if (!r) continue;
    const std::string known = text_at(*r, 0);
    if (places_->path(known).empty()) continue;  // a text of ours
    const uint32_t line = number_at(*r, 3);
    rules_.push_back({text_at(*r, 1), text_at(*r, 2), places_->path(known), line,
                      places_->column(known, line, number_at(*r, 4)), kind_of(number_at(*r, 5))});
  }
  std::ranges::stable_sort(rules_, {}, [](const Rule& r) { return std::tie(r.path, r.line); });
  return {};
}

base::Result<Evaluator> Program::evaluator() const {
  auto* made = ffi::bh_evaluator_new(static_cast<ffi::RegoProgram*>(program_.get()));
  if (!made) return Error(Code::kInternal, "the policy engine could not start");
  return Evaluator(
      std::shared_ptr<void>(
          made, [](void* p) { ffi::bh_evaluator_free(static_cast<ffi::RegoEvaluator*>(p)); }),
      places_, limits_, host_);
}

base::Result<Answer> Evaluator::evaluate(const Request& request, const Document& input) {
  const auto start = std::chrono::steady_clock::now();
  const milliseconds time = evaluation_time(limits_, input.bytes_);
  const ffi::CallLimits bounds = call_limits(limits_, time);
  Calling calling{{request.now_ns, request.seed, 0, {}}, host_};
  Filled answered;
  Filled errors;
  const Watchdog watchdog(time);
  const int32_t status =
      ffi::bh_evaluate(static_cast<ffi::RegoEvaluator*>(evaluator_.get()), slice(request.entry),
                       static_cast<const ffi::RegoValue*>(input.value_.get()), request.coverage,
                       &bounds, call_builtin, &calling, answered.out(), errors.out());
  if (status != ffi::kOk) return error_of(status, decode_problems(errors, *places_), limits_, time);

  const std::vector<Term> parts = TRY(decode_list(answered));
  Answer answer;
  answer.defined = !parts.empty() && !parts[0].undefined();
  answer.json = text_at(parts, 0);
  if (request.explain) {
    for (const Term& line : list_at(parts, 1)) {
      if (line.string()) answer.prints.push_back(*line.string());
    }
  }
  answer.cost = std::chrono::steady_clock::now() - start;
  return answer;
}

std::vector<Coverage> Evaluator::coverage() const {
  Filled filled;
  ffi::bh_coverage(static_cast<ffi::RegoEvaluator*>(evaluator_.get()), filled.out());
  std::map<std::string, Coverage> by_path;  // texts that come from one module stand together
  const auto files = decode_list(filled);
  if (!files) return {};
  const auto add = [](const std::vector<Term>& list, std::vector<uint32_t>& lines) {
    for (size_t i = 0; i < list.size(); ++i) lines.push_back(number_at(list, i));
    std::ranges::sort(lines);
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  };
  for (const Term& term : *files) {
    const auto* file = term.array();
    if (!file) continue;
    const std::string path = places_->path(text_at(*file, 0));
    if (path.empty()) continue;  // a text of ours
    Coverage& coverage = by_path[path];
    add(list_at(*file, 1), coverage.covered);
    add(list_at(*file, 2), coverage.uncovered);
  }
  std::vector<Coverage> out;
  for (auto& [path, coverage] : by_path) {
    coverage.path = path;
    out.push_back(std::move(coverage));
  }
  return out;
}

std::string_view engine_version() { return "regorus 0.14.1, bulkhead policy 2"; }

}  // namespace bulkhead::policy
