// SPDX-License-Identifier: Apache-2.0
// Joins the walk of scan/ with the readers of posture/.
#include "cli/tree_documents.h"

namespace bulkhead::cli {

TreeDocuments::TreeDocuments() : collector_(posture::FileKinds::all()) {
  reader_.max_bytes = posture::FileCollector::Bounds().file_bytes;
  reader_.wants = [this](std::string_view path) { return collector_.wants(path); };
  reader_.read = [this](const std::string& path, std::string_view text) {
    collector_.add(path, text, diagnostics_);
  };
}

std::vector<decide::FileDocument> TreeDocuments::finish(base::Diagnostics& diagnostics) {
  std::vector<decide::FileDocument> out;
  for (posture::PolicyFile& file : collector_.finish(diagnostics_)) {
    out.push_back({std::move(file.path), std::string(posture::file_kind_name(file.kind)),
                   std::move(file.document), file.line});
  }
  diagnostics.merge(diagnostics_);
  return out;
}

}  // namespace bulkhead::cli
