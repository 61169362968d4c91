// SPDX-License-Identifier: Apache-2.0
// Bundles in which rules of other programs stand beside our own: loading, judging, checking.
#include "decide/foreign/packs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "decide/check/policy_check.h"
#include "decide/check/policy_tests.h"
#include "decide/foreign/pack_tests.h"
#include "decide/judge.h"
#include "posture/files.h"

namespace bulkhead::decide {
namespace {

constexpr const char* kConftest = R"(package main

deny[msg] {
	input[i].Cmd == "user"
	input[i].Value[0] == "root"
	msg := "runs as root"
}

warn_tags[msg] {
	input[i].Cmd == "from"
	endswith(input[i].Value[0], ":latest")
	msg := "a tag that moves"
}
)";

constexpr const char* kGatekeeper = R"(apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: k8srequiredlabels
  annotations: {description: Somebody must answer for it.}
spec:
  crd:
    spec:
      names: {kind: K8sRequiredLabels}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package k8srequiredlabels

      violation[{"msg": msg, "details": {"missing_labels": missing}}] {
        provided := {label | input.review.object.metadata.labels[label]}
        required := {label | label := input.parameters.labels[_]}
        missing := required - provided
        count(missing) > 0
        msg := sprintf("you must provide labels: %v", [missing])
      }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata: {name: owner}
spec:
  parameters: {labels: [owner]}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata: {name: tier}
spec:
  enforcementAction: dryrun
  parameters: {labels: [tier]}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata: {name: in-production}
spec:
  match: {namespaceSelector: {matchLabels: {env: production}}}
  parameters: {labels: [pager]}
)";

constexpr const char* kTrivy = R"(# METADATA
# title: ADD of an address
# description: Its content is not pinned.
# custom:
#   id: USR001
#   severity: HIGH
#   recommended_action: Use a checksum
#   input:
#     selector:
#     - type: dockerfile
package user.dockerfile.USR001

import rego.v1

deny contains res if {
	some stage in input.Stages
	some command in stage.Commands
	command.Cmd == "add"
	startswith(command.Value[0], "https:")
	res := result.new(sprintf("ADD %s", [command.Value[0]]), command)
}
)";

constexpr const char* kHouse = R"(package bulkhead.house

deny contains {"id": "H1", "message": file.path, "path": file.path} if {
	some file in input.files
	file.kind == "dockerfile"
}
)";

const Files kTree = {
    {"app/Dockerfile", "FROM debian:latest\nADD https://example.org/x /x\nUSER root\n"},
    {"k8s/web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"}};

Files bundle(std::string policy) {
  return {
      {"packs/containers/pack.yaml", "id: containers\nadaptor: conftest\ntitle: Of the team\n"},
      {"packs/containers/policy/base.rego", kConftest},
      {"packs/containers/policy/base_test.rego", "package main\n\ntest_x { parse_config(1, 2) }\n"},
      {"packs/containers/data.yaml", "ports: [22]\n"},
      {"packs/labels/pack.yaml", "id: labels\nadaptor: gatekeeper\nstages: [build, admission]\n"},
      {"packs/labels/all.yaml", kGatekeeper},
      {"packs/checks/pack.yaml", "id: checks\nadaptor: trivy\n"},
      {"packs/checks/add.rego", kTrivy},
      {"packs/house/pack.yaml",
       "id: house\npackage: bulkhead.house\nrules:\n  - {id: H1, title: Ours, severity: low}\n"},
      {"packs/house/house.rego", kHouse},
      {"policy.yaml", "version: 1\nname: mixed\n" + std::move(policy)}};
}

constexpr const char* kAll = "packs: [containers, labels, checks, house]\n";

