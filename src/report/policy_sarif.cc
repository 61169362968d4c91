// SPDX-License-Identifier: Apache-2.0
// Reasons of a verdict as SARIF results: denials are errors, warnings warnings, waived ones are
// suppressed results (SARIF 2.1.0, 3.35), what is only observed is a note.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "model/ids.h"
#include "report/policy_parts.h"

namespace bulkhead::report {
namespace {

using base::json::Writer;
using model::Reason;

void text(Writer& w, std::string_view key, std::string_view value) {
  w.key(key).begin_object().member("text", value).end_object();
}

std::map<std::string_view, const Reason*> rules_of(const model::Verdict& verdict) {
  std::map<std::string_view, const Reason*> out;
  for (const Reason& reason : verdict.reasons) out.emplace(reason.rule, &reason);
  return out;
}

std::string_view level_of(const Reason& reason) {
  if (reason.effect == model::Decision::kDeny) return "error";
  return reason.effect == model::Decision::kWarn ? "warning" : "note";
}

void write_suppression(Writer& w, const model::UsedWaiver& waiver) {
  w.key("suppressions").begin_array();
  if (!waiver.expired) {
    w.begin_object().member("kind", "external").member("status", "accepted");
    std::string why = waiver.reason + (waiver.owner.empty() ? "" : " (" + waiver.owner + ")");
    w.member_if("justification", why).end_object();
  }
  w.end_array();
}

struct ReasonPlace {
  std::string_view file;  // "": the artifact itself
  uint64_t line = 1;
  std::string_view fact;  // "config.User", a purl, an object: no file
};

// Rules on files say "app/Dockerfile:5"; of images a path names a part of the document, too.
bool names_fact(std::string_view path) {
  constexpr std::array kFactRoots = std::to_array<std::string_view>(
      {"base",      "config",   "created",    "digest",  "distro",   "filesystem", "history",
       "image",     "labels",   "layers",     "object",  "packages", "parameters", "platform",
       "reference", "registry", "repository", "request", "runtime",  "scan",       "spec",
       "tag",       "tags",     "target",     "trust",   "workload"});
  std::string_view first = path.substr(0, path.find_first_of(".["));
  bool part = std::find(kFactRoots.begin(), kFactRoots.end(), first) != kFactRoots.end();
  return part && path.find('/') == path.npos;
}

ReasonPlace sarif_place(const model::Reason& reason) {
  if (reason.path.empty()) return {{}, 1, reason.subject};
  std::string_view path = reason.path;
  auto parts = base::cut_last(path, ":");
  auto line = parts ? base::to_number<uint32_t>(parts->second) : std::nullopt;
  if (line && *line != 0 && !parts->first.empty()) return {parts->first, *line, {}};
  // A file that is called like a part of the document is its own subject.
  if (names_fact(path) && reason.subject != path) return {{}, 1, path};
  return {path, 1, {}};
}

void write_reason_location(Writer& w, const Reason& reason) {
  const ReasonPlace place = sarif_place(reason);
  w.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
  w.key("artifactLocation").begin_object();
  w.member("uri", sarif_uri(place.file)).end_object();
  w.key("region").begin_object().member("startLine", place.line).end_object();
  w.end_object();
  if (!place.fact.empty()) {
    w.key("logicalLocations").begin_array().begin_object();
    w.member("fullyQualifiedName", place.fact).end_object().end_array();
  }
  w.end_object().end_array();
}

void write_result(Writer& w, const model::Verdict& verdict, const Reason& reason, size_t index) {
  w.begin_object().member("ruleId", reason.rule).member("ruleIndex", uint64_t{index});
  w.member("level", level_of(reason));
  std::string message = reason.message;
  if (!reason.fix.empty()) message += " Fix: " + reason.fix;
  text(w, "message", message);
  write_reason_location(w, reason);
  std::string where = reason.subject + "\n" + reason.path;
  std::string id = model::finding_class_id("policy", reason.rule, where);
  w.key("partialFingerprints").begin_object().member("bulkheadClass/v1", id);
  w.member("primaryLocationLineHash", model::finding_instance_id(id, verdict.subject, where));
  w.end_object();
  if (reason.waiver) write_suppression(w, *reason.waiver);
  w.key("properties").begin_object().member("pack", reason.pack);
  w.member("effect", decision_name(reason.effect)).member_if("subject", reason.subject);
  w.member_if("policyCommit", verdict.policy.commit).member("verdict", verdict.id);
  w.end_object().end_object();
}

}  // namespace

std::string sarif_uri(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (char c : path) {
    bool plain =
        base::is_alnum(c) || std::string_view("-._~/@+,=").find(c) != std::string_view::npos;
    auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out.empty() ? "." : out;
}

void write_policy_sarif_rules(Writer& w, const model::Verdict& verdict) {
  for (const auto& [id, reason] : rules_of(verdict)) {
    w.begin_object().member("id", id);
    text(w, "shortDescription", reason->title.empty() ? reason->rule : reason->title);
    text(w, "fullDescription", reason->why.empty() ? reason->message : reason->why);
    std::string help = reason->fix;
    for (const std::string& reference : reason->references) {
      help += (help.empty() ? "" : "\n") + reference;
      if (reference.starts_with("https://")) w.member("helpUri", reference);
      if (reference.starts_with("https://")) break;
    }
    text(w, "help", help.empty() ? reason->message : help);
    w.key("properties").begin_object().key("tags").begin_array();
    w.value("security").value("policy").value(severity_name(reason->severity));
    for (const std::string& control : reason->controls) w.value(control);
    w.end_array().end_object().end_object();
  }
}

void write_policy_sarif_results(Writer& w, const model::Verdict& verdict, size_t first_index) {
  std::map<std::string_view, size_t> index;
  size_t next = first_index;
  for (const auto& [id, reason] : rules_of(verdict)) index[id] = next++;
  for (const Reason& reason : verdict.reasons) {
    write_result(w, verdict, reason, index[reason.rule]);
  }
}

}  // namespace bulkhead::report
