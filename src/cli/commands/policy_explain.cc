// SPDX-License-Identifier: Apache-2.0
// bulkhead policy explain: the chain behind a kept verdict, from the decision down to the facts.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/decision_file.h"
#include "cli/exit_code.h"
#include "model/verdict_json.h"

namespace bulkhead::cli::commands::policy_explain {
namespace {

constexpr std::array kFlags = {
    Flag{"decisions", 0, "DIR", "where verdicts are kept, to name one by its id"},
    Flag{"format", 'f', "FORMAT", "text (default) or json", false, "text,json"},
};

std::string safe(std::string_view text) { return base::printable(text, 600); }

void row(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<11} {}\n", name, safe(value));
}

void explain_policy(std::string& out, const model::Verdict& verdict) {
  const model::PolicyIdentity& policy = verdict.policy;
  row(out, "policy", policy.name);
  row(out, "source", policy.source);
  row(out, "commit", policy.commit);
  row(out, "author", policy.author);
  row(out, "committed", policy.time);
  std::string signature = policy.signature;
  if (!policy.signer.empty()) signature += " (" + policy.signer + ")";
  row(out, "signature", signature);
  for (const std::string& approval : policy.approvals) row(out, "claims", approval);
  row(out, "content", policy.digest);
  row(out, "input", verdict.input_digest);
  row(out, "engine", verdict.engine);
}

// The finding of the document that a reason stands on, with its proof.
void explain_finding(std::string& out, const base::json::Value& finding) {
  std::string line = std::string(finding["id"].string_or("")) + " in " +
                     std::string(finding["package"].string_or(""));
  row(out, "  finding", line);
  row(out, "  found in", finding["location"].string_or(""));
  row(out, "  layer", finding["layer"].string_or(""));
  finding["proof"].each([&](base::json::Value proof) {
    std::string text = std::string(proof["advisory"].string_or("")) + " (" +
                       std::string(proof["source"].string_or("")) +
                       "): " + std::string(proof["compared"].string_or("")) + " against " +
                       std::string(proof["range"].string_or("")) + ", rule " +
                       std::string(proof["rule"].string_or(""));
    row(out, "  proof", text);
  });
}

void explain_reason(std::string& out, const model::Reason& reason,
                    const base::json::Value& findings) {
  out += fmt::format("\n{} {} [{}] {}\n", model::decision_name(reason.effect), safe(reason.rule),
                     model::severity_name(reason.severity), safe(reason.message));
  row(out, "rule", reason.pack + "/" + reason.rule + ": " + reason.title);
  row(out, "details", reason.details);
  row(out, "subject", reason.subject);
  row(out, "path", reason.path);
  row(out, "why", reason.why);
  row(out, "fix", reason.fix);
  if (reason.mode != model::PolicyMode::kEnforce) {
    row(out, "mode",
        std::string(model::policy_mode_name(reason.mode)) + ": the rule said " +
            std::string(model::decision_name(reason.level)));
  }
  if (reason.waiver) {
    const model::UsedWaiver& waiver = *reason.waiver;
    row(out, "waiver",
        waiver.id + (waiver.expired ? " (expired, covers nothing)" : "") + ": " + waiver.reason);
    row(out, "  owner", waiver.owner);
    row(out, "  expires", waiver.expires);
    row(out, "  stands in", waiver.where);
  }
  row(out, "controls", base::join(reason.controls, ", "));
  if (!reason.finding.empty()) {
    findings.each([&](base::json::Value finding) {
      bool same = finding["class_id"].string() == reason.finding;
      bool here =
          !reason.subject.starts_with("pkg:") || finding["package"].string() == reason.subject;
      if (same && here) explain_finding(out, finding);
    });
  }
  row(out, "references", base::join(reason.references, " "));
}

base::Result<std::string> as_text(const KeptDecision& kept) {
  const model::Verdict& verdict = kept.verdict;
  base::json::Document::Options options;
  options.limits.max_bytes = kept.input.size() + 1;
  options.limits.max_entries = 50'000'000;
  options.limits.max_depth = 256;
  auto document = TRY_AT(kept.path, base::json::Document::parse(kept.input, options));
  std::string out =
      fmt::format("{}: {} for {} at {}\n", safe(verdict.id), model::decision_name(verdict.decision),
                  safe(verdict.subject), model::stage_name(verdict.stage));
  row(out, "judged at", verdict.at);
  row(out, "digest", verdict.subject_digest);
  explain_policy(out, verdict);
  if (verdict.reasons.empty()) out += "\nNo rule had anything to say.\n";
  for (const model::Reason& reason : verdict.reasons) {
    explain_reason(out, reason, document.root()["findings"]);
  }
  if (!verdict.inactive.empty()) out += "\nnot asked:\n";
  for (const model::InactiveRule& rule : verdict.inactive) {
    row(out, rule.rule.empty() ? rule.pack : rule.rule,
        (rule.refused ? "not in force: " : "") + rule.why);
  }
  return out;
}

// A path, or with --decisions the id of a verdict or the beginning of one.
base::Result<std::string> file_of(const Invocation& invocation) {
  std::string name = invocation.arguments().front();
  if (!invocation.has("decisions")) return name;
  std::string_view id = name;
  if (id.starts_with("sha256:")) id.remove_prefix(7);
  std::string found;
  for (const std::string& path : TRY(decision_files(invocation.value("decisions")))) {
    if (!base::basename(path).starts_with(id)) continue;
    if (!found.empty()) {
      return base::Error(base::Code::kInvalid, name + " is the beginning of several verdicts");
    }
    found = path;
  }
  if (!found.empty()) return found;
  return base::Error(base::Code::kNotFound,
                     "no verdict " + safe(name) + " is kept in " + invocation.value("decisions"));
}

base::Result<int> explain(const Invocation& invocation, const DecisionText& text) {
  KeptDecision kept = TRY(parse_decision(text));
  if (invocation.value("format", "text") == "json") {
    base::json::Writer writer(2);
    model::write_verdict(writer, kept.verdict);
    TRY(print(writer.take() + "\n"));
  } else {
    TRY(print(TRY(as_text(kept))));
  }
  return kClean;
}

int run(const Invocation& invocation) {
  auto path = file_of(invocation);
  if (!path) return fail(path.error());
  auto text = read_decision(*path);
  if (!text) return fail(text.error());
  return run_confined_command(invocation, [&] { return explain(invocation, *text); });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy explain",
    "print the chain behind a verdict: policy, commit, reasons, waivers, proof",
    "VERDICT",
    "VERDICT is a file that scan --decisions kept, or with --decisions DIR the id of one.\n"
    "  bulkhead scan oci:build/image --policy policies --decisions kept\n"
    "  bulkhead policy explain --decisions kept sha256:4fd1",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_explain