std::string document_of(const Files& tree) {
  posture::FileCollector collector(posture::FileKinds::all());
  base::Diagnostics diagnostics;
  for (const auto& [path, text] : tree) collector.add(path, text, diagnostics);
  base::json::Writer json(0);
  json.begin_object().member("stage", "build").key("files").begin_array();
  for (const posture::PolicyFile& file : collector.finish(diagnostics)) {
    json.begin_object().member("path", file.path);
    json.member("kind", posture::file_kind_name(file.kind)).member("line", file.line);
    json.key("document").raw(file.document);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

base::Result<PolicySet> load(const Files& files) {
  LoadOptions options;
  options.tests = true;
  model::PolicyIdentity identity;
  identity.source = "./policy";
  return PolicySet::load(files, identity, options);
}

base::Result<model::Verdict> verdict(const Files& files, std::string document,
                                     model::Stage stage = model::Stage::kBuild) {
  auto policy = load(files);
  if (!policy) return policy.error();
  Subject subject;
  subject.stage = stage;
  subject.at = 1767657600;
  subject.name = "tree";
  subject.document = std::move(document);
  return judge(*policy, subject);
}

std::string summary(const base::Result<model::Verdict>& verdict) {
  if (!verdict) return "error: " + verdict.error().message();
  std::string out(model::decision_name(verdict->decision));
  for (const model::Reason& reason : verdict->reasons) {
    out += " " + reason.pack + "/" + reason.rule + "=" +
           std::string(model::decision_name(reason.effect));
  }
  for (const model::InactiveRule& rule : verdict->inactive) {
    out += " -" + rule.pack + "/" + rule.rule;
  }
  return out;
}

const model::Reason& reason_of(const model::Verdict& verdict, std::string_view rule) {
  auto found = std::find_if(verdict.reasons.begin(), verdict.reasons.end(),
                            [&](const model::Reason& reason) { return reason.rule == rule; });
  EXPECT_NE(found, verdict.reasons.end()) << rule;
  return *found;
}

bool tells(const std::vector<Remark>& remarks, std::string_view path, uint32_t line,
           std::string_view code) {
  return std::any_of(remarks.begin(), remarks.end(), [&](const Remark& remark) {
    return remark.path == path && remark.line == line && remark.code == code &&
           remark.kind == Remark::Kind::kWarning;
  });
}

TEST(ForeignPacks, StandBesideOurOwn) {
  auto got = verdict(bundle(kAll), document_of(kTree));
  EXPECT_EQ(summary(got),
            "deny checks/USR001=deny containers/main.deny=deny labels/K8sRequiredLabels/owner=deny "
            "house/H1=deny containers/main.warn_tags=warn labels/K8sRequiredLabels/tier=allow "
            "-labels/K8sRequiredLabels/in-production");
  ASSERT_TRUE(got);
  const model::Reason& add = reason_of(*got, "USR001");
  EXPECT_EQ(add.title, "ADD of an address");
  EXPECT_EQ(add.message, "ADD https://example.org/x");
  EXPECT_EQ(add.path, "app/Dockerfile:2");
  EXPECT_EQ(add.fix, "Use a checksum");
  EXPECT_EQ(add.severity, model::Severity::kHigh);
  const model::Reason& labels = reason_of(*got, "K8sRequiredLabels/owner");
  EXPECT_EQ(labels.subject, "Pod shop/web");
  EXPECT_EQ(labels.path, "k8s/web.yaml:1");
  EXPECT_EQ(labels.why, "Somebody must answer for it.");
  EXPECT_EQ(labels.details, R"({"missing_labels":["owner"]})");
  EXPECT_EQ(reason_of(*got, "K8sRequiredLabels/tier").mode, model::PolicyMode::kObserve);
  EXPECT_NE(got->inactive.at(0).why.find("namespace shop"), std::string::npos);
}

TEST(ForeignPacks, PassWhatIsInOrder) {
  auto got = verdict(bundle("packs: [containers, labels, checks]\n"),
                     document_of({{"app/Dockerfile", "FROM debian:12\nUSER 1000\n"},
                                  {"web.json", R"({"apiVersion":"v1","kind":"Namespace","metadata":
                                    {"name":"a","labels":{"owner":"x","tier":"y"}}})"}}));
  EXPECT_EQ(summary(got), "allow");
}

TEST(ForeignPacks, ObeyWhatPolicyYamlSays) {
  struct Case {
    const char* policy;
    const char* want;
  };
  for (const Case& c : {
           Case{"packs: [{id: containers, mode: warn}]",
                "warn containers/main.deny=warn containers/main.warn_tags=warn"},
           Case{"packs: [{id: containers, rules: {main.deny: {mode: observe, severity: low}}}]",
                "warn containers/main.warn_tags=warn containers/main.deny=allow"},
           Case{"packs: [{id: labels, rules: {K8sRequiredLabels/tier: {mode: enforce}}}]",
                "deny labels/K8sRequiredLabels/owner=deny labels/K8sRequiredLabels/tier=deny "
                "-labels/K8sRequiredLabels/in-production"},
           Case{"packs: [{id: checks, scope: {repositories: ['a/*']}}]",
                "allow policy/nothing-judged=allow -checks/"},
           Case{"packs: [{id: checks, mode: warn, modes: {build: enforce}}]",
                "deny checks/USR001=deny"},
           Case{"packs: [{id: containers, parameters: {a: 1}}]",
                "error: policy.yaml:3: content of conftest takes no parameters; the pack "
                "containers is read as it is"},
           Case{"packs: [{id: containers, rules: {main.nothing: {mode: warn}}}]",
                "error: policy.yaml:3: the pack containers has no rule main.nothing"},
       }) {
    EXPECT_EQ(summary(verdict(bundle(c.policy), document_of(kTree))), c.want) << c.policy;
  }
  EXPECT_EQ(
      summary(verdict(bundle("packs: [labels]"), document_of(kTree), model::Stage::kRegistry)),
      "allow policy/nothing-judged=allow");
}

TEST(ForeignPacks, AreWaivedAndMappedByRule) {
  Files files = bundle("packs: [containers, checks]\nwaivers: [w.yaml]\nmappings: [own]\n");
  files["w.yaml"] =
      "ignore:\n  - {id: USR001, paths: [app/Dockerfile], reason: pinned elsewhere}\n"
      "  - {id: main.deny, paths: [other/*], reason: not here}\n";
  files["mappings/own.yaml"] =
      "id: own\ncontrols:\n  - {id: '4.1', covered: full, rules: [main.deny]}\n";
  auto got = verdict(files, document_of(kTree));
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(reason_of(*got, "USR001").effect, model::Decision::kAllow);
  EXPECT_EQ(reason_of(*got, "USR001").waiver->reason, "pinned elsewhere");
  EXPECT_EQ(reason_of(*got, "main.deny").effect, model::Decision::kDeny);
  EXPECT_EQ(reason_of(*got, "main.deny").controls, std::vector<std::string>{"own 4.1"});
}

TEST(ForeignPacks, WithoutFilesOrObjectsAreNotAsked) {
  auto got = verdict(bundle(kAll), R"({"stage":"build"})");
  EXPECT_EQ(summary(got), "allow -containers/ -labels/ -checks/");
  got = verdict(bundle("packs: [labels]"),
                R"({"object":{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}})",
                model::Stage::kAdmission);
  EXPECT_EQ(summary(got),
            "deny labels/K8sRequiredLabels/in-production=deny labels/K8sRequiredLabels/owner=deny "
            "labels/K8sRequiredLabels/tier=allow");
}

TEST(ForeignPacks, FailuresAreReasons) {
  Files files = bundle("packs: [containers]\n");
  files["packs/containers/policy/base.rego"] =
      "package main\n\ndeny[msg] {\n  input[_].Cmd == \"user\"\n  msg := 5\n}\n";
  auto got = verdict(files, document_of(kTree));
  EXPECT_EQ(summary(got), "deny containers/policy-error=deny");
  ASSERT_TRUE(got);
  EXPECT_NE(got->reasons.at(0).message.find("main.deny, asked about app/Dockerfile"),
            std::string::npos)
      << got->reasons.at(0).message;
  files["policy.yaml"] += "on_error: warn\n";
  EXPECT_EQ(summary(verdict(files, document_of(kTree))), "warn containers/policy-error=warn");
}

TEST(ForeignPacks, WhatIsRefusedIsTold) {
  Files files = bundle(kAll);
  files["packs/containers/policy/net.rego"] =
      "package main\n\ndeny[msg] {\n  msg := http.send({}).body\n}\n";
  auto policy = load(files);
  ASSERT_TRUE(policy) << policy.error().message();
  auto remarks = check_policy(*policy, files, policy_input_schema());
  ASSERT_TRUE(remarks);
  EXPECT_TRUE(tells(*remarks, "packs/containers/policy/net.rego", 4, "not-in-force"));
  for (const Remark& remark : *remarks) {
    EXPECT_EQ(remark.kind, Remark::Kind::kWarning) << remark.path << " " << remark.message;
  }
  auto got = verdict(files, document_of(kTree));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->decision, model::Decision::kDeny);
  EXPECT_EQ(got->inactive.at(0).pack, "containers");
  EXPECT_EQ(got->inactive.at(0).why,
            "packs/containers/policy/net.rego:4: http.send: rules may not reach the network");
  EXPECT_TRUE(got->inactive.at(0).refused);
  files.erase("packs/containers/policy/base.rego");
  EXPECT_EQ(summary(verdict(files, document_of(kTree))),
            "error: pack containers (conftest): no rules are left: policy/net.rego: rules may not "
            "reach the network");
}

// Content that is right and asks for what is not there here.
constexpr const char* kNet = "package main\n\ndeny_net[msg] {\n  msg := http.send({}).body\n}\n";
constexpr const char* kWarnNet =
    "package main\n\nwarn_net[msg] {\n  msg := parse_config(1, 2)\n}\n";

TEST(ForeignPacks, LostRulesCountByOnError) {
  const std::string clean = document_of({{"app/Dockerfile", "FROM debian:12\nUSER 1000\n"}});
  auto with = [](const char* policy, const char* module) {
    Files files = bundle(policy);
    files["packs/containers/policy/net.rego"] = module;
    return files;
  };
  struct Case {
    const char* policy;
    const char* module;
    const char* want;
  };
  for (const Case& c : {
           Case{"packs: [containers]", kNet, "deny containers/policy-error=deny -containers/"},
           Case{"packs: [containers]\non_error: warn", kNet,
                "warn containers/policy-error=warn -containers/"},
           // It counts for no more than it would have.
           Case{"packs: [containers]", kWarnNet, "warn containers/policy-error=warn -containers/"},
           Case{"packs: [{id: containers, mode: warn}]", kNet,
                "warn containers/policy-error=warn -containers/"},
           Case{"packs: [{id: containers, mode: observe}]", kNet,
                "allow containers/policy-error=allow -containers/"},
           Case{"packs: [{id: containers, rules: {main.deny_net: {mode: observe}}}]", kNet,
                "allow containers/policy-error=allow -containers/"},
           Case{"packs: [{id: containers, modes: {build: observe}}]", kNet,
                "allow containers/policy-error=allow -containers/"},
           // What only others use loses nothing by itself, nor does another package.
           Case{"packs: [containers]", "package lib\n\nx { http.send({}) }\n",
                "allow -containers/"},
           Case{"packs: [containers]", "package docker\n\ndeny[msg] { msg := http.send({}).a }\n",
                "allow -containers/"},
           Case{"packs: [containers]", "package main\n\n  deny_a[msg] { msg := nowhere(1) }\n",
                "deny containers/policy-error=deny -containers/"},
       }) {
    EXPECT_EQ(summary(verdict(with(c.policy, c.module), clean)), c.want) << c.policy << c.module;
  }
  auto got = verdict(with("packs: [containers]", kNet), clean);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reasons.at(0).message,
            "main.deny_net is not in force: packs/containers/policy/net.rego:4: http.send: rules "
            "may not reach the network");
  // Where the others would not be asked, either, nothing is lost.
  EXPECT_EQ(summary(verdict(with("packs: [containers]", kNet), R"({"stage":"build"})")),
            "allow policy/nothing-judged=allow -containers/ -containers/");
  EXPECT_EQ(summary(verdict(with("packs: [containers]", kNet), R"({"files":[]})")),
            "allow policy/nothing-judged=allow -containers/ -containers/");
}

TEST(ForeignPacks, LostConstraintsCountForWhatTheyMatch) {
  auto with = [](const char* constraint) {
    Files files = bundle("packs: [labels]\n");
    files["packs/labels/external.yaml"] =
        "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: x}\n"
        "spec:\n  crd: {spec: {names: {kind: K8sExternal}}}\n  targets:\n"
        "  - target: admission.k8s.gatekeeper.sh\n    rego: |\n      package x\n\n"
        "      violation[{\"msg\": msg}] { msg := external_data({}).a }\n---\n"
        "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: y}\n"
        "spec:\n  crd: {spec: {names: {kind: K8sCel}}}\n  targets:\n"
        "  - target: admission.k8s.gatekeeper.sh\n    code: [{engine: K8sNativeValidation}]\n---\n"
        "apiVersion: constraints.gatekeeper.sh/v1beta1\n" +
        std::string(constraint);
    return files;
  };
  const std::string labelled =
      R"({"object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":
         {"owner":"a","tier":"b","pager":"c"}}}})";
  struct Case {
    const char* constraint;
    const char* want;
  };
  for (const Case& c : {
           Case{"kind: K8sExternal\nmetadata: {name: a}\n", "deny labels/policy-error=deny"},
           Case{"kind: K8sCel\nmetadata: {name: a}\n", "deny labels/policy-error=deny"},
           Case{"kind: K8sCel\nmetadata: {name: a}\nspec: {enforcementAction: warn}\n",
                "warn labels/policy-error=warn"},
           Case{"kind: K8sCel\nmetadata: {name: a}\nspec: {enforcementAction: dryrun}\n", "allow"},
           Case{"kind: K8sExternal\nmetadata: {name: a}\n"
                "spec: {match: {kinds: [{apiGroups: [''], kinds: [Service]}]}}\n",
                "allow"},
           Case{"kind: K8sExternal\nmetadata: {name: a}\nspec: {enforcementAction: scoped, "
                "scopedEnforcementActions: [{action: deny, enforcementPoints: "
                "[{name: audit.gatekeeper.sh}]}]}\n",
                "allow"},
       }) {
    auto got = verdict(with(c.constraint), labelled, model::Stage::kAdmission);
    std::string text = summary(got);
    EXPECT_EQ(text.substr(0, text.find(" -")), c.want) << c.constraint;
  }
  auto got =
      verdict(with("kind: K8sCel\nmetadata: {name: a}\n"), labelled, model::Stage::kAdmission);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reasons.at(0).subject, "Pod a");
  EXPECT_EQ(got->reasons.at(0).message,
            "K8sCel/a is not in force: packs/labels/external.yaml:22: constraint K8sCel/a: its "
            "template is not in force: engine K8sNativeValidation: only templates in Rego are "
            "judged");
}

