// SPDX-License-Identifier: Apache-2.0
// The written names of the model's enumerations: stable, used in JSON and on the command line.
#include "base/text.h"
#include "model/artifact.h"
#include "model/finding.h"
#include "model/ids.h"
#include "model/package.h"
#include "model/scan_report.h"
#include "model/verdict.h"

namespace bulkhead::model {

std::string_view origin_name(Origin origin) {
  switch (origin) {
    case Origin::kInstalled: return "installed";
    case Origin::kBinary: return "binary";
    case Origin::kLock: return "lock";
    case Origin::kManifest: return "manifest";
    case Origin::kSbom: return "sbom";
  }
  return "unknown";
}

std::optional<Origin> parse_origin(std::string_view name) {
  for (Origin origin : {Origin::kInstalled, Origin::kBinary, Origin::kLock, Origin::kManifest,
                        Origin::kSbom}) {
    if (origin_name(origin) == name) return origin;
  }
  return std::nullopt;
}

std::string_view relation_name(Relation relation) {
  switch (relation) {
    case Relation::kUnknown: return "unknown";
    case Relation::kRoot: return "root";
    case Relation::kDirect: return "direct";
    case Relation::kIndirect: return "indirect";
  }
  return "unknown";
}

std::optional<Relation> parse_relation(std::string_view name) {
  for (Relation relation :
       {Relation::kUnknown, Relation::kRoot, Relation::kDirect, Relation::kIndirect}) {
    if (relation_name(relation) == name) return relation;
  }
  return std::nullopt;
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kUnknown: return "unknown";
    case Severity::kNegligible: return "negligible";
    case Severity::kLow: return "low";
    case Severity::kMedium: return "medium";
    case Severity::kHigh: return "high";
    case Severity::kCritical: return "critical";
  }
  return "unknown";
}

std::optional<Severity> parse_severity(std::string_view name) {
  for (Severity severity : {Severity::kUnknown, Severity::kNegligible, Severity::kLow,
                            Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    if (base::equals_ignore_case(severity_name(severity), name)) return severity;
  }
  if (base::equals_ignore_case(name, "moderate")) return Severity::kMedium;
  if (base::equals_ignore_case(name, "important")) return Severity::kHigh;
  return std::nullopt;
}

std::string_view fix_state_name(FixState state) {
  switch (state) {
    case FixState::kUnknown: return "unknown";
    case FixState::kFixed: return "fixed";
    case FixState::kAffected: return "affected";
    case FixState::kWillNotFix: return "will-not-fix";
    case FixState::kInvestigating: return "under-investigation";
  }
  return "unknown";
}

std::string_view artifact_kind_name(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::kImage: return "image";
    case ArtifactKind::kDirectory: return "directory";
    case ArtifactKind::kRepository: return "repository";
    case ArtifactKind::kSbom: return "sbom";
  }
  return "unknown";
}

std::optional<ArtifactKind> parse_artifact_kind(std::string_view name) {
  for (ArtifactKind kind : {ArtifactKind::kImage, ArtifactKind::kDirectory,
                            ArtifactKind::kRepository, ArtifactKind::kSbom}) {
    if (artifact_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view ignored_by_name(IgnoredBy by) {
  switch (by) {
    case IgnoredBy::kWaiver: return "waiver";
    case IgnoredBy::kVex: return "vex";
    case IgnoredBy::kChangelog: return "changelog";
  }
  return "unknown";
}

std::string_view node_kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::kArtifact: return "artifact";
    case NodeKind::kLayer: return "layer";
    case NodeKind::kFile: return "file";
    case NodeKind::kPackage: return "package";
    case NodeKind::kAdvisory: return "advisory";
    case NodeKind::kFinding: return "finding";
  }
  return "unknown";
}

std::string_view known_name(Known known) {
  switch (known) {
    case Known::kProven: return "proven";
    case Known::kInferred: return "inferred";
    case Known::kAbsent: return "absent";
  }
  return "unknown";
}

std::string_view edge_kind_name(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kHasLayer: return "has-layer";
    case EdgeKind::kContainsFile: return "contains-file";
    case EdgeKind::kRecordedIn: return "recorded-in";
    case EdgeKind::kOwnsFile: return "owns-file";
    case EdgeKind::kBroughtBy: return "brought-by";
    case EdgeKind::kAffects: return "affects";
    case EdgeKind::kAbout: return "about";
  }
  return "unknown";
}

std::string ImageConfig::platform() const {
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

std::string_view decision_name(Decision decision) {
  switch (decision) {
    case Decision::kAllow: return "allow";
    case Decision::kWarn: return "warn";
    case Decision::kDeny: return "deny";
  }
  return "unknown";
}

std::optional<Decision> parse_decision(std::string_view name) {
  for (Decision decision : {Decision::kAllow, Decision::kWarn, Decision::kDeny}) {
    if (decision_name(decision) == name) return decision;
  }
  return std::nullopt;
}

std::string_view policy_mode_name(PolicyMode mode) {
  switch (mode) {
    case PolicyMode::kObserve: return "observe";
    case PolicyMode::kWarn: return "warn";
    case PolicyMode::kEnforce: return "enforce";
  }
  return "unknown";
}

std::optional<PolicyMode> parse_policy_mode(std::string_view name) {
  for (PolicyMode mode : {PolicyMode::kObserve, PolicyMode::kWarn, PolicyMode::kEnforce}) {
    if (policy_mode_name(mode) == name) return mode;
  }
  return std::nullopt;
}

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kBuild: return "build";
    case Stage::kRegistry: return "registry";
    case Stage::kAdmission: return "admission";
    case Stage::kRuntime: return "runtime";
  }
  return "unknown";
}

std::optional<Stage> parse_stage(std::string_view name) {
  for (Stage stage : {Stage::kBuild, Stage::kRegistry, Stage::kAdmission, Stage::kRuntime}) {
    if (stage_name(stage) == name) return stage;
  }
  return std::nullopt;
}

}  // namespace bulkhead::model
