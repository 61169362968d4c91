// SPDX-License-Identifier: Apache-2.0
// OpenVEX documents (0.0.1 and 0.2.0): statements on how vulnerabilities concern products.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::sbom {

enum class VexStatus : uint8_t { kNotAffected, kAffected, kFixed, kUnderInvestigation };
std::string_view vex_status_name(VexStatus status);  // "not_affected"
std::optional<VexStatus> parse_vex_status(std::string_view name);

struct VexProduct {
  std::string id;                          // IRI or purl, as written; "" if only the purl is given
  std::string purl;                        // from identifiers, or the id when it is a purl
  std::vector<std::string> subcomponents;  // ids or purls
};

struct VexStatement {
  std::string vulnerability;
  std::vector<std::string> aliases;
  std::vector<VexProduct> products;
  VexStatus status = VexStatus::kUnderInvestigation;
  std::string justification;  // OpenVEX word, "" if none
  std::string impact_statement;
  std::string action_statement;
  std::string status_notes;
  std::string timestamp;  // its own, else the document's
};

struct VexDocument {
  std::string context;
  std::string version;  // of the format: "0.0.1" or "0.2.0"
  std::string id;
  std::string author;
  std::string timestamp;
  std::vector<VexStatement> statements;
};

// kUnsupported when it is no OpenVEX document. A statement without a vulnerability or with a status
// that does not exist is skipped and reported.
base::Result<VexDocument> read_openvex(std::string_view bytes, std::string_view where,
                                       const base::Limits& limits, base::Diagnostics& diagnostics);

}  // namespace bulkhead::sbom
