// SPDX-License-Identifier: Apache-2.0
// Loads a bundle: policy.yaml, packs of its own, packs that ship with Bulkhead, lists, mappings and
// waivers; then compiles everything that is in force into one program
// (docs/formats/policy-bundle.md).
#include "decide/bundle/policy_set.h"

#include <algorithm>
#include <set>

#include "base/node_json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "decide/bundle/lists.h"
#include "decide/bundle/parameters.h"
#include "decide/bundle/yaml_members.h"
#include "decide/foreign/packs.h"
#include "policy/bundle.h"
#include "sbom/vex.h"

namespace bulkhead::decide {
namespace {

constexpr std::string_view kPolicyFile = "policy.yaml";
constexpr std::string_view kRoot = "bulkhead.";

base::Error invalid(std::string_view where, std::string_view what) {
  return base::Error(base::Code::kInvalid, std::string(where) + ": " + std::string(what));
}

// Every path and the digest of its bytes, in order: the identity of a bundle's content.
class ContentDigest {
 public:
  void add(std::string_view path, std::string_view bytes) {
    std::string line = std::string(path) + '\0' + crypto::sha256_hex(base::as_bytes(bytes)) + '\n';
    hasher_.update(base::as_bytes(line));
  }
  std::string finish() { return "sha256:" + hasher_.finish_hex(); }

 private:
  crypto::Hasher hasher_{crypto::Algorithm::kSha256};
};

}  // namespace

class PolicyLoader {
 public:
  PolicyLoader(const Files& files, const LoadOptions& options)
      : files_(files), limits_(options.limits), tests_(options.tests), keys_(options.keys) {}

  base::Result<PolicySet> load(model::PolicyIdentity identity) {
    TRY(verify());
    TRY(read_policy_file());
    TRY(find_own_packs());
    TRY(choose_packs());
    TRY(read_mappings());
    TRY(read_waivers());
    TRY(read_vex());
    policy::Program program = TRY(compile());
    TRY(check_asked(program));
    add_undescribed_packs(program);
    if (packs_.empty()) {
      return invalid(kPolicyFile,
                     "the policy has no pack in force: name packs under \"packs\", or write rules "
                     "deny or warn in a package bulkhead.<name>; rules of another program need a "
                     "pack.yaml with \"id\" and \"adaptor\" beside them");
    }
    PolicySet out(std::move(program), limits_);
    out.identity_ = std::move(identity);
    out.identity_.digest = digest();
    out.identity_.name = name(out.identity_);
    name_signer(out.identity_);
    out.file_ = std::move(file_);
    out.packs_ = std::move(packs_);
    out.mappings_ = std::move(mappings_);
    out.waivers_ = std::move(waivers_);
    out.vex_ = std::move(vex_);
    out.foreign_tests_ = decide::foreign_tests(own_.foreign_folders, files_);
    out.foreign_folders_ = std::move(own_.foreign_folders);
    return out;
  }

 private:
  // First of all: of a bundle that must be signed nothing is read before it is known whose it is.
  base::Status verify() {
    for (const auto& [path, bytes] : files_) own_files_.push_back({path, bytes});
    policy::BundleOptions options;
    options.keys = keys_;
    options.skip_verification = keys_.empty();
    signed_by_ = TRY(policy::verify_bundle(own_files_, options));
    return {};
  }

  base::Status read_policy_file() {
    auto at = files_.find(std::string(kPolicyFile));
    described_ = at != files_.end();
    if (described_) file_ = TRY(parse_policy_file(at->first, at->second));
    // Passed over, everything in it (modes, scopes, waivers) would be. Content of others may have a
    // file of that name, too.
    auto misnamed = files_.find("policy.yml");
    bool ours =
        misnamed != files_.end() && ("\n" + misnamed->second).find("\npacks:") != std::string::npos;
    if (!described_ && ours) {
      return invalid("policy.yml", "the file must be named policy.yaml to be read");
    }
    return {};
  }

  base::Status find_own_packs() {
    own_ = TRY(read_own_packs(files_));
    if (described_ && lies_below(own_.foreign_folders, kPolicyFile)) {
      return invalid("pack.yaml",
                     "a pack with an adaptor needs a folder of its own beside policy.yaml");
    }
    if (described_ || !own_.packs.empty()) return {};
    auto pack = TRY(recognised_pack(files_));
    if (!pack) return {};
    recognised_ = pack->adaptor;
    own_.foreign_folders.push_back(pack->folder());
    own_.packs.emplace(pack->id, std::move(*pack));
    return {};
  }

