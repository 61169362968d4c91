// SPDX-License-Identifier: Apache-2.0
// Every format against its golden file in testdata/: BULKHEAD_REWRITE_GOLDEN=1 rewrites them, and a
// person reads the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "base/json_schema.h"
#include "model/nothing_judged.h"
#include "model/purl.h"
#include "report/actions.h"
#include "report/format.h"
#include "report/template.h"
#include "report/vex_statements.h"
#include "sbom/vex.h"
#include "tests/support/sample_report.h"

namespace bulkhead::report {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string rendered(std::string_view format, const model::ScanReport& report,
                     const Style& style = {}) {
  const Format* found = find_format(format);
  EXPECT_NE(found, nullptr) << format;
  std::string text;
  auto status = found->write(report, style, [&](std::string_view piece) {
    text += piece;
    return base::Status();
  });
  EXPECT_TRUE(status) << (status ? "" : status.error().message());
  return text;
}

void expect_golden(const std::string& name, const std::string& text) {
  std::string path = std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + name;
  if (std::getenv("BULKHEAD_REWRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text, read_file(path)) << name << ": set BULKHEAD_REWRITE_GOLDEN=1 to rewrite it";
}

TEST(Report, EveryFormatHasASummaryAndAGoldenFile) {
  for (const Format* format : all_formats()) {
    EXPECT_FALSE(format->summary.empty()) << format->name;
    EXPECT_EQ(find_format(format->name), format);
    Style style;
    style.template_text = read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/sample.template");
    expect_golden("sample." + std::string(format->name),
                  rendered(format->name, testing::sample_report(), style));
  }
  EXPECT_EQ(find_format("template"), find_format("templated"));
  EXPECT_EQ(find_format("nothing"), nullptr);
}

TEST(Report, FilesOfPackagesOnRequestOnly) {
  model::ScanReport report = testing::sample_report();
  report.packages[0].files = {"/usr/lib/b.so", "usr/bin/a"};
  Style style;
  for (const Format* format : all_formats()) {
    style.template_text = "{{#each packages}}{{files}} {{/each}}";
    style.files = false;
    std::string without = rendered(format->name, report, style);
    EXPECT_EQ(without.find("usr/lib/b.so"), std::string::npos) << format->name;
    style.files = true;
    std::string with = rendered(format->name, report, style);
    EXPECT_EQ(with.find("usr/lib/b.so") != std::string::npos, format->lists_files) << format->name;
  }
}

// Two dozen system packages with fixes and two dozen without.
void many_findings(model::ScanReport& report) {
  const model::Package zlib = report.packages[2];
  const model::Finding fixed = report.findings[1];
  const model::Finding open = report.findings[5];
  for (size_t i = 0; i < 24; ++i) {
    model::Package& package = report.packages.emplace_back(zlib);
    package.name = "lib" + std::to_string(i);
    package.source_name = package.source_version = "";
    bool has_fix = i % 2 == 0;
    for (size_t number = 0; number <= i; ++number) {
      model::Finding& finding = report.findings.emplace_back(has_fix ? fixed : open);
      finding.package = report.packages.size() - 1;
      finding.id = "CVE-2026-1" + std::to_string(i) + std::to_string(number);
      if (has_fix) finding.fix_versions = {"1:1.2.13.dfsg-1+b" + std::to_string(number + 2)};
    }
    report.diagnostics.skipped("bad-file", "srv/" + std::to_string(i), "it was skipped");
  }
}

TEST(Report, Tables) {
  model::ScanReport report = testing::sample_report();
  Style style;
  style.sort = "severity";
  expect_golden("severity.table", rendered("table", report, style));
  style = {};
  style.colour = true;
  style.width = 60;
  expect_golden("narrow-colour.table", rendered("table", report, style));
  report.vulnerabilities_scanned = false;
  report.findings.clear();
  expect_golden("not-scanned.table", rendered("table", report));
  report = testing::sample_report();
  report.artifact.distro.end_of_life = "2025-01-31";
  report.artifact.distro.end_of_extended_life = "";
  many_findings(report);
  expect_golden("many.table", rendered("table", report));
  report = testing::sample_report();
  report.artifact.distro.end_of_life = "2025-01-31";
  report.findings.clear();
  report.not_judged.clear();
  report.database_kind = "starter";
  report.artifact.distro.end_of_life = "2030-01-01";
  expect_golden("clean.table", rendered("table", report));
}

TEST(Report, VerdictsAreShown) {
  model::ScanReport report = testing::sample_report();
  report.verdict = testing::sample_verdict();
  report.findings.clear();
  report.ignored.clear();  // they refer to packages, too
  report.vex.clear();
  report.packages.clear();
  for (const char* format : {"table", "json", "sarif", "junit"}) {
    expect_golden("policy." + std::string(format), rendered(format, report));
  }
}

TEST(Report, WhatAMessageSaysIsNotSaidAgain) {
  model::ScanReport report;
  model::Reason& reason = report.verdict.emplace().reasons.emplace_back();
  reason.rule = "HYG011";
  reason.message = "usr/bin/su in pkg:deb/debian/util-linux@2.38 has mode 4755";
  reason.subject = "pkg:deb/debian/util-linux@2.38?arch=amd64";
  reason.path = "usr/bin/su";
  std::string table = rendered("table", report);
  EXPECT_NE(table.find("usr/bin/su in util-linux 2.38 has mode 4755\n"), table.npos) << table;
}

TEST(Report, AVerdictThatJudgedNothingSaysSo) {
  for (const auto& [decision, sum] :
       {std::pair{model::Decision::kAllow, "verdict: allowed, though nothing was judged"},
        {model::Decision::kWarn, "verdict: allowed with a warning, because nothing was judged"},
        {model::Decision::kDeny, "verdict: denied, because nothing was judged"}}) {
    model::ScanReport report;
    model::Verdict& verdict = report.verdict.emplace();
    verdict.decision = decision;
    model::Reason& reason = verdict.reasons.emplace_back();
    reason.rule = model::kNothingJudged;
    reason.message = "no rule could be asked (1 inactive: need facts trust)";
    reason.effect = decision;
    if (decision == model::Decision::kAllow) reason.mode = model::PolicyMode::kObserve;
    std::string table = rendered("table", report);
    EXPECT_NE(table.find("NOT JUDGED: no rule could be asked (1 inactive"), table.npos) << table;
    EXPECT_NE(table.find(sum), table.npos) << table;
    EXPECT_EQ(table.find("only observed"), table.npos) << table;
  }
}

TEST(Report, VexConflictsOfThePolicyStandInTheTable) {
  model::ScanReport report;
  model::Reason& reason = report.verdict.emplace().reasons.emplace_back();
  reason.rule = "vex-conflict";
  reason.subject = "pkg:npm/a@1";
  reason.message = "statements about CVE-2026-1 disagree";
  reason.mode = model::PolicyMode::kObserve;
  reason.effect = model::Decision::kAllow;
  std::string table = rendered("table", report);
  EXPECT_NE(table.find("VEX conflict in a 1: statements about CVE-2026-1"), table.npos) << table;
  EXPECT_EQ(table.find("only observed"), table.npos) << table;
}

TEST(Report, SarifPlacesOfReasonsAreFilesOrFacts) {
  struct Case {
    const char* subject;
    const char* path;
    const char* want;
  };
  for (const Case& c : {
           Case{"app/Dockerfile", "app/Dockerfile:5",
                R"("uri":"app/Dockerfile"},"region":{"startLine":5}}})"},
           Case{"config", "config", R"("uri":"config"},"region":{"startLine":1}}})"},
           Case{"usr/bin/su", "usr/bin/su", R"("uri":"usr/bin/su"},"region":{"startLine":1}}})"},
           Case{"img", "config.User",
                R"("uri":"."},"region":{"startLine":1}},)"
                R"("logicalLocations":[{"fullyQualifiedName":"config.User"}]})"},
           Case{"pkg:npm/a@1", "",
                R"("uri":"."},"region":{"startLine":1}},)"
                R"("logicalLocations":[{"fullyQualifiedName":"pkg:npm/a@1"}]})"},
       }) {
    model::ScanReport report;
    model::Reason& reason = report.verdict.emplace().reasons.emplace_back();
    reason.rule = "R1";
    reason.message = "m";
    reason.subject = c.subject;
    reason.path = c.path;
    std::string sarif = rendered("sarif", report);
    std::erase_if(sarif, [](char ch) { return ch == ' ' || ch == '\n'; });
    EXPECT_NE(sarif.find(c.want), sarif.npos) << c.want << "\n" << sarif;
  }
}

TEST(Report, AnObservedErrorStandsInTheTable) {
  model::ScanReport report;
  model::Reason& reason = report.verdict.emplace().reasons.emplace_back();
  reason.rule = "policy-error";
  reason.pack = "house";
  reason.message = "data.bulkhead.house.deny: too slow";
  reason.mode = model::PolicyMode::kObserve;
  reason.effect = model::Decision::kAllow;
  std::string table = rendered("table", report);
  EXPECT_NE(table.find("observed only: policy-error in house: data.bulkhead.house.deny: too slow"),
            table.npos)
      << table;
}

TEST(Report, StaleAdvisoriesAreSaidRelativeToTheTimeAskedFor) {
  model::ScanReport report = testing::sample_report();
  report.judged_at = "2026-02-06T00:00:00Z";
  for (const auto& [format, word] : {std::pair{"table", "31 days before 2026-02-06"},
                                     {"json", "\"stale\": true"},
                                     {"sarif", "\"advisories-stale\""},
                                     {"cyclonedx", "bulkhead:advisories-stale"}}) {
    EXPECT_NE(rendered(format, report).find(word), std::string::npos) << format;
  }
  std::string table = rendered("table", report);
  EXPECT_NE(table.find("from debian (2026-01-06), osv:npm"), std::string::npos) << table;
  report.judged_at = "2026-01-10T00:00:00Z";
  EXPECT_EQ(rendered("table", report).find("stale"), std::string::npos);
  EXPECT_NE(rendered("json", report).find("\"stale\": false"), std::string::npos);
}

// Without a time that was asked for only the table, which is for people, knows what day it is, and
// even that says no number of days, which would change from one day to the next.
TEST(Report, OnlyTheTableKnowsThePresent) {
  model::ScanReport report = testing::sample_report();
  Style later;
  later.now = base::parse_time("2026-02-06").value_or(0);
  for (const Format* format : all_formats()) {
    if (format->name == "table" || format->name == "templated") continue;
    EXPECT_EQ(rendered(format->name, report), rendered(format->name, report, later));
  }
  EXPECT_EQ(rendered("table", report).find("stale"), std::string::npos);
  EXPECT_NE(rendered("table", report, later).find("more than 7 days ago"), std::string::npos);
  report.feeds = {{"debian", 41234, "2026-01-29T00:00:00Z"}};
  later.now = base::parse_time("2026-02-10").value_or(0);
  Style much_later;
  much_later.now = base::parse_time("2026-02-20").value_or(0);
  EXPECT_EQ(rendered("table", report, later), rendered("table", report, much_later));
}

// A build server shows the counts and the cases, nothing else.
TEST(Report, JUnitHasAnErrorForWhatWasNotRead) {
  model::ScanReport report;
  report.vulnerabilities_scanned = true;
  std::string text = rendered("junit", report);
  EXPECT_NE(text.find("no known vulnerabilities"), text.npos) << text;
  report.diagnostics.note("n", "a", "is not worth a case");
  report.diagnostics.skipped("bad-file", "b", "one file");
  EXPECT_EQ(rendered("junit", report), text);
  for (size_t i = 0; i < base::Diagnostics::kMaxPerKind + 7; ++i) {
    report.diagnostics.incomplete("bad-lockfile", "app/<lock>", "not JSON");
  }
  text = rendered("junit", report);
  EXPECT_EQ(text.find("no known vulnerabilities"), text.npos) << text;
  EXPECT_NE(text.find("tests=\"101\" failures=\"0\" skipped=\"0\" errors=\"101\""), text.npos)
      << text;
  EXPECT_NE(
      text.find("name=\"app/&lt;lock&gt;\"><error type=\"bad-lockfile\" message=\"not JSON\"/>"),
      text.npos)
      << text;
  EXPECT_NE(text.find("7 more of bad-lockfile"), text.npos) << text;
}

// A list of one kind may be full before the entry that matters comes.
TEST(Report, JUnitIsNotCleanWhenTheListOfWhatWasNotReadIsFull) {
  model::ScanReport report;
  for (size_t i = 0; i < base::Diagnostics::kMaxPerKind; ++i) {
    report.diagnostics.skipped("bad-file", "b", "one file");
  }
  report.diagnostics.incomplete("bad-file", "c", "all of it");
  EXPECT_NE(rendered("junit", report).find("errors=\"1\""), std::string::npos);
}

TEST(Report, SarifSaysWhatWasNotJudged) {
  model::ScanReport report;
  report.not_judged = {{"ubuntu 22.04: 1 deb package", "no advisory source for ubuntu", 1}};
  std::string sarif = rendered("sarif", report);
  std::erase_if(sarif, [](char ch) { return ch == ' ' || ch == '\n'; });
  EXPECT_NE(
      sarif.find(R"({"level":"warning","descriptor":{"id":"not-judged"},)"
                 R"("message":{"text":"ubuntu22.04:1debpackage:noadvisorysourceforubuntu"}})"),
      sarif.npos)
      << sarif;
}

TEST(Report, BillsOfMaterialsSayWhatWasNotJudged) {
  model::ScanReport report;
  report.not_judged = {{"ubuntu 22.04: 1 deb package", "no advisory source", 1}};
  for (bool scanned : {false, true}) {
    report.vulnerabilities_scanned = scanned;
    for (const auto& [format, said] :
         {std::pair{"cyclonedx", "\"bulkhead:not-judged\""},
          std::pair{"spdx", "\"Not judged: ubuntu 22.04: 1 deb package: no advisory source\""}}) {
      std::string text = rendered(format, report);
      EXPECT_EQ(text.find(said) != text.npos, scanned) << text;
    }
  }
}

TEST(Report, EveryFormatTakesAnEmptyReport) {
  Style style;
  style.template_text = "x";
  for (const Format* format : all_formats()) {
    EXPECT_FALSE(rendered(format->name, model::ScanReport(), style).empty()) << format->name;
  }
}

TEST(Report, EveryFormatStopsWhenTheSinkFails) {
  Style style;
  style.template_text = "x";
  for (const Format* format : all_formats()) {
    auto status = format->write(testing::sample_report(), style, [](std::string_view) {
      return base::Status(base::Error(base::Code::kIo, "full"));
    });
    EXPECT_FALSE(status) << format->name;
  }
}

TEST(Report, NoFormatLetsControlCharactersThrough) {
  for (const Format* format : all_formats()) {
    Style style;
    style.template_text = "{{#each findings}}{{title}}{{/each}}";
    std::string text = rendered(format->name, testing::sample_report(), style);
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << format->name;
  }
}

TEST(Report, JsonFitsItsSchema) {
  base::json::SchemaSet schemas;
  std::string path = std::string(BULKHEAD_SOURCE_DIR) + "/data/schemas/report-1.schema.json";
  // A reader has to bear members that later versions add; what we write has to be described.
  std::string schema = read_file(path);
  const std::string open = "\"type\": \"object\"";
  for (size_t at = 0; (at = schema.find(open, at)) != std::string::npos; at += open.size()) {
    schema.insert(at, "\"additionalProperties\": false, ");
    at += 32;
  }
  auto added = schemas.add("report", schema);
  ASSERT_TRUE(added) << added.error().message();
  model::ScanReport judged = testing::sample_report();
  judged.verdict = testing::sample_verdict();
  for (const auto& report : {testing::sample_report(), judged, model::ScanReport()}) {
    auto document = base::json::Document::parse(rendered("json", report));
    ASSERT_TRUE(document);
    auto status = schemas.validate("report", document->root());
    EXPECT_TRUE(status) << status.error().message();
  }
}

// What is stated, by vulnerability: "CVE-1 affected openssl,libssl3".
std::map<std::string, std::string> stated(const model::VexDocument& document) {
  std::map<std::string, std::string> out;
  for (const auto& statement : document.statements) {
    std::string& line = out[statement.vulnerability];
    line += std::string(vex_status_name(statement.status)) + ":";
    for (const auto& product : statement.products) {
      for (const auto& part : product.subcomponents) {
        auto purl = model::Purl::parse_lenient(part.purls.at(0));
        line += " " + (purl ? purl->name : "?");
      }
    }
    line += ".";
  }
  return out;
}

TEST(Vex, EveryFindingIsStatedInEveryFormat) {
  const std::map<std::string, std::string> want = {
      {"CVE-2025-1111", "affected: zlib1g."},  // waived, and nobody says that it does not matter
      {"CVE-2025-2222", "not_affected: lodash."},       // by VEX
      {"CVE-2026-0001", "affected: libssl3 openssl."},  // of one source package
      {"CVE-2026-0002", "affected: libssl3 openssl."},
      {"CVE-2026-0003", "affected: libssl3."},
      {"CVE-2026-0004", "affected: zlib1g."},
      {"CVE-2026-0005", "affected: lodash."},
      {"CVE-2026-0009", "fixed: libssl3."},  // by the changelog
      {"GHSA-dddd-eeee-ffff", "under_investigation: core."}};
  for (const char* format : {"openvex", "csaf-vex", "cyclonedx-vex"}) {
    Style style;
    style.vex_author = "Team Web <https://web.example>";
    std::string text = rendered(format, testing::sample_report(), style);
    base::Diagnostics diagnostics;
    auto document = sbom::read_vex(text, format, base::Limits(), diagnostics);
    ASSERT_TRUE(document) << document.error().message();
    EXPECT_TRUE(diagnostics.empty()) << format << ": " << diagnostics.all()[0].message;
    EXPECT_EQ(document->author, "Team Web");
    EXPECT_EQ(document->timestamp, "2026-01-02T03:04:05Z");
    auto got = stated(*document);
    for (const auto& [id, line] : want) {
      EXPECT_EQ(got[id], line) << format << " " << id;
    }
    EXPECT_EQ(got.size(), want.size()) << format;
  }
}

TEST(Vex, WaiversWithAReasonAreStatements) {
  model::ScanReport report = testing::sample_report();
  report.ignored[0].justification = model::VexJustification::kCodeNotPresent;
  model::VexDocument document = make_vex(report, "");
  EXPECT_EQ(document.author, "bulkhead");
  EXPECT_EQ(document.id, make_vex(report, "").id);
  EXPECT_NE(document.id, make_vex(testing::sample_report(), "").id);
  auto got = stated(document);
  EXPECT_EQ(got["CVE-2025-1111"], "not_affected: zlib1g.");
}

TEST(Vex, OnePackageInTwoPlacesHasTheWorseStatus) {
  model::ScanReport report = testing::sample_report();
  // lodash lies in two places with the same purl; what is closed in one is open in the other.
  report.ignored[1].finding.id = "CVE-2026-0005";
  EXPECT_EQ(stated(make_vex(report, ""))["CVE-2026-0005"], "affected: lodash.");
}

TEST(Vex, WhatHasNoDigestIsKnownByItsName) {
  model::ScanReport report = testing::sample_report();
  report.artifact = {};
  report.artifact.kind = model::ArtifactKind::kDirectory;
  report.artifact.name = "/srv/my app";
  model::VexDocument document = make_vex(report, "");
  const model::VexComponent& subject = document.statements.at(0).products.at(0).component;
  EXPECT_EQ(subject.id, "urn:bulkhead:artifact:/srv/my%20app");
  EXPECT_TRUE(subject.purls.empty());
  report.created = "";
  EXPECT_EQ(make_vex(report, "").timestamp, "2026-01-06T00:00:00Z");  // of the newest advisory
}

TEST(Actions, OneForEachPackageToChange) {
  model::ScanReport report = testing::sample_report();
  auto actions = make_actions(report);
  ASSERT_EQ(actions.size(), 5u);
  EXPECT_EQ(actions[0].name, "openssl");
  EXPECT_EQ(actions[0].target, "3.0.11-1~deb12u2");  // enough for both
  EXPECT_EQ(actions[0].packages, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(actions[0].findings.size(), 2u);
  EXPECT_TRUE(actions[0].kev);
  EXPECT_EQ(actions[1].name, "lodash");
  EXPECT_EQ(actions[1].packages.size(), 2u);
  EXPECT_EQ(actions[2].remedy, Remedy::kNoFix);
  EXPECT_EQ(actions[3].remedy, Remedy::kWillNotFix);
  EXPECT_EQ(actions[4].remedy, Remedy::kInvestigating);
  Overview overview = make_overview(report);
  EXPECT_EQ(overview.vulnerabilities.total(), 6u);
  EXPECT_EQ(overview.fixable, 3u);
  EXPECT_EQ(overview.exploited, 1u);
}

std::string fill(const char* text, const char* data) {
  auto parsed = Template::parse(text);
  if (!parsed) return "! " + parsed.error().message();
  auto document = base::json::Document::parse(data);
  EXPECT_TRUE(document);
  std::string result;
  Out sink = [&](std::string_view piece) {
    result += piece;
    return base::Status();
  };
  TextOut out(sink);
  auto status = parsed->render(document->root(), out);
  if (!status) return "! " + status.error().message();
  EXPECT_TRUE(out.finish());
  return result;
}

TEST(Template, Language) {
  const char* data = R"({"a":{"b":"x<y"},"n":3,"f":1.5,"yes":true,"no":false,"none":[],
    "list":[{"v":1,"tags":["p","q"]},{"v":2,"tags":[]}],"bad":"a\u001b\nb","q":"=1\""})";
  struct Case {
    const char* text;
    const char* result;
  };
  for (auto [text, result] : {
           Case{"{{a.b}} {{ n }} {{f}} {{yes}} {{missing}}.", "x<y 3 1.5 true ."},
           Case{"{{a.b|html}} {{a|json}} {{list|count}}", "x&lt;y {\"b\":\"x<y\"} 2"},
           Case{"{{#each list}}{{@index}}:{{v}}({{tags}}){{#if @last}}.{{else}}, {{/if}}{{/each}}",
                "0:1(p, q), 1:2()."},
           Case{"{{#each list}}{{#each tags}}{{.}}{{v}}{{a.b}} {{/each}}{{/each}}", "p1x<y q1x<y "},
           Case{"{{#if no}}1{{else}}2{{/if}}{{#if n}}3{{/if}}{{#each none}}4{{else}}5{{/each}}",
                "235"},
           Case{"top\n{{#if yes}}\n  in\n{{/if}}\nend\n", "top\n  in\nend\n"},
           Case{"{{! a comment }}\n{{#if yes}}\n{{#if yes}}\nx\n{{/if}}\n{{/if}}\ny", "x\ny"},
           Case{"{{bad}}|{{bad|json}}", "a\\x1b\\x0ab|\"a\\u001b\\nb\""},
           Case{"{{q|csv}} {{a.b|upper}}", "\"'=1\"\"\" X<Y"},
       }) {
    EXPECT_EQ(fill(text, data), result) << text;
  }
}

TEST(Template, SaysWhatIsWrong) {
  for (const char* text :
       {"{{", "a\n{{#if x}}", "{{/if}}", "{{#each x}}{{/if}}", "{{else}}", "{{#with x}}{{/with}}",
        "{{a b}}", "{{a|shout}}", "{{#if}}{{/if}}", "{{#if a}}{{else}}{{else}}{{/if}}", "{{}}"}) {
    EXPECT_EQ(fill(text, "{}").substr(0, 17), "! template, line ") << text;
  }
  EXPECT_EQ(fill("a\n{{#if x}}", "{}"), "! template, line 2: {{#if}} is not closed");
  EXPECT_EQ(fill("{{a}}", R"({"a":{"b":1}})").front(), '!');
}

TEST(TextOut, Widths) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("\xc3\xa4\xe4\xb8\xad"), 3u);
  EXPECT_EQ(fitted("abcdef", 6), "abcdef");
  EXPECT_EQ(fitted("abcdefg", 6), "abc...");
}

}  // namespace
}  // namespace bulkhead::report
