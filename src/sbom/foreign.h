// SPDX-License-Identifier: Apache-2.0
// What other tools write into their bills of materials beside the standard's own fields: Trivy's
// and Syft's properties, the purl qualifiers "upstream", "distro" and "epoch", Trivy's sentences in
// SPDX.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "model/artifact.h"
#include "model/package.h"
#include "model/purl.h"

namespace bulkhead::sbom {

// Fills a package from a purl; "epoch" and "upstream" become parts of version and source.
void take_purl(const model::Purl& purl, model::Package& package);

// Collects the source package that Trivy spreads over several properties.
class ForeignProperties {
 public:
  void take(std::string_view name, std::string_view value, model::Package& package,
            const model::Artifact& artifact);
  void finish(model::Package& package) const;
  // "aquasecurity:trivy:Class" or "syft:..." say that the component is no package.
  bool is_package() const { return is_package_; }

 private:
  std::string src_name_, src_epoch_, src_version_, src_release_;
  std::string layer_diff_id_;
  bool is_package_ = true;
};
void take_artifact_property(std::string_view name, std::string_view value,
                            model::Artifact& artifact);
void take_distro_property(std::string_view name, std::string_view value, model::Distro& distro);

// "built package from: openssl 3.0.11-1~deb12u2" (Trivy, SPDX sourceInfo).
void take_source_info(std::string_view text, model::Package& package);

// The distribution that the packages' "distro" qualifiers name most often; unknown without any.
model::Distro distro_of(std::span<const model::Package> packages);

// Name of the source package in "openssl-1.1.1k-7.el8.src.rpm", "" when it is no such file name.
std::string source_rpm_name(std::string_view file);

// Says that what a document gives as a purl is none, so that the package is known by its name only
// and nothing can judge it; nothing when there is no text.
void note_bad_purl(std::string_view text, std::string_view package, std::string_view where,
                   base::Diagnostics& diagnostics);

}  // namespace bulkhead::sbom
