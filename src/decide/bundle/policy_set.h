// SPDX-License-Identifier: Apache-2.0
// A policy made ready: the bundle's files read, its packs (its own and those that ship with
// Bulkhead) compiled into one program, everything said about them in policy.yaml resolved.
//
// Loading is where a broken bundle is found: nothing half-loaded ever judges.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/policy_file.h"
#include "decide/bundle/shipped.h"
#include "decide/waivers/waivers.h"
#include "model/verdict.h"
#include "model/vex.h"
#include "policy/bundle.h"
#include "policy/engine.h"

namespace bulkhead::decide {

class ForeignPolicy;

struct ActivePack {
  Pack pack;
  PackEntry entry;
  bool described = true;  // has a pack.yaml; else any rule id goes
  // Of a pack with an adaptor, whose rules stand in pack.rules too; shared by the pack's entries.
  std::shared_ptr<const ForeignPolicy> foreign;
};

struct LoadOptions {
  policy::Limits limits;
  bool tests = false;  // compile *_test.rego too, for run_tests() and check_policy()
  // Whom to believe about a bundle: with keys, one without a good signature is refused (kDenied);
  // without, its signature is not looked at.
  std::vector<policy::VerificationKey> keys;
};

class PolicySet {
 public:
  // identity brings source and commit; digest and name are filled in. kInvalid: policy.yaml, a pack
  // or a module is wrong (all compile errors are listed), a pack is named that does not exist, two
  // files define the same data; kLimit: more or larger than the limits allow.
  static base::Result<PolicySet> load(const Files& files, model::PolicyIdentity identity,
                                      const LoadOptions& options);

  const model::PolicyIdentity& identity() const { return identity_; }
  const PolicyFile& file() const { return file_; }
  const std::vector<ActivePack>& packs() const { return packs_; }
  const std::vector<Mapping>& mappings() const { return mappings_; }
  const std::vector<Waiver>& waivers() const { return waivers_; }
  const std::vector<model::VexDocument>& vex() const { return vex_; }
  const policy::Program& program() const { return program_; }  // of the packs without adaptor
  // Folders whose files are content of other programs ("packs/house/"), and the tests in them.
  const std::vector<std::string>& foreign_folders() const { return foreign_folders_; }
  const std::vector<std::string>& foreign_tests() const { return foreign_tests_; }
  const policy::Limits& limits() const { return limits_; }

 private:
  PolicySet(policy::Program program, const policy::Limits& limits)
      : program_(std::move(program)), limits_(limits) {}

  friend class PolicyLoader;
  policy::Program program_;
  policy::Limits limits_;
  model::PolicyIdentity identity_;
  PolicyFile file_;
  std::vector<ActivePack> packs_;
  std::vector<Mapping> mappings_;
  std::vector<Waiver> waivers_;
  std::vector<model::VexDocument> vex_;
  std::vector<std::string> foreign_folders_, foreign_tests_;
};

}  // namespace bulkhead::decide
