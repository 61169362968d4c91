// SPDX-License-Identifier: Apache-2.0
// Others wrote these documents, so they are parsed where nothing can be reached.
#include "cli/vex_input.h"

#include <utility>

#include "base/fs.h"
#include "cli/named_file.h"
#include "decide/vex/vex.h"
#include "sbom/vex.h"

namespace bulkhead::cli {
namespace {
constexpr uint64_t kMaxVexBytes = 256ull << 20;
}

base::Result<VexInput> VexInput::open(const Invocation& invocation) {
  VexInput out;
  out.trust_ = invocation.values("vex-trust");
  for (const std::string& path : invocation.values("vex")) {
    out.files_.push_back({path, TRY_AT("VEX document", read_named_file(path, kMaxVexBytes))});
  }
  return out;
}

base::Status VexInput::apply(const std::string& reference, model::ScanReport& report) const {
  base::Limits limits;
  limits.max_bytes = kMaxVexBytes;
  std::vector<model::VexDocument> documents;
  for (const File& file : files_) {
    documents.push_back(TRY(sbom::read_vex(file.text, file.path, limits, report.diagnostics)));
  }
  // A name that was given counts for statements, but it is no tag that a report may show. Of a
  // source tree it says how the image will be called: that is not what was scanned.
  bool named = !reference.empty() && report.artifact.kind != model::ArtifactKind::kRepository;
  std::vector<std::string> carried = report.artifact.tags;
  if (named) report.artifact.tags.push_back(reference);
  decide::apply_vex(documents, trust_, report);
  report.artifact.tags = std::move(carried);
  return {};
}

}  // namespace bulkhead::cli
