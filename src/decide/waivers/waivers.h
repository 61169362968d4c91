// SPDX-License-Identifier: Apache-2.0
// Ignore files: findings that somebody decided to live with, with reason and expiry.
//
// Two forms are read (docs/formats/ignore-file.md): our YAML, a superset of Trivy's
// .trivyignore.yaml, and the plain .trivyignore: one id a line, "exp:DATE" after it, '#' comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "model/scan_report.h"

namespace bulkhead::decide {

// Where they stand in a bundle that names no other files, and where they are added.
inline constexpr std::string_view kWaiverFile = "waivers.yaml";

struct Waiver {
  std::string id;                  // advisory id or alias, or a finding's class id
  std::vector<std::string> purls;  // empty: any package; '@version' may be left out
  std::vector<std::string> paths;  // globs; empty: any path
  std::string reason;
  std::string expires;  // date, "" never; the rule holds until the end of that day
  std::string where;    // "file:line"
  std::string waiver;   // its own name, "" none
  std::string owner;    // who answers for it, "" nobody
  // Why the vulnerability does not matter here, in OpenVEX's words; a waiver without accepts a
  // risk.
  model::VexJustification justification = model::VexJustification::kNone;
};

// kInvalid names the line. A rule without id, or a date that is none, is an error: a waiver that is
// silently not understood would be worse than none.
base::Result<std::vector<Waiver>> parse_waivers(std::string_view name, std::string_view text);
// The same for who wants to know every mistake: the rules that can be read.
base::Result<std::vector<Waiver>> parse_waivers(std::string_view name, std::string_view text,
                                                std::vector<base::Error>& mistakes);

// What a waiver looks at.
struct WaivableFinding {
  std::string_view id, class_id, purl;
  std::vector<std::string_view> aliases, paths;
};
// Whether the waiver's id, purls and paths all fit; expiry is a question of its own.
bool covers(const Waiver& waiver, const WaivableFinding& finding);
bool expired(const Waiver& waiver, base::UnixTime now);
// "pkg:npm/lodash" covers every version, "pkg:npm/lodash@4.17.4" that one; qualifiers are ignored
// unless the waiver has some.
bool same_package(std::string_view waived, std::string_view purl);

// Moves findings that a rule covers to report.ignored; expired rules that would have covered
// something become a note.
void apply_waivers(const std::vector<Waiver>& rules, base::UnixTime now, model::ScanReport& report);

}  // namespace bulkhead::decide
