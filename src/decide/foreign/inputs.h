// SPDX-License-Identifier: Apache-2.0
// What a policy document holds for rules of other programs: its files and its Kubernetes objects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace bulkhead::decide {

// An entry of input.files. Views into the document.
struct InputFile {
  std::string_view path;
  std::string_view kind;
  uint32_t line = 1;
  base::json::Value document;

  std::string place() const;  // "k8s/web.yaml:12"
};
std::vector<InputFile> input_files(base::json::Value input);

// A Kubernetes object: of a file, or the one under review.
struct InputObject {
  base::json::Value object;
  base::json::Value request;  // AdmissionRequest; missing for objects of files
  std::string place;          // "k8s/web.yaml:12", "" for the one under review

  std::string name() const;  // "Pod default/web"
};
std::vector<InputObject> input_objects(base::json::Value input);

// Group and version of an apiVersion: {"apps", "v1"}, {"", "v1"}.
std::pair<std::string_view, std::string_view> group_and_version(std::string_view api_version);

std::string json_text(base::json::Value value);

}  // namespace bulkhead::decide