TEST(ForeignPacks, LostChecksCountForTheirInput) {
  Files files = bundle("packs: [checks]\n");
  files["packs/checks/secret.rego"] =
      "# METADATA\n# custom:\n#   id: USR002\n#   input:\n#     selector:\n"
      "#     - type: kubernetes\n#       subtypes: [{kind: pod}]\npackage user.USR002\n\n"
      "import rego.v1\n\ndeny contains \"x\" if squealer.scan_string(input.a)\n";
  EXPECT_EQ(summary(verdict(files, document_of({{"Dockerfile", "FROM debian:12\n"}}))),
            "allow -checks/");
  auto got = verdict(files, document_of(kTree));
  EXPECT_EQ(summary(got), "deny checks/USR001=deny checks/policy-error=deny -checks/");
  ASSERT_TRUE(got);
  EXPECT_EQ(reason_of(*got, "policy-error").subject, "Pod shop/web");
}

// What is broken, and how it is told.
TEST(ForeignPacks, BrokenContentIsNotTaken) {
  const std::string gatekeeper = kGatekeeper;
  const std::string cut = gatekeeper.substr(0, gatekeeper.find("count(missing)"));
  struct Case {
    const char* path;
    std::string text;
    const char* want;
  };
  for (const Case& c : {
           Case{"packs/containers/policy/base.rego", std::string(kConftest).substr(0, 80),
                "pack containers (conftest): the content is broken, so none of it is taken; mend "
                "it, or take these files out of the pack's folder:\n"
                "  packs/containers/policy/base.rego:"},
           Case{"packs/containers/policy/base.rego", "",
                "\n  packs/containers/policy/base.rego:1:1: a module begins with its package"},
           // Broken counts before what is not supported.
           Case{"packs/containers/policy/more.rego",
                "package main\n\ndeny[msg] {\n  msg := http.send({}).body\n",
                "\n  packs/containers/policy/more.rego:"},
           Case{"packs/containers/policy/more.rego", "package main\n\nwarn[msg] { msg := x }\n",
                "\n  packs/containers/policy/more.rego:3:20: var x is unsafe"},
           Case{"packs/containers/policy/more.rego", "package main\n\ndeny = 1\n",
                "conflicting rules data.main.deny found"},
           Case{"packs/containers/data.yaml", "ports: [22\n",
                "\n  packs/containers/data.yaml: not valid YAML: line 2, column 1: "},
           Case{"packs/containers/data.json", "{\"a\": [1,\n",
                "\n  packs/containers/data.json: line 2, column 1: the document ends too early"},
           Case{"packs/checks/add.rego",
                "# METADATA\n# title: \"x\npackage user.a\n\ndeny[m] { m := 1 }\n",
                "\n  packs/checks/add.rego:1:1: METADATA: not valid YAML"},
           Case{"packs/checks/more.rego",
                "# METADATA\n# custom: {id: USR003}\npackage user.a\n\nimport rego.v1\n",
                "\n  packs/checks/more.rego:3: check USR003: describes a check and has no rule "
                "named "
                "deny"},
           Case{"packs/labels/all.yaml", cut, "\n  packs/labels/all.yaml:"},
           Case{"packs/labels/more.yaml", "apiVersion: templates.gatekeeper.sh/v1\nkind: [\n",
                "\n  packs/labels/more.yaml: not valid YAML: line 3, column 1: "},
           Case{"packs/labels/more.yaml",
                "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sRequiredLabels\n"
                "metadata: {name: owner}\n",
                "\n  packs/labels/more.yaml:1: constraint K8sRequiredLabels/owner: stands twice: "
                "first in all.yaml:23"},
           Case{
               "packs/labels/more.yaml",
               "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sGone\n"
               "metadata: {name: a}\n",
               "\n  packs/labels/more.yaml:1: constraint K8sGone/a: there is no ConstraintTemplate "
               "of the kind K8sGone beside it"},
           Case{"packs/labels/more.yaml", gatekeeper.substr(0, gatekeeper.find("---")),
                "\n  packs/labels/more.yaml:1: ConstraintTemplate K8sRequiredLabels: stands twice"},
       }) {
    Files files = bundle(kAll);
    files[c.path] = c.text;
    auto policy = load(files);
    ASSERT_FALSE(policy) << c.path << "\n" << c.text;
    EXPECT_EQ(policy.error().code(), base::Code::kInvalid);
    EXPECT_NE(policy.error().message().find(c.want), std::string::npos) << policy.error().message();
  }
  // Columns are those of the file, in which the text of a template is indented.
  Files files = bundle(kAll);
  std::string& all = files["packs/labels/all.yaml"];
  all.replace(all.find("count(missing) > 0"), 18, "count(missing > 0)");
  all.replace(all.find("[missing])"), 10, "[missing)]");
  auto policy = load(files);
  ASSERT_FALSE(policy);
  EXPECT_NE(policy.error().message().find("\n  packs/labels/all.yaml:20:"), std::string::npos)
      << policy.error().message();
  // A file that does not speak of Gatekeeper is none of its content.
  files = bundle(kAll);
  files["packs/labels/chart.yaml"] = "a: {{ .Values.b }}\nb: [\n";
  EXPECT_TRUE(load(files));
}

