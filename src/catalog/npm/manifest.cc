// SPDX-License-Identifier: Apache-2.0
// package.json after npm's documentation of the format
// (https://docs.npmjs.com/cli/configuring-npm/package-json) and what older files do.
//
// Three lock file readers and the manifest reader need the projects of a source tree. read() of
// each keeps them in its facts in one shape: strings[0] says what the facts are, packages are the
// project itself (if it has a name) and its requests in order, the further strings are key and
// wording of each request and the patterns of a workspace.
#include "catalog/npm/manifest.h"

#include <algorithm>
#include <tuple>

#include "base/node.h"
#include "base/text.h"
#include "catalog/documents.h"
#include "catalog/json_lines.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::npm {
namespace {

using base::Status;
using base::json::Value;

constexpr std::string_view kNamed = "project";
constexpr std::string_view kWorkspace = "pnpm-workspace";
constexpr std::string_view kAnonymous = "anonymous-project";
constexpr std::string_view kKeyPrefix = "key:";
constexpr std::string_view kGlobPrefix = "workspace:";
constexpr size_t kMaxRequests = 10'000;  // real projects ask for some hundreds
constexpr size_t kMaxLicences = 32;
constexpr size_t kMaxTextBytes = 1024;  // of a licence or a name of a person

std::string clip(std::string_view text) {
  return std::string(base::trim(text).substr(0, kMaxTextBytes));
}

void add_licence(Value value, std::vector<std::string>& out) {
  std::string_view text = value.string_or("");
  if (text.empty()) text = value["type"].string_or("");
  if (text.empty()) text = value["name"].string_or("");
  std::string licence = clip(text);
  if (!licence.empty() && out.size() < kMaxLicences &&
      std::find(out.begin(), out.end(), licence) == out.end()) {
    out.push_back(std::move(licence));
  }
}

std::string person(Value value) {
  if (value.is_array()) {
    Value first;
    value.each([&](Value v) {
      if (first.missing()) first = v;
    });
    value = first;
  }
  if (value.is_string()) return clip(value.string_or(""));
  std::string name = clip(value["name"].string_or(""));
  std::string mail = clip(value["email"].string_or(""));
  if (name.empty() || mail.empty()) return name + mail;
  return name + " <" + mail + ">";
}

// The package that a request asks for: behind an alias stands another name.
model::Package requested(std::string_view key, std::string_view requirement) {
  std::string_view name = key;
  std::string_view range = requirement;
  if (auto alias = split_alias(requirement)) std::tie(name, range) = *alias;
  model::Package package = make_package(name, clean_version(range).value_or(std::string_view()));
  SourceKind kind = source_kind(requirement);
  if (kind == SourceKind::kGit || kind == SourceKind::kTarball) {
    set_source(package, kind, requirement);
  }
  package.origin = model::Origin::kManifest;
  package.relation = model::Relation::kDirect;
  package.requirement = range;
  return package;
}

Status read_requests(Value manifest, std::string_view text, FileFacts& out) {
  LineFinder lines(text);
  size_t count = 0;
  std::set<std::string_view> optional_peers;
  manifest["peerDependenciesMeta"].each_member([&](std::string_view key, Value meta) {
    if (meta["optional"].boolean().value_or(false)) optional_peers.insert(key);
  });
  manifest.each_member([&](std::string_view section, Value requests) {
    bool dev = section == "devDependencies";
    bool optional = section == "optionalDependencies";
    bool peer = section == "peerDependencies";
    if (!dev && !optional && !peer && section != "dependencies") return;
    if (!requests.is_object()) return;
    lines.find(section, true);
    requests.each_member([&](std::string_view key, Value requirement) {
      if (!valid_name(key) || !requirement.is_string()) return;
      if (++count > kMaxRequests) return;
      model::Package package = requested(key, requirement.string_or(""));
      package.dev = dev;
      package.optional = optional || (peer && optional_peers.contains(key));
      package.locations = {{out.path, lines.find(key), -1}};
      out.packages.push_back(std::move(package));
      out.strings.push_back(std::string(kKeyPrefix).append(key));
      out.strings.back().append("\n").append(requirement.string_or(""));
    });
  });
  if (count <= kMaxRequests) return {};
  return base::Error(base::Code::kLimit, "asks for " + std::to_string(count) +
                                             " packages; only the first " +
                                             std::to_string(kMaxRequests) + " were taken");
}

// What the published archive carries inside. Those names are asked for elsewhere too; in packages
// of early npm they stand here alone, and then any version will do.
void read_bundled(Value manifest, FileFacts& out) {
  std::set<std::string> asked;
  for (std::string_view text : out.strings) {
    if (!text.starts_with(kKeyPrefix)) continue;
    text.remove_prefix(kKeyPrefix.size());
    asked.emplace(text.substr(0, text.find('\n')));
  }
  for (const char* section : {"bundledDependencies", "bundleDependencies"}) {
    manifest[section].each([&](Value name) {
      std::string key(name.string_or(""));
      if (!valid_name(key) || asked.size() >= kMaxRequests || !asked.insert(key).second) return;
      model::Package package = requested(key, "");
      package.locations = {{out.path, 0, -1}};
      out.packages.push_back(std::move(package));
      out.strings.push_back(std::string(kKeyPrefix).append(key).append("\n"));
    });
  }
}

void put_workspace(std::string_view glob, FileFacts& out) {
  out.strings.push_back(std::string(kGlobPrefix).append(glob));
}

Status read_manifest(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto document = TRY(parse_json(file.bytes, file.info.path, diagnostics));
  Value manifest = document.root();
  std::string_view name = manifest["name"].string_or("");
  bool named = valid_name(name);
  out.strings.emplace_back(named ? kNamed : kAnonymous);
  if (named) {
    std::string_view version = base::trim(manifest["version"].string_or("")).substr(0, 256);
    model::Package self = make_package(name, clean_version(version).value_or(version));
    self.origin = model::Origin::kManifest;
    self.relation = model::Relation::kRoot;
    self.licences = licences_of(manifest);
    self.supplier = supplier_of(manifest);
    self.locations = {{out.path, 0, -1}};
    out.packages.push_back(std::move(self));
  }
  Value workspaces = manifest["workspaces"];
  if (workspaces.is_object()) workspaces = workspaces["packages"];
  workspaces.each([&](Value glob) {
    if (glob.is_string()) put_workspace(glob.string_or(""), out);
  });
  Status requests = read_requests(manifest, base::as_text(file.bytes), out);
  read_bundled(manifest, out);
  return requests;
}

// https://pnpm.io/pnpm-workspace_yaml
Status read_workspace(std::string_view text, FileFacts& out) {
  base::Node workspace = TRY(base::parse_yaml(text, base::Limits()));
  out.strings.emplace_back(kWorkspace);
  for (const base::Node& glob : workspace["packages"].items) {
    if (glob.is_scalar()) put_workspace(glob.text, out);
  }
  return {};
}

}  // namespace

