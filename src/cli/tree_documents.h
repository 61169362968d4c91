// SPDX-License-Identifier: Apache-2.0
// The documents of a source tree that policies judge (input.files), gathered during the scan's
// walk.
#pragma once

#include <vector>

#include "base/diagnostics.h"
#include "decide/document.h"
#include "posture/files.h"
#include "scan/directory.h"

namespace bulkhead::cli {

class TreeDocuments {
 public:
  TreeDocuments();
  TreeDocuments(const TreeDocuments&) = delete;
  TreeDocuments& operator=(const TreeDocuments&) = delete;

  const scan::FileReader& reader() const { return reader_; }
  std::vector<decide::FileDocument> finish(base::Diagnostics& diagnostics);

 private:
  posture::FileCollector collector_;
  base::Diagnostics diagnostics_;
  scan::FileReader reader_;
};

}  // namespace bulkhead::cli
