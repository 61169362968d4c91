// SPDX-License-Identifier: Apache-2.0
// Where reports go: standard output and files, several at once. Files are written aside and appear
// under their name only when complete.
#pragma once

#include <string>
#include <vector>

#include "base/fs.h"
#include "base/new_file.h"
#include "base/result.h"
#include "cli/command.h"
#include "model/scan_report.h"
#include "report/format.h"

namespace bulkhead::cli {

struct Output {
  const report::Format* format = nullptr;
  std::string path;    // "" standard output
  base::NewFile file;  // what becomes path
  base::Fd stream;     // instead of it: standard output, a device, a pipe

  const base::Fd& fd() const { return file.valid() ? file.fd() : stream; }
};

class Outputs {
 public:
  // From --format, --output FILE and -o FORMAT=FILE; kInvalid names an unknown format.
  static base::Result<Outputs> open(const Invocation& invocation, std::string_view default_format);

  base::Status write(const model::ScanReport& report, const report::Style& style) const;
  // Puts finished files into place. Without it nothing stays of them.
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
