// SPDX-License-Identifier: Apache-2.0
// The VEX documents of --vex: opened by the parent, read and applied by the confined child.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "model/scan_report.h"

namespace bulkhead::cli {

class VexInput {
 public:
  VexInput() = default;
  static base::Result<VexInput> open(const Invocation& invocation);
  // Reads the documents and applies them to the findings; an error names document and place.
  // reference: a name that the image is known by beside those it carries, "" none.
  base::Status apply(const std::string& reference, model::ScanReport& report) const;

 private:
  struct File {
    std::string path;
    std::string text;
  };
  std::vector<File> files_;
  std::vector<std::string> trust_;
};

}  // namespace bulkhead::cli