  // Content that nobody described is named after the program that it was written for.
  std::string name(const model::PolicyIdentity& identity) const {
    if (recognised_.empty()) return file_.name;
    return "content of " + recognised_ + (identity.source.empty() ? "" : " in " + identity.source);
  }

  // The packs that policy.yaml names; without one, all packs of the bundle are in force.
  base::Status choose_packs() {
    if (!described_) {
      for (const auto& [id, pack] : own_.packs) {
        PackEntry entry;
        entry.pack = id;
        packs_.push_back(TRY(activate(pack, entry)));
      }
      return {};
    }
    for (const PackEntry& entry : file_.packs) {
      ActivePack active = TRY(activate(TRY(find_pack(entry)), entry));
      for (const auto& [rule, setting] : entry.rules) {
        if (active.pack.rules.contains(rule) || is_lost(active, rule)) continue;
        return invalid(where(entry), "the pack " + entry.pack + " has no rule " + rule);
      }
      active.entry.parameters = TRY(merged_parameters(active.pack, entry));
      TRY(remember_parameters(active));
      packs_.push_back(std::move(active));
    }
    return {};
  }

  // A rule of others that could not be loaded may be named: its mode says what that amounts to.
  static bool is_lost(const ActivePack& active, std::string_view rule) {
    if (!active.foreign) return false;
    const auto& lost = active.foreign->lost();
    return std::any_of(lost.begin(), lost.end(), [&](const LostRule& l) { return l.rule == rule; });
  }

  static std::string where(const PackEntry& entry) {
    return std::string(kPolicyFile) + ":" + std::to_string(entry.line);
  }

  // A pack with the content that its adaptor loads, once for all entries.
  base::Result<ActivePack> activate(Pack pack, PackEntry entry) {
    ActivePack active{std::move(pack), std::move(entry), true, nullptr};
    if (active.pack.adaptor.empty()) return active;
    if (active.entry.parameters != "{}") {
      return invalid(where(active.entry), "content of " + active.pack.adaptor +
                                              " takes no parameters; the pack " + active.pack.id +
                                              " is read as it is");
    }
    auto& loaded = foreign_[active.pack.id];
    if (!loaded) loaded = TRY(load_foreign_pack(active.pack, files_, limits_));
    active.foreign = loaded;
    for (const ForeignRule& rule : loaded->rules()) {
      active.pack.rules.emplace(rule.info.id, rule.info);
    }
    return active;
  }

  base::Result<Pack> find_pack(const PackEntry& entry) {
    auto own = own_.packs.find(entry.pack);
    if (own != own_.packs.end()) return own->second;
    std::string folder = "packs/" + entry.pack + "/";
    auto at = shipped_policies().find(folder + "pack.yaml");
    if (at == shipped_policies().end()) {
      return invalid(where(entry),
                     "there is no pack \"" + base::printable(entry.pack, 60) +
                         "\", neither in the bundle nor among those that ship: " + shipped_names());
    }
    shipped_folders_.insert(folder);
    return parse_pack(at->first, at->second);
  }

  static std::string shipped_names() {
    std::string names;
    for (const auto& [path, text] : shipped_policies()) {
      auto parts = base::split(path, '/');
      if (parts.size() != 3 || parts[2] != "pack.yaml") continue;
      names += (names.empty() ? "" : ", ") + std::string(parts[1]);
    }
    return names;
  }

  // Rules read their pack's parameters from one place, so two entries of a pack share them.
  base::Status remember_parameters(const ActivePack& active) {
    auto [at, added] = parameters_.emplace(active.pack.id, active.entry.parameters);
    if (added || at->second == active.entry.parameters) return {};
    return invalid(where(active.entry),
                   "the pack " + active.pack.id +
                       " stands above with other parameters; entries of one pack may differ in "
                       "scope, mode and rules only");
  }

  std::string place_of(std::string_view list, std::string_view name) const {
    auto at = files_.find(std::string(kPolicyFile));
    return place_of_name(at == files_.end() ? "" : at->second, list, name);
  }