std::vector<std::string> licences_of(Value manifest) {
  std::vector<std::string> out;
  for (const char* key : {"license", "licence", "licenses"}) {
    Value value = manifest[key];
    if (value.is_array()) {
      value.each([&](Value one) { add_licence(one, out); });
    } else if (!value.missing()) {
      add_licence(value, out);
    }
    if (!out.empty()) break;
  }
  return out;
}

std::string supplier_of(Value manifest) {
  for (const char* key : {"author", "maintainers", "contributors"}) {
    if (std::string found = person(manifest[key]); !found.empty()) return found;
  }
  return "";
}

bool tells_of_project(const FileInfo& file) {
  return file.base == "package.json" || file.base == "pnpm-workspace.yaml";
}

void read_project(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  Status status = file.info.base == "package.json" ? read_manifest(file, out, diagnostics)
                                                   : read_workspace(base::as_text(file.bytes), out);
  if (!status) diagnostics.skipped("bad-manifest", file.info.path, status.error().message());
}

Projects::Projects(std::span<const Placed> files) {
  for (const Placed& placed : files) {
    const FileFacts& facts = *placed.facts;
    std::string_view directory = base::dirname(facts.path);
    Project project;
    project.path = facts.path;
    project.directory = directory;
    project.layer = placed.layer;
    bool is_project =
        !facts.strings.empty() && (facts.strings[0] == kNamed || facts.strings[0] == kAnonymous);
    size_t next = 0;
    if (is_project && facts.strings[0] == kNamed && !facts.packages.empty()) {
      project.self = &facts.packages[next++];
    }
    for (std::string_view text : facts.strings) {
      if (text.starts_with(kGlobPrefix)) {
        workspaces_[directory].push_back(text.substr(kGlobPrefix.size()));
      } else if (text.starts_with(kKeyPrefix) && next < facts.packages.size()) {
        auto parts = base::cut(text.substr(kKeyPrefix.size()), "\n");
        if (!parts) continue;
        project.requests.push_back({parts->first, parts->second, &facts.packages[next++]});
      }
    }
    if (project.self != nullptr) names_.insert(full_name(*project.self));
    if (is_project) all_.push_back(std::move(project));
  }
  std::sort(all_.begin(), all_.end(),
            [](const Project& a, const Project& b) { return a.directory < b.directory; });
}

