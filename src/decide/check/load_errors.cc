// SPDX-License-Identifier: Apache-2.0
// Reads each part of a bundle that does not load, and collects what is wrong with it.
#include "decide/check/load_errors.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "decide/bundle/lists.h"
#include "decide/bundle/parameters.h"
#include "decide/bundle/yaml_members.h"
#include "decide/foreign/packs.h"
#include "policy/bundle.h"
#include "sbom/vex.h"

namespace bulkhead::decide {
namespace {

constexpr size_t kMaxBrokenData = 100;  // files of data; each is found by reading all again

// Takes "<digits>" off the text; 0 and nothing taken when there are none.
uint32_t take_number(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && base::is_digit(text[end])) ++end;
  auto number = base::to_number<uint32_t>(text.substr(0, end));
  if (!number) return 0;
  text.remove_prefix(end);
  return *number;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// ":3:14: what", ": line 3, column 14: what" and what libyaml says: ": not valid YAML: line 3:
// what".
void take_place(std::string_view& text, Remark& remark) {
  std::string_view rest = text;
  take(rest, ": not valid YAML");
  bool words = take(rest, ": line ");
  if (!words && !take(rest, ":")) return;
  remark.line = take_number(rest);
  if (remark.line == 0) return;
  std::string_view behind = rest;
  if (take(behind, words ? ", column " : ":")) remark.column = take_number(behind);
  text = remark.column != 0 ? behind : rest;
}

// The file of the bundle that an error begins with, "" when it is none.
std::string file_of(const Files& files, std::string_view message) {
  for (size_t at = message.find(':'); at != message.npos; at = message.find(':', at + 1)) {
    std::string path(message.substr(0, at));
    if (files.contains(path)) return path;
  }
  // What is missing altogether is said of the file that should be there.
  return message.starts_with("policy.yaml:") ? "policy.yaml" : "";
}

class LoadErrors {
 public:
  LoadErrors(const Files& files, const LoadOptions& options) : files_(files), options_(options) {}

  std::vector<Remark> run(const base::Error& first) {
    // Nothing of a bundle that somebody else may have changed is parsed.
    if (first.code() != base::Code::kDenied) {
      read_policy_file();
      read_packs();
      check_entries();
      read_mappings();
      read_waivers();
      read_vex();
      compile();
    }
    add_first(first);
    auto key = [](const Remark& r) { return std::tie(r.path, r.line, r.column, r.message); };
    std::sort(remarks_.begin(), remarks_.end(),
              [&](const Remark& a, const Remark& b) { return key(a) < key(b); });
    auto same = [&](const Remark& a, const Remark& b) { return key(a) == key(b); };
    remarks_.erase(std::unique(remarks_.begin(), remarks_.end(), same), remarks_.end());
    return std::move(remarks_);
  }

 private:
  Remark remark_of(std::string_view message) const {
    Remark remark;
    remark.kind = Remark::Kind::kError;
    remark.code = "not-loaded";
    remark.path = file_of(files_, message);
    message.remove_prefix(remark.path.size());
    if (!remark.path.empty()) take_place(message, remark);
    take(message, ": ");
    remark.message = message;
    return remark;
  }

  // What is found in one go stands in lines that are indented, maybe below a heading.
  static std::vector<std::string_view> parts_of(std::string_view message) {
    constexpr std::string_view kNext = "\n  ";
    std::vector<std::string_view> parts;
    while (auto next = base::cut(message, kNext)) {
      parts.push_back(next->first);
      message = next->second;
    }
    parts.push_back(message);
    if (parts.size() > 1 && parts.front().ends_with(':')) parts.erase(parts.begin());
    return parts;
  }

  void add(const base::Error& error) {
    for (std::string_view part : parts_of(error.message())) remarks_.push_back(remark_of(part));
  }
  void add(std::string message) { add(base::Error(base::Code::kInvalid, std::move(message))); }
  void add(const Mistakes& mistakes) {
    for (const base::Error& mistake : mistakes) add(mistake);
  }

