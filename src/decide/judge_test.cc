// SPDX-License-Identifier: Apache-2.0
// Whole judgements: bundles as files, documents as JSON, verdicts out.
#include "decide/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace bulkhead::decide {
namespace {

constexpr const char* kRules = R"(package bulkhead.house

deny contains {"id": "H1", "message": "runs as root", "path": "config.User"} if {
	object.get(input.image.config, "User", "") == ""
}

warn contains {"id": "H2", "message": "no label", "severity": "low"} if not input.image.labels.owner

deny contains {"id": "H3", "message": f.id, "subject": f.package, "finding": f.class_id} if {
	some f in input.findings
	f.severity == "critical"
}
)";

constexpr const char* kPack = R"(id: house
package: bulkhead.house
stages: [build, admission]
rules:
  - {id: H1, title: Root, severity: high, fix: Set USER, needs: [image.config]}
  - {id: H2, title: Label, severity: medium}
  - {id: H3, title: Critical, severity: critical}
)";

constexpr const char* kInput = R"({"stage":"build","at":"2026-01-06T00:00:00Z",
"image":{"reference":"r.example.org/shop/web:1","registry":"r.example.org","repository":"shop/web",
"labels":{},"layers":[],"config":{}},
"findings":[{"kind":"vuln","class_id":"c1","id":"CVE-2026-1","aliases":["GHSA-x"],
"severity":"critical","package":"pkg:npm/a@1","location":"app/a"}],
"scan":{"at":"2026-01-06T00:00:00Z","scanners":["packages","vuln"],"complete":true,
"not_judged":[]}})";

Files own_bundle(std::string policy) {
  return {{"packs/house/house.rego", kRules},
          {"packs/house/pack.yaml", kPack},
          {"policy.yaml", "version: 1\nname: house\n" + std::move(policy)}};
}

base::Result<model::Verdict> judged(const Files& files, std::string input = kInput,
                                    model::Stage stage = model::Stage::kBuild) {
  auto policy = PolicySet::load(files, {}, {});
  if (!policy) return policy.error();
  Subject subject;
  subject.stage = stage;
  subject.at = 1767657600;  // 2026-01-06
  subject.name = "web";
  subject.document = std::move(input);
  return judge(*policy, subject);
}

std::string summary_of(const base::Result<model::Verdict>& verdict) {
  if (!verdict) return "error: " + verdict.error().message();
  std::string out(model::decision_name(verdict->decision));
  for (const model::Reason& reason : verdict->reasons) {
    out += " " + reason.rule + "=" + std::string(model::decision_name(reason.effect));
  }
  for (const model::InactiveRule& rule : verdict->inactive)
    out += " -" + rule.pack + "/" + rule.rule;
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(Judge, GivesEveryReasonWithWhatIsSaidAboutIt) {
  auto got = judged(own_bundle("packs: [house]\n"));
  EXPECT_EQ(summary_of(got), "deny H3=deny H1=deny H2=warn");
  const model::Reason& root = got->reasons.at(1);
  EXPECT_EQ(root.title, "Root");
  EXPECT_EQ(root.fix, "Set USER");
  EXPECT_EQ(root.severity, model::Severity::kHigh);
  EXPECT_EQ(root.path, "config.User");
  EXPECT_EQ(got->reasons.at(2).severity, model::Severity::kLow);  // of the result, not the pack
}

TEST(Judge, TheSameThreeGiveTheSameVerdict) {
  auto first = judged(own_bundle("packs: [house]\n"));
  auto again = judged(own_bundle("packs: [house]\n"));
  auto other = judged(own_bundle("packs: [house] # changed\n"));
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(first->id, again->id);
  EXPECT_NE(first->id, other->id);
  EXPECT_TRUE(first->id.starts_with("sha256:"));
}

TEST(Judge, ModesSayWhatCounts) {
  struct Case {
    const char* policy;
    const char* want;
  };
  for (const Case& c : {
           Case{"packs: [{id: house, mode: warn}]", "warn H3=warn H1=warn H2=warn"},
           Case{"packs: [{id: house, mode: observe}]", "allow H3=allow H1=allow H2=allow"},
           Case{"packs: [{id: house, mode: observe, modes: {build: enforce}}]",
                "deny H3=deny H1=deny H2=warn"},
           Case{"packs: [{id: house, rules: {H1: {mode: observe}, H3: {mode: warn, severity: "
                "low}}}]",
                "warn H2=warn H3=warn H1=allow"},
           Case{"packs: [{id: house, scope: {repositories: ['shop/*']}}]",
                "deny H3=deny H1=deny H2=warn"},
           Case{"packs: [{id: house, scope: {repositories: ['bank/*']}}]",
                "allow nothing-judged=allow"},
           Case{"packs: [{id: house, scope: {namespaces: ['*']}}]",
                "allow nothing-judged=allow -house/"},
       }) {
    EXPECT_EQ(summary_of(judged(own_bundle(c.policy))), c.want) << c.policy;
  }
}

TEST(Judge, AsksOnlyAtTheStagesOfThePack) {
  EXPECT_EQ(summary_of(judged(own_bundle("packs: [house]"), kInput, model::Stage::kRuntime)),
            "allow nothing-judged=allow");
  EXPECT_EQ(summary_of(judged(own_bundle("packs: [house]"), kInput, model::Stage::kAdmission)),
            "deny H3=deny H1=deny H2=warn");
}

TEST(Judge, RulesWithoutTheirFactsAreInactive) {
  std::string input = R"({"stage":"build","at":"2026-01-06T00:00:00Z","image":{"reference":"a",
    "labels":{"owner":"x"},"layers":[]}})";
  EXPECT_EQ(summary_of(judged(own_bundle("packs: [house]"), input)), "allow -house/H1");
}

