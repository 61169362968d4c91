// SPDX-License-Identifier: Apache-2.0
// VEX: what somebody states about vulnerabilities in products. One model for OpenVEX, CSAF and
// CycloneDX; the words of a format are kept beside the meaning where they say more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::model {

enum class VexStatus : uint8_t { kNotAffected, kAffected, kFixed, kUnderInvestigation };
std::string_view vex_status_name(VexStatus status);  // "not_affected"
std::optional<VexStatus> parse_vex_status(std::string_view name);

// Why a product is not affected: the five reasons of OpenVEX, which are CSAF's flags too.
enum class VexJustification : uint8_t {
  kNone,
  kComponentNotPresent,
  kCodeNotPresent,
  kCodeNotInExecutePath,
  kCodeCannotBeControlled,
  kMitigationsExist,
};
std::string_view vex_justification_name(VexJustification why);  // "component_not_present", "" none
std::optional<VexJustification> parse_vex_justification(std::string_view name);

enum class VexFormat : uint8_t { kOpenVex, kCsaf, kCycloneDx };
std::string_view vex_format_name(VexFormat format);  // "openvex", "csaf-vex", "cyclonedx-vex"

// A thing that a statement is about. Each list holds names of the same thing.
struct VexComponent {
  std::string id;    // as the document calls it: an IRI, a product id, a bom-ref
  std::string name;  // for people; "" if the document has none
  std::vector<std::string> purls;
  std::vector<std::string> cpes;
  std::vector<std::string> hashes;    // "sha256:<hex>", lower case
  std::vector<std::string> versions;  // only these: "1.2"; see ranges
  // Only these: "vers:npm/<2", or a text that no notation explains and nothing can be compared
  // with. Versions and ranges both empty: the versions that the purl names.
  std::vector<std::string> ranges;

  bool operator==(const VexComponent&) const = default;
};

struct VexProduct {
  VexComponent component;
  std::vector<VexComponent> subcomponents;  // only these parts of it; empty: the whole

  bool operator==(const VexProduct&) const = default;
};

struct VexStatement {
  std::string vulnerability;
  std::vector<std::string> aliases;
  std::vector<VexProduct> products;  // empty: the document leaves open what it is about
  VexStatus status = VexStatus::kUnderInvestigation;
  VexJustification justification = VexJustification::kNone;
  std::string justification_word;      // as written, where the format has other words; "" else
  std::string impact_statement;        // why it does not matter, for people
  std::string action_statement;        // what to do
  std::vector<std::string> responses;  // CycloneDX's words: update, will_not_fix, ...
  std::string notes;
  std::string timestamp;  // RFC 3339: its own, else the document's; "" unknown
  std::string place;      // in the document: "statements[3]"
};

// A statement beside the finding that it is about.
struct VexNote {
  VexStatus status = VexStatus::kUnderInvestigation;
  VexJustification justification = VexJustification::kNone;
  std::string justification_word;
  std::string impact_statement;
  std::string action_statement;
  std::string notes;
  std::string author;
  std::string timestamp;
  std::string scope;  // how it covers the package: "the image's digest"
  std::string where;  // "vendor.json: statements[3]"
};

struct VexDocument {
  VexFormat format = VexFormat::kOpenVex;
  std::string spec_version;  // "0.2.0", "2.0", "1.6"
  std::string source;        // file or other place it was read from
  std::string id;
  std::string author;
  std::string author_url;  // "" unknown
  std::string timestamp;   // RFC 3339
  std::string title;
  std::string tool;     // what made it: "bulkhead 0.1.0"
  std::string version;  // of the document
  std::vector<VexStatement> statements;
};

}  // namespace bulkhead::model
