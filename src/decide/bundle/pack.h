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

// What the default of a parameter does not show.
struct ParameterShape {
  std::vector<std::string> types;  // text, number, flag, list, mapping; empty: the default's
  std::vector<std::string> keys;   // of a mapping; empty: any
};

struct Pack {
  std::string id;       // "image-hygiene"
  std::string package;  // "bulkhead.image_hygiene"; "" with an adaptor
  std::string title;
  std::string path;  // of pack.yaml
  // With an adaptor the files beside pack.yaml are rules of another program (foreign.h).
  std::string adaptor;                  // "conftest"
  std::vector<std::string> namespaces;  // options of the adaptor
  bool combine = false;
  std::vector<model::Stage> stages;
  std::string parameters = "{}";  // JSON object, the defaults
  std::map<std::string, ParameterShape, std::less<>> shapes;
  std::map<std::string, RuleInfo, std::less<>> rules;

  std::string folder() const;  // "packs/house/", "" for the root of the bundle
};

// kInvalid names file, line and what is wrong: unknown members, a repeated or missing id,
// severities or stages that are none, `needs` that are no path.
base::Result<Pack> parse_pack(std::string_view path, std::string_view text);

// All packs of a bundle by id. What lies below a pack with an adaptor is its content, even when it
// is called pack.yaml. kInvalid: one that is wrong, or two of one id.
struct OwnPacks {
  std::map<std::string, Pack> packs;
  std::vector<std::string> foreign_folders;  // of packs with an adaptor
};
base::Result<OwnPacks> read_own_packs(const std::map<std::string, std::string>& files);
// The same for who wants to know every mistake: the packs that can be read.
OwnPacks read_own_packs(const std::map<std::string, std::string>& files,
                        std::vector<base::Error>& mistakes);

// Whether a path lies below one of the folders ("": everything does).
bool lies_below(const std::vector<std::string>& folders, std::string_view path);

// Control ids of one framework and the rules that speak for them.
struct Control {
  std::string id;       // "6.3.3"
  std::string title;    // in our words
  std::string covered;  // "full", "partial", "none"
  std::string reason;   // why not in full
  std::vector<std::string> rules;
  uint32_t line = 0;
};
struct Mapping {
  std::string id;  // "pci-dss"
  std::string title;
  std::vector<Control> controls;
};
base::Result<Mapping> parse_mapping(std::string_view path, std::string_view text);

}  // namespace bulkhead::decide