// "allow" of a policy that could not ask a single rule is no judgement; policy.yaml says what it
// is.
TEST(Judge, ThatNothingWasJudgedIsSaid) {
  auto message = [](const base::Result<model::Verdict>& got) {
    return got && !got->reasons.empty() ? got->reasons[0].message : "";
  };
  auto stage = judged(own_bundle("packs: [house]"), kInput, model::Stage::kRuntime);
  EXPECT_EQ(message(stage), "no rule could be asked (1 pack not for the stage runtime)");
  auto scope = judged(own_bundle("packs: [{id: house, scope: {repositories: ['bank/*']}}]"));
  EXPECT_EQ(message(scope), "no rule could be asked (1 pack with another scope)");
  Files files = own_bundle("packs: [house]\n");
  files["packs/house/pack.yaml"] =
      "id: house\npackage: bulkhead.house\nrules:\n"
      "  - {id: H1, title: t, needs: [trust]}\n"
      "  - {id: H2, title: t, needs: ['findings:secret', trust]}\n"
      "  - {id: H3, title: t, needs: [trust]}\n";
  auto facts = judged(files);
  EXPECT_EQ(message(facts),
            "no rule could be asked (3 inactive: need facts findings:secret, trust)");
  for (const auto& [setting, want] :
       {std::pair{"allow", "allow nothing-judged=allow -house/H1 -house/H2 -house/H3"},
        {"warn", "warn nothing-judged=warn -house/H1 -house/H2 -house/H3"},
        {"deny", "deny nothing-judged=deny -house/H1 -house/H2 -house/H3"},
        {"never",
         "error: policy.yaml:4: policy: on_nothing_judged is allow (the default), warn "
         "or deny"}}) {
    files["policy.yaml"] =
        "version: 1\nname: house\npacks: [house]\non_nothing_judged: " + std::string(setting) +
        "\n";
    EXPECT_EQ(summary_of(judged(files)), want) << setting;
  }
}

TEST(Judge, WaiversCoverUntilTheyExpire) {
  auto waived = [](std::string yaml) {
    Files files = own_bundle("packs: [house]\nwaivers: [w.yaml]\n");
    files["w.yaml"] = "ignore:\n" + std::move(yaml);
    return summary_of(judged(files));
  };
  EXPECT_EQ(waived("  - {id: H1, reason: r, expires: 2026-01-06}\n"),
            "deny H3=deny H2=warn H1=allow");
  EXPECT_EQ(waived("  - {id: H1, reason: r, expires: 2026-01-05}\n"),
            "deny H3=deny H1=deny H2=warn");
  EXPECT_EQ(waived("  - {id: GHSA-x, package: 'pkg:npm/a', reason: r}\n"),
            "deny H1=deny H2=warn H3=allow");
  EXPECT_EQ(waived("  - {id: c1, paths: ['app/**'], reason: r}\n"),
            "deny H1=deny H2=warn H3=allow");
  EXPECT_EQ(waived("  - {id: CVE-2026-1, paths: ['lib/**'], reason: r}\n"),
            "deny H3=deny H1=deny H2=warn");
  EXPECT_EQ(waived("  - {id: H3, package: 'pkg:npm/b', reason: r}\n"),
            "deny H3=deny H1=deny H2=warn");
}

