// SPDX-License-Identifier: Apache-2.0
// Whether a VEX statement is about what was scanned: its products beside the image, its packages
// and what holds them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/scan_report.h"
#include "model/vex.h"

namespace bulkhead::decide {

class VexScope {
 public:
  // The report must outlive it.
  explicit VexScope(const model::ScanReport& report);
  ~VexScope();

  // How the product covers that package of the report, for people ("the image's digest",
  // "pkg:npm/app@1.0.0, which alone brings it"); "" when it does not. document is the id of the
  // statement's document, for names that only hold within it.
  std::string covers(const model::VexProduct& product, std::string_view document, size_t package);

  // A purl of the product that says more about an image than can be compared here, and what:
  // "pkg:oci/web?channel=edge: the qualifier channel"; "" when there is none.
  std::string incomparable(const model::VexProduct& product);

 private:
  struct Component;  // with its purls and ranges parsed
  struct Graph;

  const Component& parsed(const model::VexComponent& component);
  std::string stands_for_artifact(const Component& component) const;
  bool is_distribution(const Component& component) const;
  bool names_package(const Component& component, std::string_view document, size_t package) const;
  std::vector<size_t> packages_named(const Component& component, std::string_view document) const;
  bool only_through(const std::vector<size_t>& holders, size_t package);

  const model::ScanReport& report_;
  std::map<const model::VexComponent*, std::unique_ptr<Component>> parsed_;
  std::multimap<std::string, size_t> by_name_;  // "npm/lodash", also under the source's name
  std::unique_ptr<Graph> graph_;                // made when first asked for
};

}  // namespace bulkhead::decide
