// SPDX-License-Identifier: Apache-2.0
// Between what was found and what is reported: the policy's document, its verdict, VEX,
// waivers.
//
// The parent opens what is needed (policy files, ignore files, the place for the decision); the
// confined process judges; the parent puts the decision into place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/command.h"
#include "cli/decision_file.h"
#include "cli/policy_source.h"
#include "cli/vex_input.h"
#include "decide/document.h"
#include "decide/waivers/waivers.h"
#include "model/scan_report.h"

namespace bulkhead::cli {

// That the verdict is no judgement, where only the exit code is looked at; unless --quiet.
void complain_about_nothing_judged(const Invocation& invocation, const model::Verdict& verdict);

class Judging {
 public:
  Judging() = default;
  // document: filled with the policy's document in run(); may be null.
  static base::Result<Judging> open(const Invocation& invocation, base::UnixTime now,
                                    std::string* document);

  // Whether anybody will look at the document.
  bool wants_document() const { return policy_.has_value() || document_ != nullptr; }
  // registry_name: how the image is called in a registry; "" for other inputs. files: documents of
  // a source tree; nullopt when nobody looked for them.
  base::Status run(const std::string& registry_name,
                   std::optional<std::vector<decide::FileDocument>> files,
                   model::ScanReport& report) const;
  base::Status commit();

 private:
  base::Status complete(const std::string& registry_name, decide::DocumentFacts& facts) const;
  base::Status judge(const decide::DocumentFacts& facts, model::ScanReport& report) const;

  base::UnixTime now_ = 0;
  model::Stage stage_ = model::Stage::kBuild;
  std::string reference_;
  std::string* document_ = nullptr;
  std::vector<decide::Waiver> waivers_;
  VexInput vex_;
  std::optional<PolicySource> policy_;
  std::optional<DecisionFile> decision_;
};

}  // namespace bulkhead::cli