TEST(Judge, TheWaiverFileOfABundleCountsUnlessOthersAreNamed) {
  Files files = own_bundle("packs: [house]\n");
  files["waivers.yaml"] = "ignore:\n  - {id: H1, reason: r}\n";
  EXPECT_EQ(summary_of(judged(files)), "deny H3=deny H2=warn H1=allow");
  files["policy.yaml"] += "waivers: [others.yaml]\n";
  files["others.yaml"] = "ignore:\n  - {id: H2, reason: r}\n";
  EXPECT_EQ(summary_of(judged(files)), "deny H3=deny H1=deny H2=allow");
}

TEST(Judge, LocalWaiversNeedThePolicysLeave) {
  for (bool allowed : {false, true}) {
    auto policy = PolicySet::load(own_bundle(std::string("packs: [house]\nlocal_waivers: ") +
                                             (allowed ? "true" : "false") + "\n"),
                                  {}, {});
    ASSERT_TRUE(policy) << policy.error().message();
    Subject subject;
    subject.document = kInput;
    Waiver waiver;
    waiver.id = "CVE-2026-1";
    subject.local_waivers = {waiver};
    auto got = judge(*policy, subject);
    EXPECT_EQ(summary_of(got),
              allowed ? "deny H1=deny H2=warn H3=allow" : "deny H3=deny H1=deny H2=warn");
  }
}

TEST(Judge, RulesThatCannotBeJudgedAreClosedOrOpenByTheFile) {
  struct Case {
    const char* rule;
    const char* what;
  };
  for (const Case& c : {
           Case{"deny contains \"text\" if true\n", "no id"},
           Case{"deny contains {\"id\": \"H9\", \"message\": \"m\"} if true\n", "unknown id"},
           Case{"deny := 3\n", "no set"},
           Case{"deny contains {\"id\": \"H1\", \"message\": x} if {\n\tsome i in "
                "numbers.range(1, 100000000)\n\tx := sprintf(\"%d\", [i])\n\tfalse\n}\n",
                "too slow or too large"},
       }) {
    for (const char* mode : {"deny", "warn"}) {
      Files files = own_bundle(std::string("packs: [house]\non_error: ") + mode + "\n");
      files["packs/house/house.rego"] = std::string("package bulkhead.house\n\n") + c.rule;
      auto got = judged(files);
      EXPECT_EQ(summary_of(got), std::string(mode) + " policy-error=" + mode) << c.what;
    }
  }
}

// What an error counts for is what the strictest rule of its pack could have counted for.
TEST(Judge, AnErrorWeighsWhatTheRulesOfThePackCould) {
  constexpr const char* kBrokenHouse = R"(package bulkhead.house

deny contains {"id": "H1", "message": "good"} if true

deny contains {"id": "H2", "message": "m"} if {
	x := {"a": v | some v in [1, 2]}
	x
}
)";
  constexpr const char* kWholeDocument = "rules: {H1: {mode: %}, H2: {mode: %}, H3: {mode: %}}";
  auto all = [&](const char* mode) { return replaced(kWholeDocument, "%", mode); };
  struct Case {
    std::string entry;
    const char* want;
  };
  for (const Case& c : {
           Case{"", "deny policy-error=deny"},
           Case{"mode: warn", "warn policy-error=warn"},
           Case{"mode: observe", "allow policy-error=allow"},
           Case{"mode: observe, rules: {H1: {mode: enforce}}", "deny policy-error=deny"},
           Case{"mode: observe, rules: {H1: {mode: warn}}", "warn policy-error=warn"},
           Case{"mode: warn, rules: {H1: {mode: enforce}}", "deny policy-error=deny"},
           Case{"modes: {build: observe}, rules: {H1: {mode: enforce}}", "deny policy-error=deny"},
           Case{"modes: {build: observe}", "allow policy-error=allow"},
           Case{all("observe"), "allow policy-error=allow"},
           Case{all("warn"), "warn policy-error=warn"},
       }) {
    Files files = own_bundle("packs: [{id: house, " + c.entry + "}]\n");
    files["packs/house/house.rego"] = kBrokenHouse;
    EXPECT_EQ(summary_of(judged(files)), c.want) << c.entry;
  }
  // A rule that can only warn denies nothing by failing.
  Files files = own_bundle("packs: [house]\n");
  files["packs/house/house.rego"] = replaced(kBrokenHouse, "deny", "warn");
  EXPECT_EQ(summary_of(judged(files)), "warn policy-error=warn");
}