TEST(ForeignPacks, BrokenContentThatNobodyDescribedIsNotTaken) {
  const std::string trivy = kTrivy;
  const Files folders[] = {
      {{"a.rego", kConftest}, {"b.rego", "package main\n\ndeny[msg] {\n"}},
      {{"a.yaml", kGatekeeper},
       {"b.yaml",
        "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sGone\n"
        "metadata: {name: a}\n"}},
      {{"a.rego", trivy}, {"b.rego", trivy.substr(0, trivy.find("res := "))}},
  };
  for (const Files& files : folders) {
    auto policy = load(files);
    ASSERT_FALSE(policy);
    EXPECT_NE(policy.error().message().find("the content is broken"), std::string::npos)
        << policy.error().message();
    EXPECT_NE(policy.error().message().find("\n  b."), std::string::npos)
        << policy.error().message();
  }
}

TEST(ForeignPacks, SignaturesComeBeforeContent) {
  Files files = bundle(kAll);
  files[".signatures.json"] = R"({"signatures": ["e30.e30.AA"]})";
  files["policy.yaml"] = "version: [";
  files["packs/house/pack.yaml"] = "{";
  files["packs/containers/policy/base.rego"] = "package main\n\ndeny[";
  LoadOptions options;
  options.keys.push_back({"", "HS256", "a secret", ""});
  auto policy = PolicySet::load(files, {}, options);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code(), base::Code::kDenied) << policy.error().message();
  files.erase(".signatures.json");
  policy = PolicySet::load(files, {}, options);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message(),
            "the bundle is not signed (no .signatures.json), but keys are given");
}

