// SPDX-License-Identifier: Apache-2.0
// Packs of a bundle that hold rules of another program (foreign.h).
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "decide/bundle/pack.h"
#include "decide/foreign.h"
#include "policy/engine.h"

namespace bulkhead::decide {

// Loads what lies below the pack's folder; paths of rules and refusals are those in the bundle.
// kInvalid when something is broken (all of it is named), or when not one rule is in force: a pack
// that judges nothing must not pass for one that found nothing.
base::Result<std::shared_ptr<const ForeignPolicy>> load_foreign_pack(const Pack& pack,
                                                                     const Files& files,
                                                                     const policy::Limits& limits);

// A bundle that says nothing about itself (neither policy.yaml nor pack.yaml, no package
// bulkhead.<name>) may be the folder of another program: then one pack named after the adaptor.
// kInvalid when it could be that of several.
base::Result<std::optional<Pack>> recognised_pack(const Files& files);

// What lies below a folder of such a pack and is its content, paths relative to the folder.
Files foreign_content(const std::string& folder, const Files& files);

// Files of tests in such content.
std::vector<std::string> foreign_tests(const std::vector<std::string>& folders, const Files& files);

}  // namespace bulkhead::decide
