// SPDX-License-Identifier: Apache-2.0
// Finds and loads packs of other programs.
#include "decide/foreign/packs.h"

#include <algorithm>

#include "base/text.h"
#include "decide/foreign/module.h"
#include "policy/bundle.h"

namespace bulkhead::decide {
namespace {

base::Error nothing_in_force(const Pack& pack, const ForeignPolicy& policy) {
  std::string message = "the pack " + pack.id + " has no rule in force";
  if (!policy.refused().empty()) message += ": " + to_string(policy.refused().front());
  return base::Error(base::Code::kInvalid, message);
}

// All that is broken, or nothing.
std::optional<base::Error> broken_content(std::string_view where, std::string_view folder,
                                          const std::vector<Refusal>& refused) {
  constexpr size_t kMost = 50;
  size_t count = 0;
  std::string all;
  for (Refusal refusal : refused) {
    if (!refusal.broken || ++count > kMost) continue;
    refusal.path.insert(0, folder);
    all += "\n  " + to_string(refusal);
  }
  if (count == 0) return std::nullopt;
  if (count > kMost) all += "\n  and " + std::to_string(count - kMost) + " more";
  return base::Error(base::Code::kInvalid,
                     std::string(where) +
                         ": the content is broken, so none of it is taken; mend it, or take these "
                         "files out of the pack's folder:" +
                         all);
}

bool is_ours(const Files& files) {
  return std::any_of(files.begin(), files.end(), [](const auto& file) {
    std::string_view name = base::basename(file.first);
    if (file.first == "policy.yaml" || name == "pack.yaml") return true;
    if (!name.ends_with(".rego")) return false;
    Module module = read_module(file.first, file.second);
    return module.package.size() > 1 && module.package.front() == "bulkhead";
  });
}

}  // namespace

Files foreign_content(const std::string& folder, const Files& files) {
  Files content;
  for (auto at = files.lower_bound(folder); at != files.end(); ++at) {
    if (!at->first.starts_with(folder)) break;
    std::string path = at->first.substr(folder.size());
    // What says something about the bundle is no content.
    if (path == "pack.yaml" || path == ".manifest" || path == ".signatures.json") continue;
    content.emplace(std::move(path), at->second);
  }
  return content;
}

base::Result<std::shared_ptr<const ForeignPolicy>> load_foreign_pack(const Pack& pack,
                                                                     const Files& files,
                                                                     const policy::Limits& limits) {
  ForeignOptions options;
  options.namespaces = pack.namespaces;
  options.combine = pack.combine;
  options.limits = limits;
  std::string folder = pack.folder();
  std::string where = "pack " + pack.id + " (" + pack.adaptor + ")";
  const Adaptor* adaptor = find_adaptor(pack.adaptor);
  std::vector<Refusal> refused;
  auto loaded = adaptor->load(foreign_content(folder, files), options, refused);
  if (auto broken = broken_content(where, folder, refused)) return std::move(*broken);
  auto policy = TRY_AT(where, std::move(loaded));
  policy->settle(std::move(refused), folder);
  if (policy->rules().empty()) return nothing_in_force(pack, *policy);
  return std::shared_ptr<const ForeignPolicy>(std::move(policy));
}

base::Result<std::optional<Pack>> recognised_pack(const Files& files) {
  if (is_ours(files)) return std::optional<Pack>();
  const Adaptor* found = nullptr;
  Files content = foreign_content("", files);
  for (const Adaptor* adaptor : all_adaptors()) {
    if (!adaptor->recognises(content)) continue;
    if (found != nullptr) {
      return base::Error(base::Code::kInvalid,
                         "this may be content of " + std::string(found->name) + " or of " +
                             std::string(adaptor->name) +
                             "; a pack.yaml with \"id\" and \"adaptor\" beside it says whose");
    }
    found = adaptor;
  }
  if (found == nullptr) return std::optional<Pack>();
  Pack pack;
  pack.id = pack.adaptor = found->name;
  pack.title = found->summary;
  pack.stages = {model::Stage::kBuild, model::Stage::kRegistry, model::Stage::kAdmission,
                 model::Stage::kRuntime};
  return std::optional<Pack>(std::move(pack));
}

std::vector<std::string> foreign_tests(const std::vector<std::string>& folders,
                                       const Files& files) {
  std::vector<std::string> tests;
  for (const auto& [path, text] : files) {
    if (policy::is_test(path) && lies_below(folders, path)) tests.push_back(path);
  }
  return tests;
}

}  // namespace bulkhead::decide
