// SPDX-License-Identifier: Apache-2.0
// The written names of VEX: OpenVEX's words, stable in JSON and on the command line.
#include "model/vex.h"

#include <array>
#include <utility>

namespace bulkhead::model {
namespace {

constexpr std::array<std::pair<VexStatus, std::string_view>, 4> kStatuses = {{
    {VexStatus::kNotAffected, "not_affected"},
    {VexStatus::kAffected, "affected"},
    {VexStatus::kFixed, "fixed"},
    {VexStatus::kUnderInvestigation, "under_investigation"},
}};

constexpr std::array<std::pair<VexJustification, std::string_view>, 5> kJustifications = {{
    {VexJustification::kComponentNotPresent, "component_not_present"},
    {VexJustification::kCodeNotPresent, "vulnerable_code_not_present"},
    {VexJustification::kCodeNotInExecutePath, "vulnerable_code_not_in_execute_path"},
    {VexJustification::kCodeCannotBeControlled,
     "vulnerable_code_cannot_be_controlled_by_adversary"},
    {VexJustification::kMitigationsExist, "inline_mitigations_already_exist"},
}};

template <typename Table, typename Key>
std::string_view name_in(const Table& table, Key key) {
  for (const auto& [known, name] : table) {
    if (known == key) return name;
  }
  return "";
}

template <typename Key, size_t N>
std::optional<Key> key_in(const std::array<std::pair<Key, std::string_view>, N>& table,
                          std::string_view name) {
  for (const auto& [key, known] : table) {
    if (known == name) return key;
  }
  return std::nullopt;
}

}  // namespace

std::string_view vex_status_name(VexStatus status) { return name_in(kStatuses, status); }

std::optional<VexStatus> parse_vex_status(std::string_view name) { return key_in(kStatuses, name); }

std::string_view vex_justification_name(VexJustification why) {
  return name_in(kJustifications, why);
}

std::optional<VexJustification> parse_vex_justification(std::string_view name) {
  return key_in(kJustifications, name);
}

std::string_view vex_format_name(VexFormat format) {
  switch (format) {
    case VexFormat::kOpenVex: return "openvex";
    case VexFormat::kCsaf: return "csaf-vex";
    case VexFormat::kCycloneDx: return "cyclonedx-vex";
  }
  return "unknown";
}

}  // namespace bulkhead::model