TEST(Judge, ObservedReasonsPushOutNoDenial) {
  Files files = own_bundle("packs: [{id: flood, mode: observe}, house]\n");
  files["packs/flood/pack.yaml"] =
      "id: flood\npackage: bulkhead.flood\nrules: [{id: F1, title: t}]\n";
  files["packs/flood/flood.rego"] = R"(package bulkhead.flood

deny contains {"id": "F1", "message": sprintf("%d", [i])} if some i in numbers.range(1, 20005)
)";
  // A large document has more time: so many reasons take half a second, or more where it is busy.
  const std::string input =
      "{\"padding\":\"" + std::string(16 << 20, 'x') + "\"," + std::string(kInput).substr(1);
  auto got = judged(files, input);
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->decision, model::Decision::kDeny);
  std::map<std::string, size_t> count;
  for (const model::Reason& reason : got->reasons) {
    ++count[reason.pack + " " + reason.rule + " " +
            std::string(model::decision_name(reason.effect))];
  }
  std::map<std::string, size_t> want = {{"flood F1 allow", 20'000},
                                        {"flood policy-error allow", 1},
                                        {"house H1 deny", 1},
                                        {"house H2 warn", 1},
                                        {"house H3 deny", 1}};
  EXPECT_EQ(count, want);
  // What denies has room of its own within the pack, too, and says what it leaves out.
  files["policy.yaml"] = "version: 1\npacks: [flood, house]\n";
  auto strict = judged(files, input);
  ASSERT_TRUE(strict);
  count.clear();
  for (const model::Reason& reason : strict->reasons) ++count[reason.pack + " " + reason.rule];
  EXPECT_EQ(count["flood policy-error"], 1u);
  EXPECT_EQ(count["house H1"], 1u);
  auto full = std::ranges::find(strict->reasons, "policy-error", &model::Reason::rule);
  EXPECT_EQ(full->message,
            "bulkhead.flood: more than 20000 reasons that deny; the rest is left out");
  EXPECT_EQ(full->effect, model::Decision::kDeny);
}

TEST(PolicySet, TellsWhatIsWrong) {
  struct Case {
    Files files;
    const char* error;
  };
  Files broken = own_bundle("packs: [house]");
  broken["packs/house/house.rego"] = "package bulkhead.house\n\ndeny contains x if {\n";
  Files twice = own_bundle("packs: [house]");
  twice["packs/other/pack.yaml"] = kPack;
  for (const Case& c : {
           Case{own_bundle("packs: [nothing]"), "there is no pack \"nothing\""},
           Case{own_bundle("packs: [{id: house, rules: {H9: {mode: warn}}}]"), "has no rule H9"},
           Case{own_bundle("packs: [house]\nwaivers: [w.yaml]"), "w.yaml is not in the bundle"},
           Case{own_bundle("packs: [house]\nmappings: [none]"), "no mapping \"none\""},
           Case{own_bundle("packs: []"), "no pack in force"},
           Case{broken, "packs/house/house.rego:"},
           Case{twice, "stands already in"},
       }) {
    auto policy = PolicySet::load(c.files, {}, {});
    ASSERT_FALSE(policy) << c.error;
    EXPECT_NE(policy.error().message().find(c.error), std::string::npos)
        << policy.error().message();
  }
}

TEST(PolicySet, WithoutAPolicyFileEverythingIsInForce) {
  Files files = {{"a.rego",
                  "package bulkhead.anything\n\ndeny contains {\"id\": \"A\", \"message\": "
                  "\"m\"} if true\n"},
                 {"b.rego",
                  "package bulkhead.admission\n\ndeny contains {\"id\": \"B\", "
                  "\"message\": \"m\"} if true\n"}};
  EXPECT_EQ(summary_of(judged(files)), "deny A=deny");
  EXPECT_EQ(summary_of(judged(files, kInput, model::Stage::kAdmission)), "deny B=deny A=deny");
}

TEST(PolicySet, EveryShippedPackLoads) {
  std::string packs;
  for (const auto& [path, text] : shipped_policies()) {
    if (!path.ends_with("/pack.yaml")) continue;
    auto pack = parse_pack(path, text);
    ASSERT_TRUE(pack) << pack.error().message();
    packs += "  - " + pack->id + "\n";
  }
  Files files = {{"policy.yaml", "version: 1\npacks:\n" + packs}};
  auto policy = PolicySet::load(files, {}, {});
  ASSERT_TRUE(policy) << policy.error().message();
  Subject subject;
  subject.document = kInput;
  auto got = judge(*policy, subject);
  ASSERT_TRUE(got) << got.error().message();
  for (const model::Reason& reason : got->reasons)
    EXPECT_NE(reason.rule, "policy-error") << reason.message;
}

