// SPDX-License-Identifier: Apache-2.0
// Where reports go: standard output and files, several at once. Files are written aside and appear
// under their name only when complete.
#pragma once

#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "cli/command.h"
#include "model/scan_report.h"
#include "report/format.h"

namespace bulkhead::cli {

struct Output {
  const report::Format* format = nullptr;
  std::string path;       // "" standard output
  std::string temporary;  // what is renamed to path
  base::Fd fd;
};

class Outputs {
 public:
  // From --format, --output FILE and -o FORMAT=FILE; kInvalid names an unknown format.
  static base::Result<Outputs> open(const Invocation& invocation, std::string_view default_format);
  Outputs() = default;
  Outputs(Outputs&&) = default;
  Outputs& operator=(Outputs&&) = default;
  ~Outputs();

  base::Status write(const model::ScanReport& report, const report::Style& style) const;
  // Renames finished files into place. Without it the destructor removes them.
  base::Status commit();
  bool terminal() const;  // whether one output is a terminal
  // A format among them that says nothing where vulnerabilities are not looked for; "" without one.
  std::string_view without_packages() const;

 private:
  std::vector<Output> outputs_;
};

// Colour and width from the terminal, NO_COLOR, --sort and --template.
base::Result<report::Style> style_for(const Invocation& invocation);

}  // namespace bulkhead::cli
