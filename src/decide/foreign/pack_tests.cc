// SPDX-License-Identifier: Apache-2.0
// Finds whose content a folder is, and has its tests run.
#include "decide/foreign/pack_tests.h"

#include <map>

#include "decide/foreign.h"
#include "decide/foreign/packs.h"
#include "decide/foreign/run_tests.h"

namespace bulkhead::decide {
namespace {

// Packs of content by their folder: those in force (one may be recognised, without a pack.yaml) and
// those that policy.yaml does not name.
std::map<std::string, std::string> adaptors_by_folder(const PolicySet& policy,
                                                      const OwnPacks& own) {
  std::map<std::string, std::string> out;
  for (const ActivePack& active : policy.packs()) {
    if (active.foreign) out.emplace(active.pack.folder(), active.pack.adaptor);
  }
  for (const auto& [id, pack] : own.packs) {
    if (!pack.adaptor.empty()) out.emplace(pack.folder(), pack.adaptor);
  }
  return out;
}

}  // namespace

base::Result<std::vector<TestResult>> run_foreign_packs_tests(const PolicySet& policy,
                                                              const Files& files,
                                                              const TestOptions& options) {
  std::vector<TestResult> out;
  if (policy.foreign_tests().empty()) return out;
  OwnPacks own = TRY(read_own_packs(files));
  for (const auto& [folder, name] : adaptors_by_folder(policy, own)) {
    const Adaptor* adaptor = find_adaptor(name);
    if (adaptor == nullptr) continue;
    Files content = foreign_content(folder, files);
    auto results = TRY_AT(folder, run_foreign_tests(*adaptor, content, policy.limits(), options));
    for (TestResult& result : results) {
      result.path.insert(0, folder);
      out.push_back(std::move(result));
    }
  }
  return out;
}

}  // namespace bulkhead::decide
