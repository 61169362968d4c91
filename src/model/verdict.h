// SPDX-License-Identifier: Apache-2.0
// Verdict: what a policy says about one subject at one stage, with everything it stands on.
//
// A verdict is identified by what it was made of: the digest of the policy, the digest of the input
// document and the version of the engine. The same three give the same verdict, at every stage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"

namespace bulkhead::model {

enum class Decision : uint8_t { kAllow, kWarn, kDeny };
std::string_view decision_name(Decision decision);  // "deny"
std::optional<Decision> parse_decision(std::string_view name);

// How a pack or a rule is in force.
enum class PolicyMode : uint8_t {
  kObserve,  // recorded, decides nothing
  kWarn,     // a denial becomes a warning
  kEnforce,  // a denial denies
};
std::string_view policy_mode_name(PolicyMode mode);
std::optional<PolicyMode> parse_policy_mode(std::string_view name);

// Where in the life of a container a policy is asked.
enum class Stage : uint8_t { kBuild, kRegistry, kAdmission, kRuntime };
std::string_view stage_name(Stage stage);
std::optional<Stage> parse_stage(std::string_view name);

// Somebody's decision to live with something.
struct UsedWaiver {
  std::string id;     // the waiver's own id, else the id that it waives
  std::string owner;  // "" when it names nobody
  std::string reason;
  std::string expires;   // date, "" never
  std::string where;     // "file:line"
  bool expired = false;  // then it covers nothing, and the reason says so
};

struct Reason {
  std::string rule;     // "HYG001"
  std::string pack;     // "image-hygiene"
  std::string title;    // of the rule
  std::string message;  // what is wrong here
  std::string subject;  // what it is about: purl, image reference, file, object
  std::string path;     // place within the subject
  std::string why;
  std::string fix;
  std::string finding;  // class id of the finding it stands on, "" none
  std::string details;  // what else a rule of another program said: a JSON object, "" nothing
  Severity severity = Severity::kUnknown;
  Decision level = Decision::kDeny;  // what the rule said
  PolicyMode mode = PolicyMode::kEnforce;
  Decision effect = Decision::kDeny;  // what counts, after mode and waiver
  std::optional<UsedWaiver> waiver;
  std::vector<std::string> references;
  std::vector<std::string> controls;  // "pci-dss 6.3.3", sorted
};

// A rule that could not be asked, because the facts it needs are not known at this stage.
struct InactiveRule {
  std::string pack;
  std::string rule;      // "" the whole pack
  std::string why;       // "needs findings of kind secret, which no scanner looked for"
  bool refused = false;  // never asked: content of another program that cannot be loaded here
};

// The policy in force: its content, and where it came from.
struct PolicyIdentity {
  std::string digest;  // "sha256:..." over paths and contents of the bundle
  std::string name;    // of policy.yaml
  std::string source;  // directory or repository, without credentials
  std::string ref;     // branch or tag that was asked for
  std::string commit;  // "" when it did not come from git
  std::string author;  // "Name <mail>"
  std::string time;    // RFC 3339, of the commit
  // Principal that signed the commit, and "key ID" of the one that signed the bundle; "" when
  // unsigned or not verified.
  std::string signer;
  std::string signature;  // "verified", "unverified", "bad", "none"; "" a bundle without any
  std::vector<std::string> approvals;  // "Reviewed-by: Name <mail>": what the commit claims
};

struct Verdict {
  std::string id;  // "sha256:..."
  Decision decision = Decision::kAllow;
  Stage stage = Stage::kBuild;
  std::string subject;  // as the user named it
  std::string subject_digest;
  std::string input_digest;  // of the canonical document
  std::string engine;        // name and version
  std::string at;            // RFC 3339, the time it was judged for
  PolicyIdentity policy;
  std::vector<Reason> reasons;  // worst effect first, then severity, pack, rule, subject, path
  std::vector<InactiveRule> inactive;
};

}  // namespace bulkhead::model
