// SPDX-License-Identifier: Apache-2.0
#include "report/policy_fixes.h"

#include <gtest/gtest.h>

#include <string>

namespace bulkhead::report {
namespace {

using model::Decision;

// Two binaries of the source package openssl and one package of npm.
class Verdict : public ::testing::Test {
 protected:
  Verdict() {
    add_package("deb", "libssl3", "1.1", "openssl");
    add_package("deb", "openssl", "1.1", "");
    add_package("npm", "left-shift", "1.0.0", "");
    report_.verdict.emplace();
  }

  void add_package(const char* type, const char* name, const char* version, const char* source) {
    model::Package package;
    package.type = type;
    package.name = name;
    package.version = version;
    package.source_name = source;
    report_.packages.push_back(package);
  }

  model::Finding& add_finding(size_t package, const std::string& id, const std::string& fixed) {
    model::Finding& made = report_.findings.emplace_back();
    made.id = id;
    made.class_id = id + "/" + std::to_string(package);
    made.package = package;
    if (!fixed.empty()) made.fix_versions = {fixed};
    return made;
  }

  model::Reason& deny(const std::string& rule, const model::Finding& finding,
                      Decision effect = Decision::kDeny) {
    model::Reason& made = report_.verdict->reasons.emplace_back();
    made.rule = rule;
    made.effect = made.level = effect;
    made.finding = finding.class_id;
    made.subject = report_.packages[finding.package].purl();
    made.message = rule + " says " + finding.id;
    made.fix = "as " + rule + " words it";
    return made;
  }

  // "deny openssl 1.1>1.3 7/0 VUL001:5 VUL016:2 | CVE-1 VUL001+VUL016, CVE-2 VUL001"
  std::string shown() {
    std::string out;
    for (const PolicyFix& fix : policy_fixes(report_)) {
      out += out.empty() ? "" : "\n";
      out += decision_name(fix.effect);
      out += fix.is_upgrade()
                 ? " " + fix.upgrade.name + " " + fix.upgrade.installed + ">" + fix.target
                 : " \"" + std::string(fix.remedy) + "\"";
      out += " " + std::to_string(fix.denials) + "/" + std::to_string(fix.warnings);
      for (const RuleCount& rule : fix.rules) {
        out += " " + std::string(rule.rule) + ":" + std::to_string(rule.faults);
      }
      for (const PolicyFault& fault : fix.faults) {
        out += " | " + (fault.finding != nullptr ? fault.finding->id : fault.reason->message);
        for (std::string_view rule : fault.rules) out += " " + std::string(rule);
      }
    }
    return out;
  }

  model::ScanReport report_;
};

TEST_F(Verdict, OneUpgradeIsOneFixWhateverRulesSay) {
  report_.findings.reserve(8);
  const auto& one = add_finding(0, "CVE-1", "1.2");
  const auto& same = add_finding(1, "CVE-1", "1.2");
  const auto& two = add_finding(1, "CVE-2", "1.3");
  deny("VUL001", one);
  deny("VUL001", two);
  deny("VUL016", one);
  deny("VUL001", same);
  deny("VUL006", two, Decision::kWarn);
  EXPECT_EQ(shown(),
            "deny openssl 1.1>1.3 3/1 VUL001:2 VUL016:1 VUL006:1"
            " | CVE-1 VUL001 VUL016 | CVE-2 VUL001 VUL006");
}

// The policy sees what ignore files take out of the report.
TEST_F(Verdict, IgnoredFindingsAreKnown) {
  model::Ignored ignored;
  ignored.finding = add_finding(2, "CVE-3", "2.0.0");
  report_.findings.clear();
  report_.ignored.push_back(ignored);
  deny("VUL001", ignored.finding);
  EXPECT_EQ(shown(), "deny left-shift 1.0.0>2.0.0 1/0 VUL001:1 | CVE-3 VUL001");
}

TEST_F(Verdict, WithoutAnUpgradeOneFindingIsOneFault) {
  report_.findings.reserve(8);
  const auto& open = add_finding(2, "CVE-4", "");
  deny("VUL001", open);
  deny("VUL007", open, Decision::kWarn);
  EXPECT_EQ(shown(), "deny \"as VUL001 words it\" 1/1 VUL001:1 VUL007:1 | CVE-4 VUL001 VUL007");
}

TEST_F(Verdict, HarmfulPackagesAreNotUpgraded) {
  auto& harmful = add_finding(2, "MAL-1", "2.0.0");
  harmful.kind = "malicious";
  deny("VUL010", harmful);
  EXPECT_EQ(shown(), "deny \"as VUL010 words it\" 1/0 VUL010:1 | MAL-1 VUL010");
}

TEST_F(Verdict, FindingsThatAreNotReportedAreGroupedByRemedy) {
  model::Finding unknown;
  unknown.class_id = "elsewhere";
  deny("VUL001", unknown).fix = "Do it";
  deny("VUL002", unknown).fix = "Do it";
  EXPECT_EQ(shown(), "deny \"Do it\" 2/0 VUL001:1 VUL002:1 | VUL001 says  VUL001 VUL002");
}

TEST_F(Verdict, RulesThatSayTheSameOfOnePlaceAreOneFault) {
  auto add = [&](const char* rule, const char* path, const char* fix) {
    model::Reason& made = report_.verdict->reasons.emplace_back();
    made.rule = rule;
    made.path = path;
    made.message = "root";
    made.fix = fix;
  };
  add("HYG001", "config.User", "USER 1");
  add("CIS1", "config.User", "USER 1");
  add("CIS1", "Dockerfile:3", "USER 1");
  add("X1", "", "");
  add("X2", "", "");
  EXPECT_EQ(shown(),
            "deny \"USER 1\" 3/0 CIS1:2 HYG001:1 | root HYG001 CIS1 | root CIS1\n"
            "deny \"\" 1/0 X1:1 | root X1\n"
            "deny \"\" 1/0 X2:1 | root X2");
}

TEST_F(Verdict, WaivedIsSaidOnceForEachFinding) {
  report_.findings.reserve(8);
  const auto& one = add_finding(2, "CVE-1", "2.0.0");
  for (const char* rule : {"VUL001", "VUL002", "VUL003"}) {
    model::Reason& reason = deny(rule, one, Decision::kAllow);
    reason.waiver.emplace().where = "w.yaml:1";
    reason.waiver->expired = std::string_view(rule) == "VUL003";
  }
  auto waived = waived_faults(*report_.verdict);
  ASSERT_EQ(waived.size(), 1U);
  EXPECT_EQ(waived[0].rules, (std::vector<std::string_view>{"VUL001", "VUL002"}));
  EXPECT_EQ(shown(), "");
}

}  // namespace
}  // namespace bulkhead::report
