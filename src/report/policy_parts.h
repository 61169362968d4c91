// SPDX-License-Identifier: Apache-2.0
// How formats show a verdict.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "model/verdict.h"
#include "report/table_parts.h"
#include "report/text_out.h"

namespace bulkhead::report {

// "acme-baseline at 1a2b3c4d5e6f by Ann <ann@example.org>, signed by ann@example.org"
std::string policy_name(const model::PolicyIdentity& policy);

// The table's part: verdict, policy in force, what to do; nothing without a verdict.
void write_policy_table(const Page& page);

// A path as a relative URI reference (RFC 3986): the image's root is the base.
std::string sarif_uri(std::string_view path);
// SARIF: the rules of the reasons, and a result for each reason that counts or is waived.
// first_index is the index of the first of these rules within the run.
void write_policy_sarif_rules(base::json::Writer& writer, const model::Verdict& verdict);
void write_policy_sarif_results(base::json::Writer& writer, const model::Verdict& verdict,
                                size_t first_index);

// JUnit: a suite for each pack. Returns nothing when there is no verdict.
struct JUnitPolicy {
  std::string xml;
  size_t tests = 0, failures = 0, skipped = 0;
};
JUnitPolicy policy_junit(const model::Verdict& verdict);
// XML 1.0 text: characters that it forbids are shown as they are on a terminal.
std::string xml_text(std::string_view raw);

}  // namespace bulkhead::report