// "passed main.test_a packs/containers/policy/base_test.rego:3", one a line, then the reason.
std::string tests_of(const Files& files, const TestOptions& options = {}) {
  auto policy = load(files);
  if (!policy) return policy.error().message();
  auto results = run_foreign_packs_tests(*policy, files, options);
  if (!results) return results.error().message();
  constexpr const char* kOutcomes[] = {"passed", "failed", "error", "skipped"};
  std::string out;
  for (const TestResult& result : *results) {
    out += std::string(kOutcomes[static_cast<size_t>(result.outcome)]) + " " + result.name + " " +
           result.path + ":" + std::to_string(result.line);
    out += (result.message.empty() ? "" : " " + result.message) + "\n";
  }
  return out;
}

TEST(ForeignPacks, TestsAreRun) {
  Files files = bundle(kAll);
  files["packs/containers/policy/base_test.rego"] =
      "package main\n\n"
      "test_latest { warn_tags[_] with input as [{\"Cmd\": \"from\", \"Value\": [\"a:latest\"]}] "
      "}\n"
      "test_nothing { count(deny) == 0 with input as [] }\n"
      "test_port { data.ports[_] == 22 }\n"
      "test_wrong { count(deny) == 1 with input as [] }\n"
      "todo_test_later { true }\n";
  // A file that cannot be loaded does not take others along.
  files["packs/containers/policy/files_test.rego"] =
      "package main\n\ntest_a { parse_config(\"yaml\", \"a\") }\n\ntest_b { true }\n";
  files["packs/containers/policy/torn_test.rego"] = "package main\n\ntest_c { deny[\n";
  std::string all = tests_of(files);
  const std::string kBase = "packs/containers/policy/base_test.rego:";
  EXPECT_NE(all.find("passed main.test_latest " + kBase + "3\n"), std::string::npos) << all;
  EXPECT_NE(all.find("passed main.test_nothing " + kBase + "4\n"), std::string::npos) << all;
  EXPECT_NE(all.find("passed main.test_port " + kBase + "5\n"), std::string::npos) << all;
  EXPECT_NE(all.find("failed main.test_wrong " + kBase + "6\n"), std::string::npos) << all;
  EXPECT_NE(all.find("skipped main.todo_test_later " + kBase + "7\n"), std::string::npos) << all;
  for (const char* name : {"test_a", "test_b"}) {
    EXPECT_NE(
        all.find("skipped main." + std::string(name) + " packs/containers/policy/files_test.rego:"),
        std::string::npos)
        << all;
  }
  EXPECT_NE(all.find("not run: parse_config: reads files while rules run"), std::string::npos);
  EXPECT_NE(all.find("skipped main.test_c packs/containers/policy/torn_test.rego:3 not run: does "
                     "not compile: "),
            std::string::npos)
      << all;
  TestOptions only;
  only.only = "nothing";
  EXPECT_EQ(tests_of(files, only), "passed main.test_nothing " + kBase + "4\n");
}