bool Projects::has(std::string_view directory, std::string_view below) const {
  std::string wanted(directory);
  if (!directory.empty() && !below.empty()) wanted += '/';
  wanted += below;
  auto at = std::lower_bound(
      all_.begin(), all_.end(), wanted,
      [](const Project& project, const std::string& d) { return project.directory < d; });
  return at != all_.end() && at->directory == wanted && at->self != nullptr;
}

bool Projects::is_own(const model::Package& package) const {
  return names_.contains(full_name(package));
}

bool Projects::is_wish(const Request& request) const {
  return !is_own(*request.package) && source_kind(request.written) != SourceKind::kLocal;
}

bool Projects::is_member(std::string_view root, std::string_view directory) {
  auto found = workspaces_.find(root);
  if (found == workspaces_.end()) return false;
  std::string_view relative = root.empty() ? directory : directory.substr(root.size() + 1);
  bool member = false;
  for (std::string_view glob : found->second) {
    if (glob_budget_ == 0) return member;
    --glob_budget_;
    bool negated = glob.starts_with('!');
    if (negated) glob.remove_prefix(1);
    if (glob.starts_with("./")) glob.remove_prefix(2);
    while (glob.ends_with('/')) glob.remove_suffix(1);
    if (base::glob_match(glob, relative)) member = !negated;
  }
  return member;
}

std::vector<const Project*> Projects::locked_by(std::string_view directory) {
  std::vector<const Project*> out;
  auto at = std::lower_bound(
      all_.begin(), all_.end(), directory,
      [](const Project& project, std::string_view wanted) { return project.directory < wanted; });
  for (; at != all_.end(); ++at) {
    bool below = directory.empty() || (at->directory.starts_with(directory) &&
                                       at->directory.substr(directory.size()).starts_with('/'));
    if (at->directory == directory || (below && is_member(directory, at->directory))) {
      out.push_back(&*at);
    } else if (!at->directory.starts_with(directory)) {
      break;
    }
  }
  return out;
}

void drop_told(const Projects& projects, std::vector<model::Package>& packages) {
  std::erase_if(packages, [&](const model::Package& package) {
    return package.relation == model::Relation::kRoot && projects.is_own(package);
  });
}

void take_requests(const Project& project, std::span<const Request* const> requests,
                   std::vector<model::Package>& out) {
  std::map<std::pair<std::string, model::Qualifiers>, size_t> taken;
  for (const Request* request : requests) {
    const model::Package& package = *request->package;
    auto [found, fresh] =
        taken.emplace(std::pair(display_id(package), package.qualifiers), out.size());
    if (fresh) {
      out.push_back(package);
      for (model::Location& location : out.back().locations) location.layer = project.layer;
      continue;
    }
    model::Package& before = out[found->second];
    before.dev = before.dev && package.dev;
    before.optional = before.optional && package.optional;
    before.requirement = before.requirement + ", " + package.requirement;
  }
}

}  // namespace bulkhead::catalog::npm
