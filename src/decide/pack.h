// SPDX-License-Identifier: Apache-2.0
// pack.yaml and mapping files: what is said about rules outside their code
// (docs/formats/policy-bundle.md).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/verdict.h"

namespace bulkhead::decide {

struct RuleInfo {
  std::string id;
  std::string title, why, fix;
  model::Severity severity = model::Severity::kMedium;
  model::Decision level = model::Decision::kDeny;
  std::vector<std::string> references;
  std::vector<std::string> needs;  // "image.config", "findings:secret"
  uint32_t line = 0;
};

struct Pack {
  std::string id;       // "image-hygiene"
  std::string package;  // "bulkhead.image_hygiene"
  std::string title;
  std::string path;  // of pack.yaml
  std::vector<model::Stage> stages;
  std::string parameters = "{}";  // JSON object, the defaults
  std::map<std::string, RuleInfo, std::less<>> rules;
};

// kInvalid names file, line and what is wrong: unknown members, a repeated or missing id,
// severities or stages that are none, `needs` that are no path.
base::Result<Pack> parse_pack(std::string_view path, std::string_view text);

// Control ids of one framework and the rules that speak for them.
struct Control {
  std::string id;       // "6.3.3"
  std::string title;    // in our words
  std::string covered;  // "full", "partial", "none"
  std::string reason;   // why not in full
  std::vector<std::string> rules;
};
struct Mapping {
  std::string id;  // "pci-dss"
  std::string title;
  std::vector<Control> controls;
};
base::Result<Mapping> parse_mapping(std::string_view path, std::string_view text);

}  // namespace bulkhead::decide