// A test of what is not in force says nothing, and must not seem to.
TEST(ForeignPacks, TestsOfRefusedContentAreNotRun) {
  Files files = bundle(kAll);
  files.erase("packs/containers/policy/base_test.rego");
  files["packs/containers/policy/net.rego"] =
      "package net\n\ndeny[msg] {\n  msg := http.send({}).body\n}\n";
  files["packs/containers/policy/net_test.rego"] =
      "package net\n\ntest_none { count(deny) == 0 }\n";
  EXPECT_EQ(tests_of(files),
            "skipped net.test_none packs/containers/policy/net_test.rego:3 not run: what it tests "
            "is not in force: policy/net.rego:4: http.send: rules may not reach the network\n");
}

TEST(ForeignPacks, EveryByteCounts) {
  auto digest = [](const Files& files) { return load(files)->identity().digest; };
  Files files = bundle(kAll);
  std::string before = digest(files);
  files["packs/containers/data.yaml"] = "ports: [23]\n";
  EXPECT_NE(digest(files), before);
}

TEST(ForeignPacks, MayBeAllThatThereIs) {
  auto got = verdict({{"policy/base.rego", kConftest}}, document_of(kTree));
  EXPECT_EQ(summary(got), "deny conftest/main.deny=deny conftest/main.warn_tags=warn");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->policy.name, "content of conftest in ./policy");
  // No file to ask about is nothing judged.
  EXPECT_EQ(summary(verdict({{"x.yaml", kGatekeeper}}, R"({"files":[]})")),
            "allow policy/nothing-judged=allow -gatekeeper/");
  EXPECT_EQ(summary(verdict({{"x.rego", kTrivy}}, document_of(kTree))), "deny trivy/USR001=deny");
  // A pack.yaml beside the content gives options; what is called so below is content.
  got = verdict(
      {{"pack.yaml", "id: team\nadaptor: conftest\noptions: {namespaces: [docker]}\n"},
       {"a/pack.yaml", "not: a pack\n"},
       {"a/a.rego", "package docker\n\ndeny[msg] { input[_].Cmd == \"add\"; msg := \"m\" }\n"},
       {"a/b.rego", kConftest}},
      document_of(kTree));
  EXPECT_EQ(summary(got), "deny team/docker.deny=deny");
}