  base::Status read_mappings() {
    std::set<std::string> wanted(file_.mappings.begin(), file_.mappings.end());
    for (const Files* files : {&files_, &shipped_policies()}) {
      for (const auto& [path, text] : *files) {
        if (!path.starts_with("mappings/") || !is_yaml(path)) continue;
        if (files == &files_ && lies_below(own_.foreign_folders, path)) continue;
        Mapping mapping = TRY(parse_mapping(path, text));
        if (wanted.erase(mapping.id) != 0) mappings_.push_back(std::move(mapping));
      }
    }
    if (wanted.empty()) return {};
    const std::string& missing = *wanted.begin();
    return invalid(place_of("mappings", missing),
                   "there is no mapping \"" + base::printable(missing, 60) + "\"");
  }

  base::Status read_waivers() {
    // Where `policy waive` writes to, unless policy.yaml names other files.
    if (file_.waivers.empty() && files_.contains(std::string(kWaiverFile))) {
      file_.waivers.emplace_back(kWaiverFile);
    }
    for (const std::string& path : file_.waivers) {
      auto at = files_.find(path);
      if (at == files_.end()) {
        return invalid(place_of("waivers", path),
                       "the waiver file " + path + " is not in the bundle");
      }
      auto more = TRY(parse_waivers(path, at->second));
      std::move(more.begin(), more.end(), std::back_inserter(waivers_));
    }
    return {};
  }

  base::Status read_vex() {
    base::Limits limits;
    limits.max_bytes = limits_.document_bytes;
    for (const std::string& path : file_.vex) {
      auto at = files_.find(path);
      if (at == files_.end()) {
        return invalid(place_of("vex", path), "the VEX document " + path + " is not in the bundle");
      }
      base::Diagnostics notes;  // of what no statement stands on
      vex_.push_back(TRY(sbom::read_vex(at->second, path, limits, notes)));
    }
    return {};
  }

  base::Result<policy::Program> compile() {
    policy::BundleOptions options;
    options.opaque = own_.foreign_folders;
    options.skip_verification = true;  // verify() did it
    policy::Bundle bundle = TRY(policy::read_bundle(std::move(own_files_), options));
    Mistakes mistakes;
    check_lists(files_, bundle.data, limits_, mistakes);
    if (!mistakes.empty()) return mistakes.front();
    if (tests_) {
      std::move(bundle.tests.begin(), bundle.tests.end(), std::back_inserter(bundle.modules));
      add_test_builders(bundle.modules);
    }
    add_shipped_modules(bundle.modules);
    TRY(add_shipped_lists(bundle.data));
    add_parameters(bundle.data);
    std::vector<policy::Problem> problems;
    auto program = policy::Program::compile(bundle.modules, bundle.data, limits_, problems);
    if (program || problems.empty()) return program;
    std::string all;
    for (const policy::Problem& problem : problems) {
      all += (all.empty() ? "" : "\n  ") + policy::to_string(problem);
    }
    return base::Error(program.error().code(), all);
  }

  // Modules of the shipped packs that are in force; all under bulkhead/, which tells them from the
  // bundle's own.
  void add_shipped_modules(std::vector<policy::Source>& modules) {
    for (const auto& [path, bytes] : shipped_policies()) {
      auto pack = base::cut_last(path, "/");
      if (!pack || !path.ends_with(".rego") || policy::is_test(path)) continue;
      if (!shipped_folders_.contains(std::string(pack->first) + "/")) continue;
      shipped_used_.insert(path);
      modules.push_back({std::string(kShippedFolder) + path, bytes, policy::Dialect::kV1});
    }
  }

  // Package bulkhead.test, which tests of any bundle may import.
  void add_test_builders(std::vector<policy::Source>& modules) {
    for (const auto& [path, bytes] : shipped_policies()) {
      if (!path.starts_with("test/") || files_.contains(path)) continue;
      modules.push_back({std::string(kShippedFolder) + path, bytes, policy::Dialect::kV1});
    }
  }

  // data.lists.<name> of the shipped lists, unless the bundle has a list of that name.
  base::Status add_shipped_lists(std::vector<policy::DataSource>& data) {
    std::set<std::string, std::less<>> own;  // lists/ is data only beside a policy.yaml
    if (described_) {
      for (const auto& [path, bytes] : files_) own.emplace(list_name(path));
    }
    for (const auto& [path, bytes] : shipped_policies()) {
      std::string_view name = list_name(path);
      if (name.empty() || own.contains(name)) continue;
      shipped_used_.insert(path);
      std::string json = bytes;
      if (is_yaml(path)) {
        json = base::node_to_json(TRY(read_yaml(path, bytes)), base::ScalarSchema::kCore);
      }
      data.push_back(
          {std::string(kShippedFolder) + path, {"lists", std::string(name)}, std::move(json)});
    }
    return {};
  }

