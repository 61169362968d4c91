// SPDX-License-Identifier: Apache-2.0
// Sentences about statements; formats escape and cut them as they need.
#include "report/vex_text.h"

namespace bulkhead::report {

std::string says(const model::VexNote& note) {
  std::string out = note.author + " says " + std::string(vex_status_name(note.status));
  std::string_view why = vex_justification_name(note.justification);
  if (!why.empty()) out += " (" + std::string(why) + ")";
  for (const std::string* text : {&note.impact_statement, &note.action_statement, &note.notes}) {
    if (!text->empty()) return out + ": " + *text;
  }
  return out;
}

std::string said_about(const model::Finding& finding) {
  std::string out = finding.vex_conflict ? "conflict: " : "";
  for (size_t i = 0; i < finding.vex.size(); ++i) {
    if (i != 0) out += "; ";
    out += says(finding.vex[i]);
  }
  return out;
}

std::string why_ignored(const model::Ignored& ignored) {
  switch (ignored.by) {
    case model::IgnoredBy::kVex:
      return "VEX: " + says(*ignored.vex) + " (" + ignored.file + ", by " + ignored.vex->scope +
             ")";
    case model::IgnoredBy::kChangelog: return ignored.reason + " (" + ignored.file + ")";
    case model::IgnoredBy::kWaiver: break;
  }
  std::string out = ignored.reason;
  auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (!ignored.expires.empty()) add("until " + ignored.expires);
  if (!ignored.owner.empty()) add("by " + ignored.owner);
  std::string where = ignored.waiver;
  if (!ignored.file.empty()) where += (where.empty() ? "" : ", ") + ignored.file;
  if (!where.empty()) out += (out.empty() ? "(" : " (") + where + ")";
  return out;
}

bool is_shown(const model::Ignored& ignored) { return ignored.by != model::IgnoredBy::kChangelog; }

}  // namespace bulkhead::report
