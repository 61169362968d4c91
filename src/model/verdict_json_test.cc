// SPDX-License-Identifier: Apache-2.0
#include "model/verdict_json.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

Verdict some_verdict() {
  Verdict out;
  out.id = "sha256:1";
  out.decision = Decision::kDeny;
  out.stage = Stage::kAdmission;
  out.subject = "registry.example.org/a";
  out.input_digest = "sha256:2";
  out.engine = "rego 1";
  out.at = "2026-01-06T00:00:00Z";
  out.policy.digest = "sha256:3";
  out.policy.commit = "abc";
  out.policy.approvals = {"Reviewed-by: x"};
  Reason reason;
  reason.rule = "HYG001";
  reason.pack = "image-hygiene";
  reason.message = "no \"USER\"";
  reason.severity = Severity::kHigh;
  reason.mode = PolicyMode::kWarn;
  reason.effect = Decision::kWarn;
  reason.references = {"CWE-250"};
  reason.details = R"({"missing":["owner"]})";
  reason.waiver = UsedWaiver{"HYG001", "ann", "why", "2026-12-31", "w.yaml:2", true};
  out.reasons = {reason};
  out.inactive = {{"image-hygiene", "HYG003", "needs secrets"},
                  {"labels", "", "a.yaml:3: engine CEL: only Rego is judged", true}};
  return out;
}

std::string written(const Verdict& verdict) {
  base::json::Writer writer(0);
  write_verdict(writer, verdict);
  return writer.take();
}

TEST(VerdictJson, ReadsWhatItWrites) {
  std::string text = written(some_verdict());
  auto document = base::json::Document::parse(text);
  ASSERT_TRUE(document) << document.error().message();
  auto verdict = read_verdict(document->root());
  ASSERT_TRUE(verdict) << verdict.error().message();
  EXPECT_EQ(written(*verdict), text);
  EXPECT_EQ(verdict->reasons.at(0).mode, PolicyMode::kWarn);
  EXPECT_TRUE(verdict->reasons.at(0).waiver->expired);
  EXPECT_EQ(verdict->reasons.at(0).details, R"({"missing":["owner"]})");
  EXPECT_TRUE(verdict->inactive.at(1).refused);
}

TEST(VerdictJson, RefusesWhatIsNoVerdict) {
  for (const char* text :
       {"[]", "{}", R"({"decision":"maybe","stage":"build"})", R"({"decision":"deny"})",
        R"({"decision":"deny","stage":"build","reasons":[{"rule":"x"}]})"}) {
    auto document = base::json::Document::parse(text);
    ASSERT_TRUE(document);
    EXPECT_FALSE(read_verdict(document->root())) << text;
  }
}

}  // namespace
}  // namespace bulkhead::model
