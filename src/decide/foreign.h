// SPDX-License-Identifier: Apache-2.0
// Rules that were written for another program, judged here as they are.
//
// An adaptor knows one such program: how its content looks, under which names its rules stand, what
// they expect as input and what their results mean. Adding one = one file in adaptors/ that defines
// `extern constinit const Adaptor <stem>` in namespace bulkhead::decide::adaptors, and a folder
// adaptors/testdata/<stem>/ of cases (foreign_test.cc says what a case is).
//
// What cannot be loaded is refused by name, with file, line and reason. Two kinds of it are kept
// apart. What is broken (a syntax error, a file that was cut off, a constraint that stands twice)
// is an error of loading, as in rules of our own: the content is not what its author meant. What is
// right but asks for something that is not there here is left out and told, and so is a rule that
// depends on it: left in, it would be undefined and pass everything. A rule that was left out and
// would have judged is a LostRule; each verdict that it concerns says so (`on_error`).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/shipped.h"
#include "model/verdict.h"
#include "policy/engine.h"

namespace bulkhead::decide {

// Content that is not in force.
struct Refusal {
  std::string path;
  uint32_t line = 0;      // 0: the whole file
  std::string construct;  // "engine K8sNativeValidation", "parse_config"; "" of syntax
  std::string reason;
  uint32_t column = 0;  // in characters, 0: not known
  bool broken = false;  // wrong by the rules of its own program; else only not supported here
};

// "rules/net.rego:4: http.send: rules may not reach the network"
std::string to_string(const Refusal& refusal);

// A rule that would judge if it could be loaded.
struct LostRule {
  std::string rule;  // id as the other program prints it
  model::Decision level = model::Decision::kDeny;
  Refusal cause;
  std::string subject;  // in Judged: the first that it would have been asked about
};

struct ForeignRule {
  RuleInfo info;     // id as the other program prints it
  std::string path;  // file of the content
  // What the content itself says is to be done, where that is more than info.level: "dryrun",
  // "build: deny, admission: warn"; "" else.
  std::string action = {};
};

struct ForeignReason {
  std::string rule;  // RuleInfo::id
  std::string message;
  std::string subject;  // the file, or the object: "Pod default/web"
  std::string path;     // place of it: "app/Dockerfile:3", "k8s/web.yaml:12"
  std::string fix;
  std::optional<model::Severity> severity;         // when the result says one
  model::Decision level = model::Decision::kDeny;  // kDeny or kWarn
  bool observed = false;                           // recorded only (dryrun)
  std::string details;                             // what else the result says: JSON, or ""
};

// A rule that was not, or not fully, asked about one subject.
struct NotJudged {
  std::string rule;
  std::string subject;
  std::string why;
};

struct Judged {
  std::vector<ForeignReason> reasons;  // by rule, subject, path, message
  std::vector<NotJudged> unknown;      // a fact that the rule's scope needs is not known here
  std::vector<NotJudged> failed;       // the evaluation failed: no answer is no consent
  std::vector<LostRule> lost;          // those of ForeignPolicy::lost() that would have been asked
};

struct JudgeContext {
  model::Stage stage = model::Stage::kBuild;
  base::UnixTime at = 0;
};

// What the user says about the content (members of `options` in pack.yaml).
struct ForeignOptions {
  std::vector<std::string>
      namespaces;        // packages whose rules count; empty: the adaptor's own choice
  bool combine = false;  // Conftest: all files in one input
  policy::Limits limits;
};

// Content made ready. Immutable; threads share it.
class ForeignPolicy {
 public:
  virtual ~ForeignPolicy() = default;
  // Asks every rule about what the document (docs/formats/policy-input.md) holds for it. The
  // evaluator comes from program(). kLimit: more subjects or reasons than kMax...
  virtual base::Result<Judged> judge(base::json::Value input, const JudgeContext& context,
                                     policy::Evaluator& evaluator) const = 0;

  const policy::Program& program() const { return program_; }
  const std::vector<ForeignRule>& rules() const { return rules_; }  // by id
  const std::vector<Refusal>& refused() const { return refused_; }  // by path and line
  const std::vector<LostRule>& lost() const { return lost_; }
  // Takes what was refused while it was loaded. From now on all paths are those below this folder
  // ("packs/house/").
  void settle(std::vector<Refusal> refused, std::string_view folder);

 protected:
  explicit ForeignPolicy(policy::Program program) : program_(std::move(program)) {}
  policy::Program program_;
  std::vector<ForeignRule> rules_;
  std::vector<Refusal> refused_;
  std::vector<LostRule> lost_;
};

struct HostFunctions;  // foreign/compile.h

struct Adaptor {
  std::string_view name;     // "gatekeeper"; equals the file's stem
  std::string_view summary;  // one line
  // Whether content looks like this program's; for `policy check` when nobody said whose it is.
  bool (*recognises)(const Files& files);
  // Files are those of one folder, paths relative to it. kInvalid when nothing at all can be used.
  // What is refused is added to `refused`, in order, in either case; with something broken among
  // it, the content must not be used.
  base::Result<std::unique_ptr<ForeignPolicy>> (*load)(const Files& files,
                                                       const ForeignOptions& options,
                                                       std::vector<Refusal>& refused);
  // What this program gives to its rules and their tests, and what of it does not exist here.
  HostFunctions (*functions)();
};

// All adaptors, sorted by name (generated from adaptors/*.cc).
std::span<const Adaptor* const> all_adaptors();
const Adaptor* find_adaptor(std::string_view name);

}  // namespace bulkhead::decide