  void add_parameters(std::vector<policy::DataSource>& data) {
    for (const ActivePack& active : packs_) {
      parameters_.emplace(active.pack.id, active.pack.parameters);
    }
    // Tests of packs that are not in force have their defaults, too.
    for (const auto& [id, pack] : own_.packs) parameters_.emplace(id, pack.parameters);
    for (const auto& [pack, json] : parameters_) {
      data.push_back({std::string(kPolicyFile), {"parameters", pack}, json});
    }
  }

  // A pack of ours without rules that are asked would allow everything.
  base::Status check_asked(const policy::Program& program) const {
    std::set<std::string_view> asked;
    for (const policy::Rule& rule : program.rules()) {
      bool judged = rule.name == "deny" || rule.name == "warn";
      if (judged && !policy::is_test(rule.path)) asked.insert(rule.package);
    }
    for (const ActivePack& active : packs_) {
      const Pack& pack = active.pack;
      if (active.foreign || asked.contains(pack.package)) continue;
      return invalid(pack.path, "the pack " + pack.id + " would allow everything: the package " +
                                    pack.package +
                                    " has no rule deny or warn; give its modules that package, "
                                    "and its sets these names");
    }
    return {};
  }

  // Packages bulkhead.<name> of the bundle that no pack.yaml describes: without policy.yaml all of
  // them are in force, with it those named after a stage.
  void add_undescribed_packs(const policy::Program& program) {
    std::set<std::string> known;
    for (const ActivePack& active : packs_) known.insert(active.pack.package);
    for (const auto& [id, pack] : own_.packs) known.insert(pack.package);
    std::set<std::string> found;
    for (const policy::Rule& rule : program.rules()) {
      bool judged = rule.name == "deny" || rule.name == "warn";
      bool own = !rule.path.starts_with(kShippedFolder);
      if (judged && own && rule.package.starts_with(kRoot)) found.insert(rule.package);
    }
    for (const std::string& package : found) {
      if (known.contains(package)) continue;
      std::string name = package.substr(kRoot.size());
      auto stage = model::parse_stage(name);
      if (described_ && !stage) continue;
      ActivePack active;
      active.described = false;
      active.pack.id = active.entry.pack = name;
      active.pack.package = package;
      active.pack.stages = {model::Stage::kBuild, model::Stage::kRegistry, model::Stage::kAdmission,
                            model::Stage::kRuntime};
      if (stage) active.pack.stages = {*stage};
      packs_.push_back(std::move(active));
    }
  }

  // Who signed the bundle. What is known about a commit stays; the key comes on top.
  void name_signer(model::PolicyIdentity& identity) const {
    const bool from_git = !identity.commit.empty();
    if (!keys_.empty()) {
      const std::string by = signed_by_.empty() ? "the key that was given" : "key " + signed_by_;
      identity.signature = "verified";
      identity.signer += (identity.signer.empty() ? "" : "; bundle: ") + by;
    } else if (files_.contains(".signatures.json") && !from_git) {
      identity.signature = "unverified";
    }
  }

  std::string digest() const {
    ContentDigest digest;
    for (const auto& [path, bytes] : files_) digest.add(path, bytes);
    for (const std::string& path : shipped_used_) {
      digest.add(std::string(kShippedFolder) + path, shipped_policies().at(path));
    }
    return digest.finish();
  }

  const Files& files_;
  const policy::Limits& limits_;
  bool tests_;
  const std::vector<policy::VerificationKey>& keys_;
  std::vector<policy::BundleFile> own_files_;
  std::string signed_by_;
  bool described_ = false;  // has a policy.yaml
  PolicyFile file_;
  OwnPacks own_;
  std::string recognised_;  // adaptor of a bundle that says nothing about itself
  std::map<std::string, std::shared_ptr<const ForeignPolicy>> foreign_;  // by pack
  std::set<std::string> shipped_folders_;
  std::set<std::string> shipped_used_;
  std::map<std::string, std::string> parameters_;
  std::vector<ActivePack> packs_;
  std::vector<Mapping> mappings_;
  std::vector<Waiver> waivers_;
  std::vector<model::VexDocument> vex_;
};

base::Result<PolicySet> PolicySet::load(const Files& files, model::PolicyIdentity identity,
                                        const LoadOptions& options) {
  return PolicyLoader(files, options).load(std::move(identity));
}

}  // namespace bulkhead::decide