  // Unless the same place is told already, maybe in other words.
  void add_first(const base::Error& first) {
    for (std::string_view part : parts_of(first.message())) {
      Remark remark = remark_of(part);
      bool known = std::any_of(remarks_.begin(), remarks_.end(), [&](const Remark& other) {
        return other.path == remark.path && other.line == remark.line && other.line != 0;
      });
      if (!known) remarks_.push_back(std::move(remark));
    }
  }

  void read_policy_file() {
    auto at = files_.find("policy.yaml");
    if (at == files_.end()) return;
    described_ = true;
    Mistakes mistakes;
    auto file = parse_policy_file(at->first, at->second, mistakes);
    if (file) {
      file_ = std::move(*file);
    } else {
      add(file.error());
    }
    readable_ = file && mistakes.empty();
    add(mistakes);
  }

  void read_packs() {
    Mistakes mistakes;
    own_ = read_own_packs(files_, mistakes);
    add(mistakes);
    // Content of another program whose pack.yaml is wrong must not be taken for rules of ours.
    for (const auto& [path, text] : files_) {
      if (base::basename(path) != "pack.yaml" || text.find("adaptor:") == text.npos) continue;
      std::string_view folder = base::dirname(path);
      if (!folder.empty()) own_.foreign_folders.push_back(std::string(folder) + "/");
    }
    if (described_ || !own_.packs.empty() || !mistakes.empty()) return;
    auto pack = recognised_pack(files_);
    if (!pack || !*pack) return;
    own_.foreign_folders.push_back((*pack)->folder());
    own_.packs.emplace((*pack)->id, **pack);
  }

  // Content of others is loaded when policy.yaml names it or there is none.
  void check_entries() {
    std::set<std::string> named;
    for (const PackEntry& entry : file_.packs) {
      if (named.insert(entry.pack).second && own_.packs.contains(entry.pack)) load_foreign(entry);
      check_rules(entry);
    }
    if (described_) return;
    for (const auto& [id, pack] : own_.packs) {
      PackEntry entry;
      entry.pack = id;
      load_foreign(entry);
    }
  }

  void load_foreign(const PackEntry& entry) {
    const Pack& pack = own_.packs.at(entry.pack);
    if (pack.adaptor.empty()) return;
    auto loaded = load_foreign_pack(pack, files_, options_.limits);
    if (!loaded) add(loaded.error());
  }

  const Pack* pack_of(const PackEntry& entry) {
    auto own = own_.packs.find(entry.pack);
    if (own != own_.packs.end()) return &own->second;
    std::string path = "packs/" + entry.pack + "/pack.yaml";
    auto shipped = shipped_policies().find(path);
    if (shipped == shipped_policies().end()) return nullptr;
    auto pack = parse_pack(path, shipped->second);
    if (!pack) return nullptr;
    return &(shipped_[entry.pack] = std::move(*pack));
  }

  void check_rules(const PackEntry& entry) {
    std::string where = "policy.yaml:" + std::to_string(entry.line) + ": ";
    const Pack* pack = pack_of(entry);
    if (pack == nullptr) {
      bool broken = files_.contains("packs/" + entry.pack + "/pack.yaml");
      if (!broken) {
        add(where + "there is no pack \"" + base::printable(entry.pack, 60) +
            "\", neither in the bundle nor among those that ship (bulkhead policy show)");
      }
      return;
    }
    if (!pack->adaptor.empty()) return;  // its rules are known when it loads
    for (const auto& [rule, setting] : entry.rules) {
      if (pack->rules.contains(rule)) continue;
      add(where + "the pack " + entry.pack + " has no rule " + rule);
    }
    Mistakes mistakes;
    auto merged = merged_parameters(*pack, entry, mistakes);
    if (!merged) add(merged.error());
    add(mistakes);
  }

  std::string place_of(std::string_view list, std::string_view name) const {
    return place_of_name(files_.at("policy.yaml"), list, name);
  }

