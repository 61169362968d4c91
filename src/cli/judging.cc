// SPDX-License-Identifier: Apache-2.0
// Puts a scan before a policy.
#include "cli/judging.h"

#include "base/fs.h"
#include "cli/named_file.h"
#include "decide/bundle/policy_set.h"
#include "decide/judge.h"
#include "model/nothing_judged.h"
#include "oci/reference.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxIgnoreBytes = 16ull << 20;
constexpr std::string_view kTrivyYaml = ".trivyignore.yaml";

base::Result<std::vector<decide::Waiver>> read_waivers(const Invocation& invocation) {
  std::vector<decide::Waiver> out;
  std::vector<std::string> files = invocation.values("ignore-file");
  bool named = !files.empty();
  // Of rules that cover the same finding the first counts: ours, then the form that says more.
  if (!named) files = {".bulkheadignore.yaml", std::string(kTrivyYaml), ".trivyignore"};
  for (const std::string& file : files) {
    auto text =
        named ? read_named_file(file, kMaxIgnoreBytes) : base::read_file(file, kMaxIgnoreBytes);
    if (!text && !named && text.error().code() == base::Code::kNotFound) continue;
    std::string content = TRY_AT("ignore file", std::move(text));
    if (!named && file == kTrivyYaml && !invocation.has("quiet")) {
      complain(file + " is read; Trivy itself reads it only where --ignorefile names it");
    }
    auto rules = TRY_AT("ignore file", decide::parse_waivers(file, content));
    std::move(rules.begin(), rules.end(), std::back_inserter(out));
  }
  return out;
}

}  // namespace

void complain_about_nothing_judged(const Invocation& invocation, const model::Verdict& verdict) {
  const model::Reason* nothing = model::nothing_judged(verdict);
  if (nothing == nullptr || invocation.has("quiet")) return;
  complain("the policy judged nothing: " + nothing->message +
           "; on_nothing_judged in policy.yaml says what that amounts to");
}

base::Result<Judging> Judging::open(const Invocation& invocation, base::UnixTime now,
                                    std::string* document) {
  Judging out;
  out.now_ = now;
  out.document_ = document;
  out.stage_ = *model::parse_stage(invocation.value("stage", "build"));
  out.waivers_ = TRY(read_waivers(invocation));
  out.vex_ = TRY(VexInput::open(invocation));
  if (invocation.has("reference")) {
    std::string name = invocation.value("reference");
    out.reference_ = TRY_AT("--reference", oci::Reference::parse(name)).to_string();
  }
  if (invocation.has("policy")) {
    out.policy_ = TRY_AT("policy", read_policy_source(invocation, invocation.value("policy")));
  }
  if (invocation.has("decisions")) {
    if (!out.policy_) {
      return base::Error(base::Code::kInvalid, "--decisions keeps verdicts and needs --policy");
    }
    out.decision_ = TRY(DecisionFile::open(invocation.value("decisions")));
  }
  return out;
}

base::Status Judging::complete(const std::string& registry_name,
                               decide::DocumentFacts& facts) const {
  facts.stage = stage_;
  facts.at = now_;
  facts.scanners = {"packages"};
  if (facts.report->vulnerabilities_scanned) facts.scanners.push_back("vuln");
  facts.reference = reference_;
  if (reference_.empty() && !registry_name.empty()) {
    facts.reference = TRY(oci::Reference::parse(registry_name)).to_string();
  }
  return {};
}

base::Status Judging::judge(const decide::DocumentFacts& facts, model::ScanReport& report) const {
  decide::Subject subject;
  subject.stage = stage_;
  subject.at = now_;
  subject.name = facts.reference.empty() ? report.artifact.name : facts.reference;
  subject.digest = report.artifact.digest;
  subject.document = decide::policy_document(facts);
  subject.local_waivers = waivers_;
  if (document_ != nullptr) *document_ = subject.document;
  if (!policy_) return {};
  auto policy = TRY(decide::PolicySet::load(policy_->files, policy_->identity, policy_->options));
  report.verdict = TRY(decide::judge(policy, subject));
  if (decision_) TRY(decision_->write(*report.verdict, subject.document));
  return {};
}

// The policy sees all findings, before any ignore file or VEX document of the caller: a repository
// cannot exempt itself unless the policy lets it (local_waivers).
base::Status Judging::run(const std::string& registry_name,
                          std::optional<std::vector<decide::FileDocument>> files,
                          model::ScanReport& report) const {
  if (wants_document()) {
    decide::DocumentFacts facts;
    facts.report = &report;
    facts.files_known = files.has_value();
    if (files) facts.files = std::move(*files);
    TRY_AT("policy", complete(registry_name, facts));
    TRY_AT("policy", judge(facts, report));
  }
  TRY(vex_.apply(reference_, report));
  decide::apply_waivers(waivers_, now_, report);
  return {};
}

base::Status Judging::commit() { return decision_ ? decision_->commit() : base::Status(); }

}  // namespace bulkhead::cli
