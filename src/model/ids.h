// SPDX-License-Identifier: Apache-2.0
// Nodes and edges of the evidence graph (build stage), and how each is identified.
//
// Ids are "<kind>:<identity>" where the identity is a digest or a canonical name, so that the same
// fact found twice, by different programs, is the same node. Later stages add kinds, never change
// the meaning of an existing one.
#pragma once

#include <string>
#include <string_view>

#include "model/finding.h"
#include "model/package.h"

namespace bulkhead::model {

enum class NodeKind : unsigned char { kArtifact, kLayer, kFile, kPackage, kAdvisory, kFinding };
std::string_view node_kind_name(NodeKind kind);

// How an edge is known. An answer never shows an inferred edge as proven.
enum class Known : unsigned char {
  kProven,    // a digest, a signature or a kernel object says so
  kInferred,  // a name or a time matches
  kAbsent,    // looked for and not found
};
std::string_view known_name(Known known);

enum class EdgeKind : unsigned char {
  kHasLayer,      // Artifact -> Layer (proven by the config's diff-ids)
  kContainsFile,  // Layer -> File
  kRecordedIn,    // Package -> File
  kOwnsFile,      // Package -> File
  kBroughtBy,     // Package -> Layer
  kAffects,       // Advisory -> Package
  kAbout,         // Finding -> Package
};
std::string_view edge_kind_name(EdgeKind kind);

std::string artifact_id(std::string_view manifest_digest);
std::string layer_id(std::string_view diff_id);
std::string file_id(std::string_view diff_id, std::string_view path);
std::string package_id(const Package& package);  // purl + where it was found
std::string advisory_id(std::string_view id);
// Class id of a finding: 16 hexadecimal digits that survive rebuilds of the artifact.
std::string finding_class_id(std::string_view kind, std::string_view rule_or_advisory,
                             std::string_view package_or_path);
// Instance id: class + subject digest + location.
std::string finding_instance_id(std::string_view class_id, std::string_view subject_digest,
                                std::string_view location);

}  // namespace bulkhead::model