  void read_mappings() {
    std::set<std::string> wanted(file_.mappings.begin(), file_.mappings.end());
    bool whole = true;
    for (const Files* files : {&files_, &shipped_policies()}) {
      for (const auto& [path, text] : *files) {
        if (!path.starts_with("mappings/") || !is_yaml(path)) continue;
        if (files == &files_ && lies_below(own_.foreign_folders, path)) continue;
        auto mapping = parse_mapping(path, text);
        if (mapping) wanted.erase(mapping->id);
        if (!mapping) add(mapping.error());
        whole = whole && mapping;
      }
    }
    for (const std::string& name : wanted) {
      if (!whole) continue;
      add(place_of("mappings", name) + ": there is no mapping \"" + base::printable(name, 60) +
          "\"");
    }
  }

  void read_waivers() {
    std::vector<std::string> names = file_.waivers;
    bool own = names.empty() && files_.contains(std::string(kWaiverFile));
    if (own && readable_) names.emplace_back(kWaiverFile);
    for (const std::string& path : names) {
      auto at = files_.find(path);
      if (at == files_.end()) {
        add(place_of("waivers", path) + ": the waiver file " + path + " is not in the bundle");
        continue;
      }
      Mistakes mistakes;
      auto waivers = parse_waivers(path, at->second, mistakes);
      if (!waivers) add(waivers.error());
      add(mistakes);
    }
  }

  void read_vex() {
    base::Limits limits;
    limits.max_bytes = options_.limits.document_bytes;
    for (const std::string& path : file_.vex) {
      auto at = files_.find(path);
      if (at == files_.end()) {
        add(place_of("vex", path) + ": the VEX document " + path + " is not in the bundle");
        continue;
      }
      base::Diagnostics notes;
      auto document = sbom::read_vex(at->second, path, limits, notes);
      if (!document) add(document.error());
    }
  }

  // What cannot be read is told and left out, until the rest can be.
  std::optional<policy::Bundle> read_rest() {
    std::map<std::string, std::string> left = files_;
    policy::BundleOptions options;
    options.opaque = own_.foreign_folders;
    options.skip_verification = true;  // done, or not asked for: see run()
    for (size_t i = 0; i < kMaxBrokenData; ++i) {
      std::vector<policy::BundleFile> files;
      for (const auto& [path, bytes] : left) files.push_back({path, bytes});
      auto bundle = policy::read_bundle(std::move(files), options);
      if (bundle) return std::move(*bundle);
      add(bundle.error());
      if (left.erase(file_of(files_, bundle.error().message())) == 0) return std::nullopt;
    }
    return std::nullopt;
  }

  void add_shipped(std::string_view folder, std::vector<policy::Source>& modules) const {
    for (const auto& [path, bytes] : shipped_policies()) {
      if (!path.starts_with(folder) || !path.ends_with(".rego") || files_.contains(path)) continue;
      bool test = policy::is_test(path);
      if (!test) modules.push_back({"bulkhead/" + path, bytes, policy::Dialect::kV1});
    }
  }

  void compile() {
    auto bundle = read_rest();
    if (!bundle) return;
    Mistakes mistakes;
    check_lists(files_, bundle->data, options_.limits, mistakes);
    add(mistakes);
    std::vector<policy::Source>& modules = bundle->modules;
    if (options_.tests) {
      std::move(bundle->tests.begin(), bundle->tests.end(), std::back_inserter(modules));
      add_shipped("test/", modules);
    }
    for (const auto& [id, pack] : shipped_) add_shipped("packs/" + id + "/", modules);
    std::vector<policy::Problem> problems;
    auto program = policy::Program::compile(modules, bundle->data, options_.limits, problems);
    for (const policy::Problem& problem : problems) add(policy::to_string(problem));
    if (!program && problems.empty()) add(program.error());
  }

  const Files& files_;
  const LoadOptions& options_;
  bool described_ = false;  // has a policy.yaml
  bool readable_ = false;   // and nothing is wrong with it by itself
  PolicyFile file_;
  OwnPacks own_;
  std::map<std::string, Pack> shipped_;  // that ship and are named
  std::vector<Remark> remarks_;
};

}  // namespace

std::vector<Remark> load_errors(const Files& files, const LoadOptions& options,
                                const base::Error& first) {
  return LoadErrors(files, options).run(first);
}

}  // namespace bulkhead::decide