// An OpenVEX document of one statement; `more` are its members beside status and product.
std::string openvex(const char* author, const char* status, const std::string& product,
                    const char* more = "") {
  return std::string(R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://)") + author +
         R"(.example/1","author":")" + author +
         R"(","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{"vulnerability":)" +
         R"({"name":"CVE-2026-1"},"products":[{"@id":")" + product + R"("}],"status":")" + status +
         "\"" + more + "}]}";
}

constexpr const char* kNotReached = R"(,"justification":"vulnerable_code_not_in_execute_path")";

std::string vexed_input(const char* packages = R"([{"purl":"pkg:npm/a@1","type":"npm"}])") {
  std::string input = kInput;
  return input.insert(input.rfind("\"scan\""), std::string("\"packages\":") + packages + ",");
}

TEST(Judge, VexDocumentsOfTheBundleCloseFindings) {
  auto files_with = [](const std::string& one, const std::string& other, const char* trust) {
    Files files = own_bundle(std::string("packs: [house]\nvex: [one.json, other.json]\n") + trust);
    files["one.json"] = one;
    files["other.json"] = other;
    return files;
  };
  const std::string closes = openvex("one", "not_affected", "pkg:npm/a@1", kNotReached);
  const std::string elsewhere = openvex("other", "not_affected", "pkg:npm/b@1", kNotReached);
  const std::string against =
      openvex("other", "affected", "pkg:npm/a@1", R"(,"action_statement":"update")");
  const char* open = "deny H3=deny H1=deny H2=warn";
  const char* closed = "deny H1=deny H2=warn H3=allow";
  auto got = judged(files_with(closes, elsewhere, ""), vexed_input());
  EXPECT_EQ(summary_of(got), closed);
  const std::optional<model::UsedWaiver>& used = got->reasons.at(2).waiver;
  ASSERT_TRUE(used);
  EXPECT_EQ(used->owner, "one");
  EXPECT_EQ(used->where, "one.json: statements[0]");
  EXPECT_NE(used->reason.find("vulnerable_code_not_in_execute_path"), std::string::npos);
  EXPECT_EQ(summary_of(judged(files_with(elsewhere, elsewhere, ""), vexed_input())), open);
  auto torn = judged(files_with(closes, against, ""), vexed_input());
  EXPECT_EQ(summary_of(torn), std::string(open) + " vex-conflict=allow");
  EXPECT_EQ(torn->reasons.back().message,
            "statements about CVE-2026-1 disagree, so the finding stays: one says not_affected "
            "(one.json: statements[0]); other says affected (other.json: statements[0])");
  EXPECT_EQ(torn->reasons.back().subject, "pkg:npm/a@1");
  EXPECT_EQ(summary_of(judged(files_with(closes, against, "vex_trust: [one]\n"), vexed_input())),
            closed);
  EXPECT_EQ(summary_of(judged(files_with(closes, elsewhere, ""), vexed_input("[]"))), open);
  // Of two copies one belongs to a package of the distribution: what closes it there does not
  // close it elsewhere, whichever comes first.
  const std::string owned = openvex("one", "not_affected", "pkg:deb/debian/a", kNotReached);
  const char* owner = R"({"purl":"pkg:deb/debian/a@1","type":"deb"})";
  const char* copy = R"({"purl":"pkg:npm/a@1","type":"npm"})";
  const char* inside = R"({"purl":"pkg:npm/a@1","type":"npm","owner":"pkg:deb/debian/a@1"})";
  auto packages = [&](const char* first, const char* second) {
    return "[" + std::string(owner) + "," + first + "," + second + "]";
  };
  for (const std::string& both : {packages(inside, copy), packages(copy, inside)}) {
    EXPECT_EQ(summary_of(judged(files_with(owned, elsewhere, ""), vexed_input(both.c_str()))),
              open);
  }
  const std::string only = "[" + std::string(owner) + "," + inside + "]";
  EXPECT_EQ(summary_of(judged(files_with(owned, elsewhere, ""), vexed_input(only.c_str()))),
            closed);
}

TEST(Judge, AVexDocumentThatCannotBeReadIsAnError) {
  Files files = own_bundle("packs: [house]\nvex: [v.json]\n");
  auto missing = PolicySet::load(files, {}, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find("v.json is not in the bundle"), std::string::npos);
  files["v.json"] = openvex("one", "unheard_of", "pkg:npm/a@1");
  auto wrong = PolicySet::load(files, {}, {});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message().find("v.json"), std::string::npos) << wrong.error().message();
}

}  // namespace
}  // namespace bulkhead::decide
