// SPDX-License-Identifier: Apache-2.0
// bulkhead explain: why an advisory is, or is not, reported for an input.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/counted.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/shipped.h"
#include "vuln/match.h"

namespace bulkhead::cli::commands::explain {
namespace {

constexpr size_t kMaxUnread = 10;
constexpr std::array kOwnFlags = {
    Flag{"image", 'i', "INPUT", "the image, directory or SBOM to explain it for"},
    Flag{"format", 'f', "FORMAT", "text (default) or json", false, "text,json"},
};
constexpr auto kFlags = join_flags(join_flags(kOwnFlags, kDatabaseFlags), kInputFlags);

std::string_view outcome_name(vuln::Explanation::Outcome outcome) {
  switch (outcome) {
    case vuln::Explanation::Outcome::kAffected: return "affected";
    case vuln::Explanation::Outcome::kInvestigating: return "under-investigation";
    case vuln::Explanation::Outcome::kNotAffected: return "not-affected";
    case vuln::Explanation::Outcome::kNotJudged: return "not-judged";
  }
  return "not-judged";
}

void add_row(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("    {:<12} {}\n", name, base::printable(value, 400));
}

// What of the input was not read: nothing is proved about it.
std::vector<std::string> not_read(const model::ScanReport& report) {
  std::vector<std::string> out;
  for (const base::Diagnostic& diagnostic : report.diagnostics.all()) {
    if (diagnostic.impact == base::Impact::kNote) continue;
    out.push_back(diagnostic.where + ": " + diagnostic.message);
  }
  for (const model::NotJudged& group : report.not_judged) {
    out.push_back(group.what + ": " + group.reason);
  }
  return out;
}

std::string not_reported(const model::ScanReport& report) {
  const std::vector<std::string> unread = not_read(report);
  std::string out = fmt::format(
      "\n{}: of the {} of {} none is named by a record of it{}\n",
      unread.empty() ? "Not reported" : "Not judged whole",
      base::counted(report.packages.size(), "package"), base::printable(report.artifact.name, 200),
      unread.empty() ? "." : ", but this was not read or cannot be judged:");
  for (size_t i = 0; i < unread.size() && i < kMaxUnread; ++i) {
    out += "    " + base::printable(unread[i], 400) + "\n";
  }
  if (unread.size() > kMaxUnread) {
    out += fmt::format("    and {} more\n", unread.size() - kMaxUnread);
  }
  return out;
}

std::string as_text(const model::ScanReport& report, const vuln::AdvisoryFacts& facts,
                    std::string_view asked) {
  std::string out = fmt::format("{}", facts.id.empty() ? asked : std::string_view(facts.id));
  if (!facts.aliases.empty()) out += fmt::format(" ({})", base::join(facts.aliases, ", "));
  out += "\n";
  if (!facts.title.empty()) out += base::printable(facts.title, 400) + "\n";
  if (!facts.known) {
    return out +
           "\nNot judged: no advisory source in the database knows this id (withdrawn records "
           "are not kept).\n";
  }
  if (facts.explanations.empty()) {
    return out + not_reported(report);
  }
  for (const vuln::Explanation& e : facts.explanations) {
    out += fmt::format("\n{}: {}\n", outcome_name(e.outcome), base::printable(e.sentence, 1000));
    if (e.package < report.packages.size()) {
      add_row(out, "package", report.packages[e.package].purl());
    }
    add_row(out, "advisory", e.proof.advisory);
    add_row(out, "source", e.proof.source);
    add_row(out, "ecosystem", e.proof.ecosystem);
    add_row(out, "compared",
            fmt::format("{} {} {}", e.proof.package_kind, e.proof.package, e.proof.compared));
    add_row(out, "range", e.proof.range);
    add_row(out, "order", e.proof.scheme);
    add_row(out, "rule", e.proof.rule);
    add_row(out, "file", e.proof.path);
  }
  return out;
}

std::string as_json(const model::ScanReport& report, const vuln::AdvisoryFacts& facts,
                    std::string_view asked) {
  base::json::Writer json;
  json.begin_object().member("asked", asked).member("known", facts.known).member("id", facts.id);
  json.key("aliases").begin_array();
  for (const std::string& alias : facts.aliases) json.value(alias);
  json.end_array().member("title", facts.title).key("explanations").begin_array();
  for (const vuln::Explanation& e : facts.explanations) {
    json.begin_object().member("outcome", outcome_name(e.outcome)).member("sentence", e.sentence);
    if (e.package < report.packages.size()) {
      json.member("package", report.packages[e.package].purl());
    }
    json.key("proof").begin_object();
    json.member_if("advisory", e.proof.advisory).member_if("source", e.proof.source);
    json.member_if("ecosystem", e.proof.ecosystem).member_if("package", e.proof.package);
    json.member_if("package_kind", e.proof.package_kind).member_if("compared", e.proof.compared);
    json.member_if("range", e.proof.range).member_if("scheme", e.proof.scheme);
    json.member_if("rule", e.proof.rule).member_if("path", e.proof.path).end_object();
    json.end_object();
  }
  json.end_array().key("notRead").begin_array();
  for (const std::string& what : not_read(report)) json.value(what);
  json.end_array().end_object();
  return json.take() + "\n";
}

// What is known about a rule of the shipped packs; "" for everything else.
std::string explain_rule(std::string_view id) {
  for (const auto& [path, text] : decide::shipped_policies()) {
    if (!path.ends_with("/pack.yaml")) continue;
    auto pack = decide::parse_pack(path, text);
    if (!pack) continue;
    auto at = pack->rules.find(id);
    if (at == pack->rules.end()) continue;
    const decide::RuleInfo& rule = at->second;
    std::string out = fmt::format("{}: {}\n", rule.id, rule.title);
    add_row(out, "pack", pack->id);
    add_row(out, "severity", model::severity_name(rule.severity));
    add_row(out, "level", model::decision_name(rule.level));
    add_row(out, "why", rule.why);
    add_row(out, "fix", rule.fix);
    add_row(out, "needs", base::join(rule.needs, ", "));
    add_row(out, "references", base::join(rule.references, " "));
    return out;
  }
  return "";
}

int run(const Invocation& invocation) {
  if (!invocation.has("image")) {
    std::string rule = explain_rule(invocation.arguments().front());
    if (!rule.empty()) {
      auto printed = print(rule);
      return printed ? kClean : fail(printed.error());
    }
    complain("explain needs --image INPUT: the image, directory or SBOM it is about");
    return kUsage;
  }
  std::string id = invocation.arguments().front();
  SessionOptions options;
  options.input = invocation.value("image");
  return run_session(
      invocation, options,
      [&](const model::ScanReport& report, const vuln::Database* database) -> int {
        if (database == nullptr) {
          return fail(base::Error(base::Code::kNotFound, "explain needs an advisory database"));
        }
        vuln::AdvisoryFacts facts =
            vuln::explain(*database, report.artifact.distro, report.packages, id);
        std::string text = invocation.value("format", "text") == "json"
                               ? as_json(report, facts, id)
                               : as_text(report, facts, id);
        base::Fd out(::dup(STDOUT_FILENO));
        auto written = base::write_all(out, base::as_bytes(text));
        // "Not reported" proves nothing about a layer or database that was not read.
        if (report.diagnostics.any_incomplete()) complain_about(report.diagnostics);
        return written ? exit_code_for(invocation, report) : fail(written.error());
      });
}

}  // namespace

extern constinit const Command descriptor = {
    "explain",
    "prove why an advisory is, or is not, reported for an input",
    "ID",
    "ID is any id of an advisory: CVE, GHSA, DSA, PYSEC, ..., or of a rule of the packs that "
    "ship.\n"
    "  bulkhead explain CVE-2023-38545 --image debian:12\n"
    "  bulkhead explain HYG001",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::explain
