// SPDX-License-Identifier: Apache-2.0
// The policy engine behind one interface: a bundle's texts and a document in, values out.
//
// No Rego type and no type of the interpreter appears here. Compile once to a Program, which
// threads share; make one Evaluator a thread; parse a Document once and evaluate many entries
// against it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/problem.h"

namespace bulkhead::policy {

struct Builtin;

enum class Dialect : uint8_t { kV1, kV0 };  // of a module: OPA 1.x syntax, or that before it

// Text of one module. The path is what errors show.
struct Source {
  std::string path;
  std::string text;
  Dialect dialect = Dialect::kV1;
};

// JSON text that becomes data.<at[0]>.<at[1]>...; two that define the same leaf are an error that
// names both.
struct DataSource {
  std::string path;
  std::vector<std::string> at;
  std::string json;
};

struct Limits {
  // Processor time of one evaluation, so that a busy machine denies nothing; compiling and parsing
  // have ten times as long. For each MiB of its document an evaluation has a little more.
  std::chrono::milliseconds deadline{1000};
  std::chrono::milliseconds deadline_per_mib{250};
  uint64_t memory_bytes = 512u << 20;    // live bytes that one compile or evaluation may add
  uint64_t document_bytes = 256u << 20;  // JSON text of one document
  uint64_t module_bytes = 1u << 20;      // text of one module
  size_t modules = 10'000;
  uint32_t depth = 256;  // nesting of documents and of terms
};

// A parsed input or data value: made once, shared by all evaluations and threads. Copies are cheap.
class Document {
 public:
  Document() = default;  // no document: undefined
  // kInvalid: not JSON, or a member that stands twice. kLimit: larger or deeper than the limits.
  static base::Result<Document> parse(std::string_view json, const Limits& limits);
  // An object that shares its members: one Pod under review with the parameters of each constraint.
  // Members without a document are left out.
  static base::Result<Document> object(
      std::span<const std::pair<std::string_view, Document>> members);

 private:
  friend class Evaluator;
  Document(std::shared_ptr<void> value, size_t bytes) : value_(std::move(value)), bytes_(bytes) {}
  std::shared_ptr<void> value_;  // shared: many evaluations read one document, none owns it
  size_t bytes_ = 0;             // of the text that it was made from
};

enum class RuleKind : uint8_t { kComplete, kSet, kObject, kFunction, kDefault };

struct Rule {
  std::string package;  // "bulkhead.image_hygiene"
  std::string name;     // "deny"
  std::string path;
  uint32_t line = 0;
  uint32_t column = 0;
  RuleKind kind = RuleKind::kComplete;
};

// Lines of a module that hold something to evaluate (the heads of else branches do not count).
struct Coverage {
  std::string path;
  std::vector<uint32_t> covered;
  std::vector<uint32_t> uncovered;
};

// What one evaluation may do and tell.
struct Request {
  std::string entry;              // "data.bulkhead.image_hygiene.deny", or another query
  bool coverage = false;          // collect covered lines, see Evaluator::coverage
  bool explain = false;           // keep what print() said
  std::optional<int64_t> now_ns;  // what time.now_ns gives; the call is an error without it
  uint64_t seed = 0;              // of rand.intn and uuid.rfc4122
};

struct Answer {
  bool defined = false;
  std::string json;  // the value, canonical: sorted keys, sets as sorted arrays
  std::vector<std::string> prints;
  std::chrono::nanoseconds cost{};
};

// From places in modules as the interpreter read them back to those that were written.
struct Places;

// Runs a program. Belongs to one thread at a time.
class Evaluator {
 public:
  // kInvalid: an error of the policy (conflicting values, ...); kDenied: it asked for what no
  // policy gets (http.send, ...); kTimeout, kLimit, kInternal.
  base::Result<Answer> evaluate(const Request& request, const Document& input);
  // Of all evaluations with Request::coverage so far; of every module, also of one that none of
  // them touched.
  std::vector<Coverage> coverage() const;

 private:
  friend class Program;
  Evaluator(std::shared_ptr<void> evaluator, std::shared_ptr<const Places> places,
            const Limits& limits, std::span<const Builtin> host)
      : evaluator_(std::move(evaluator)),
        places_(std::move(places)),
        limits_(limits),
        host_(host) {}
  std::shared_ptr<void> evaluator_;       // shared only for its type-erased deleter
  std::shared_ptr<const Places> places_;  // the program's
  Limits limits_;
  std::span<const Builtin> host_;
};

// Compiled, immutable, shared by threads. Copies are cheap.
class Program {
 public:
  struct Options {
    bool strict_errors = false;  // an error of a builtin fails the evaluation, not the expression
    // Functions of this program beside the registry's, for content of a host that has its own
    // (builtin.h). Their storage is static.
    std::span<const Builtin> host;
  };
  // Fails with the first problem; all that were found are added to `problems`, sorted by place.
  static base::Result<Program> compile(std::span<const Source> modules,
                                       std::span<const DataSource> data, const Limits& limits,
                                       std::vector<Problem>& problems, const Options& options);
  static base::Result<Program> compile(std::span<const Source> modules,
                                       std::span<const DataSource> data, const Limits& limits,
                                       std::vector<Problem>& problems) {
    return compile(modules, data, limits, problems, Options());
  }

  const std::vector<std::string>& packages() const { return packages_; }  // sorted
  const std::vector<Rule>& rules() const { return rules_; }               // by path and line
  base::Result<Evaluator> evaluator() const;

 private:
  Program() = default;
  base::Status describe();
  std::shared_ptr<void> program_;         // shared by the evaluators and the copies
  std::shared_ptr<const Places> places_;  // shared likewise
  Limits limits_;
  std::span<const Builtin> host_;
  std::vector<std::string> packages_;
  std::vector<Rule> rules_;
};

// Name and version of the interpreter and of this room's own part; goes into a verdict's identity.
std::string_view engine_version();

}  // namespace bulkhead::policy