TEST(ForeignPacks, WhatIsWrongIsSaid) {
  struct Case {
    Files files;
    const char* want;
  };
  for (
      const Case& c : {
          Case{{{"pack.yaml", "id: a\nadaptor: nobody\n"}},
               "pack.yaml:2: pack: there is no adaptor \"nobody\"; there are conftest, gatekeeper, "
               "trivy"},
          Case{
              {{"pack.yaml", "id: a\nadaptor: trivy\nparameters: {a: 1}\n"}},
              "pack.yaml:3: pack: \"parameters\" is for rules of our own; content of trivy says it "
              "itself"},
          Case{{{"pack.yaml", "id: a\noptions: {combine: true}\npackage: bulkhead.a\nrules: []\n"}},
               "pack.yaml:2: pack: \"options\" are those of an adaptor"},
          Case{{{"pack.yaml", "id: a\nadaptor: trivy\noptions: {color: red}\n"}},
               "pack.yaml:3: options has no member \"color\""},
          Case{{{"pack.yaml", "id: a\nadaptor: conftest\n"}}, "pack a (conftest): no rules"},
          Case{{{"pack.yaml", "id: a\nadaptor: gatekeeper\n"}, {"x.yaml", "a: 1\n"}}, "no rule"},
          Case{{{"pack.yaml", "id: a\nadaptor: conftest\n"}, {"policy.yaml", "version: 1\n"}},
               "needs a folder of its own"},
          Case{{{"a.rego", kConftest}, {"b.rego", kTrivy}}, "content of conftest or of trivy"},
          Case{{{"a.rego", "package other\n"}}, "no pack in force"},
      }) {
    auto policy = load(c.files);
    ASSERT_FALSE(policy) << c.want;
    EXPECT_NE(policy.error().message().find(c.want), std::string::npos) << policy.error().message();
  }
}

}  // namespace
}  // namespace bulkhead::decide
