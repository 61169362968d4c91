// SPDX-License-Identifier: Apache-2.0
// Writes and reads verdicts.
#include "model/verdict_json.h"

#include <string>
#include <vector>

namespace bulkhead::model {
namespace {

using base::json::Value;
using base::json::Writer;

void texts(Writer& w, std::string_view name, const std::vector<std::string>& items) {
  if (items.empty()) return;
  w.key(name).begin_array();
  for (const std::string& item : items) w.value(item);
  w.end_array();
}

std::vector<std::string> texts_of(const Value& value) {
  std::vector<std::string> out;
  value.each([&](Value item) { out.emplace_back(item.string_or("")); });
  return out;
}

std::string text_of(const Value& value, std::string_view name) {
  return std::string(value[name].string_or(""));
}

void write_policy(Writer& w, const PolicyIdentity& policy) {
  w.key("policy").begin_object().member("digest", policy.digest);
  w.member_if("name", policy.name).member_if("source", policy.source).member_if("ref", policy.ref);
  w.member_if("commit", policy.commit).member_if("author", policy.author);
  w.member_if("time", policy.time).member_if("signature", policy.signature);
  w.member_if("signer", policy.signer);
  texts(w, "approvals", policy.approvals);
  w.end_object();
}

PolicyIdentity read_policy(const Value& value) {
  PolicyIdentity out;
  out.digest = text_of(value, "digest");
  out.name = text_of(value, "name");
  out.source = text_of(value, "source");
  out.ref = text_of(value, "ref");
  out.commit = text_of(value, "commit");
  out.author = text_of(value, "author");
  out.time = text_of(value, "time");
  out.signature = text_of(value, "signature");
  out.signer = text_of(value, "signer");
  out.approvals = texts_of(value["approvals"]);
  return out;
}

void write_waiver(Writer& w, const UsedWaiver& waiver) {
  w.key("waiver").begin_object().member("id", waiver.id).member_if("owner", waiver.owner);
  w.member_if("reason", waiver.reason).member_if("expires", waiver.expires);
  w.member_if("where", waiver.where).member("expired", waiver.expired).end_object();
}

UsedWaiver read_waiver(const Value& value) {
  UsedWaiver out;
  out.id = text_of(value, "id");
  out.owner = text_of(value, "owner");
  out.reason = text_of(value, "reason");
  out.expires = text_of(value, "expires");
  out.where = text_of(value, "where");
  out.expired = value["expired"].boolean().value_or(false);
  return out;
}

void write_reason(Writer& w, const Reason& reason) {
  w.begin_object().member("rule", reason.rule).member("pack", reason.pack);
  w.member("effect", decision_name(reason.effect)).member("level", decision_name(reason.level));
  w.member("mode", policy_mode_name(reason.mode));
  w.member("severity", severity_name(reason.severity));
  w.member_if("title", reason.title).member("message", reason.message);
  w.member_if("subject", reason.subject).member_if("path", reason.path);
  w.member_if("finding", reason.finding);
  w.member_if("why", reason.why).member_if("fix", reason.fix);
  texts(w, "references", reason.references);
  texts(w, "controls", reason.controls);
  if (!reason.details.empty()) w.key("details").raw(reason.details);
  if (reason.waiver) write_waiver(w, *reason.waiver);
  w.end_object();
}

template <typename T>
base::Status read_name(const Value& value, std::string_view member,
                       std::optional<T> (*parse)(std::string_view), T& out) {
  auto parsed = parse(value[member].string_or(""));
  if (!parsed) {
    return base::Error(base::Code::kInvalid,
                       "verdict: \"" + std::string(member) + "\" is missing or no known name");
  }
  out = *parsed;
  return {};
}

base::Result<Reason> read_reason(const Value& value) {
  Reason out;
  out.rule = text_of(value, "rule");
  out.pack = text_of(value, "pack");
  TRY(read_name(value, "effect", parse_decision, out.effect));
  TRY(read_name(value, "level", parse_decision, out.level));
  TRY(read_name(value, "mode", parse_policy_mode, out.mode));
  TRY(read_name(value, "severity", parse_severity, out.severity));
  out.title = text_of(value, "title");
  out.message = text_of(value, "message");
  out.subject = text_of(value, "subject");
  out.path = text_of(value, "path");
  out.finding = text_of(value, "finding");
  out.why = text_of(value, "why");
  out.fix = text_of(value, "fix");
  out.references = texts_of(value["references"]);
  out.controls = texts_of(value["controls"]);
  if (!value["details"].missing()) {
    Writer details(0);
    base::json::write_json(details, value["details"]);
    out.details = details.take();
  }
  if (value["waiver"].is_object()) out.waiver = read_waiver(value["waiver"]);
  return out;
}

}  // namespace

void write_verdict(Writer& w, const Verdict& verdict) {
  w.begin_object().member("id", verdict.id).member("decision", decision_name(verdict.decision));
  w.member("stage", stage_name(verdict.stage)).member("subject", verdict.subject);
  w.member_if("subjectDigest", verdict.subject_digest);
  w.member("inputDigest", verdict.input_digest).member("engine", verdict.engine);
  w.member("at", verdict.at);
  write_policy(w, verdict.policy);
  w.key("reasons").begin_array();
  for (const Reason& reason : verdict.reasons) write_reason(w, reason);
  w.end_array();
  w.key("inactive").begin_array();
  for (const InactiveRule& rule : verdict.inactive) {
    w.begin_object().member("pack", rule.pack).member_if("rule", rule.rule);
    w.member("why", rule.why);
    if (rule.refused) w.member("refused", true);
    w.end_object();
  }
  w.end_array().end_object();
}

base::Result<Verdict> read_verdict(const Value& value) {
  if (!value.is_object()) return base::Error(base::Code::kInvalid, "verdict: not an object");
  Verdict out;
  out.id = text_of(value, "id");
  TRY(read_name(value, "decision", parse_decision, out.decision));
  TRY(read_name(value, "stage", parse_stage, out.stage));
  out.subject = text_of(value, "subject");
  out.subject_digest = text_of(value, "subjectDigest");
  out.input_digest = text_of(value, "inputDigest");
  out.engine = text_of(value, "engine");
  out.at = text_of(value, "at");
  out.policy = read_policy(value["policy"]);
  base::Status status;
  value["reasons"].each([&](Value item) {
    auto reason = read_reason(item);
    if (reason) {
      out.reasons.push_back(std::move(*reason));
    } else if (status) {
      status = reason.error();
    }
  });
  TRY(status);
  value["inactive"].each([&](Value item) {
    out.inactive.push_back({text_of(item, "pack"), text_of(item, "rule"), text_of(item, "why"),
                            item["refused"].boolean().value_or(false)});
  });
  return out;
}

}  // namespace bulkhead::model
