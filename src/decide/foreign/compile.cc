// SPDX-License-Identifier: Apache-2.0
// Compiles what can be. OPA stops at the first bad module; a library of a hundred checks with one
// that needs a function we lack would then be of no use, so here the one is refused by name.
//
// The danger is the opposite: in Rego a reference to a package that is not there is undefined, and
// undefined means "no violation". So refusal spreads along references.
#include "decide/foreign/compile.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/node_json.h"
#include "base/text.h"

namespace bulkhead::decide {
namespace {

constexpr size_t kMaxRounds = 200;

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

// The folder path of a data file, or nullopt when the file is none.
std::optional<std::vector<std::string>> data_path(std::string_view path) {
  if (!is_yaml(path) && !path.ends_with(".json")) return std::nullopt;
  std::string_view folder = base::dirname(path);
  std::string_view stem = base::basename(path);
  stem = stem.substr(0, stem.rfind('.'));
  std::vector<std::string> at;
  if (stem == "data") {
    for (std::string_view part : base::split(folder, '/')) {
      if (!part.empty()) at.emplace_back(part);
    }
    if (!at.empty() && at.front() == "data") at.erase(at.begin());
    return at;
  }
  auto parts = base::split(folder, '/');
  auto found = std::find(parts.begin(), parts.end(), "data");
  if (found == parts.end()) return std::nullopt;
  for (auto part = found + 1; part != parts.end(); ++part) at.emplace_back(*part);
  return at;
}

class Refusing {
 public:
  Refusing(std::vector<Module>& modules, std::vector<Refusal>& refused)
      : modules_(modules), refused_(refused) {}

  void refuse(const Module& module, uint32_t line, std::string construct, std::string reason) {
    refused_.push_back({module.path, line, std::move(construct), std::move(reason)});
    gone_.insert(module.path);
  }
  // Takes those that were refused out; true when there were any.
  bool sweep() {
    size_t before = modules_.size();
    for (const Module& module : modules_) {
      if (gone_.contains(module.path)) gone_packages_.insert(module.package);
    }
    std::erase_if(modules_, [&](const Module& module) { return gone_.contains(module.path); });
    gone_.clear();
    return modules_.size() != before;
  }
  // Refuses modules that refer to a package of which something was refused.
  bool refuse_dependents() {
    for (const Module& module : modules_) {
      for (const DataReference& reference : module.references) {
        if (!touches_refused(reference.path)) continue;
        refuse(module, reference.line, "data." + base::join(reference.path, "."),
               "builds on a package of which a file was refused");
        break;
      }
    }
    return sweep();
  }

 private:
  bool touches_refused(const std::vector<std::string>& path) const {
    return std::any_of(gone_packages_.begin(), gone_packages_.end(),
                       [&](const auto& package) { return starts_with(path, package); });
  }

  std::vector<Module>& modules_;
  std::vector<Refusal>& refused_;
  std::set<std::string> gone_;
  std::set<std::vector<std::string>> gone_packages_;
};

using Paths = std::vector<std::vector<std::string>>;

// Where data stands, one level into each file: what lies at the root is known by its members.
Paths data_paths(std::span<const policy::DataSource> data) {
  Paths paths;
  for (const policy::DataSource& source : data) {
    if (!source.at.empty()) paths.push_back(source.at);
    auto document = base::json::Document::parse(source.json);
    if (!document || !document->root().is_object()) continue;
    document->root().each_member([&](std::string_view key, base::json::Value) {
      paths.push_back(source.at);
      paths.back().emplace_back(key);
    });
  }
  return paths;
}

// Modules whose imports lead nowhere: to no package and no data at, above or below that place.
void refuse_missing_imports(std::vector<Module>& modules, const Paths& data, Refusing& refusing) {
  Paths known = data;
  for (const Module& module : modules) known.push_back(module.package);
  for (const Module& module : modules) {
    for (const DataReference& reference : module.references) {
      const auto& path = reference.path;
      bool found = std::any_of(known.begin(), known.end(), [&](const auto& at) {
        return starts_with(path, at) || starts_with(at, path);
      });
      if (!reference.imported || found) continue;
      refusing.refuse(module, reference.line, "import data." + base::join(path, "."),
                      "nothing of this name is part of the content");
      break;
    }
  }
  refusing.sweep();
}

}  // namespace

std::vector<Module> read_modules(const Files& files, std::vector<Refusal>& refused) {
  std::vector<Module> modules;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".rego") || path.ends_with("_test.rego")) continue;
    Module module = read_module(path, text);
    if (module.package.empty()) {
      refused.push_back({path, 0, "module", "has no package"});
      continue;
    }
    modules.push_back(std::move(module));
  }
  return modules;
}

std::vector<policy::DataSource> read_data(const Files& files, std::vector<Refusal>& refused) {
  std::vector<policy::DataSource> data;
  for (const auto& [path, text] : files) {
    auto at = data_path(path);
    if (!at) continue;
    if (!is_yaml(path)) {
      data.push_back({path, std::move(*at), text});
      continue;
    }
    auto node = base::parse_yaml(text, base::Limits());
    if (!node) {
      refused.push_back({path, 0, "data", node.error().message()});
      continue;
    }
    data.push_back({path, std::move(*at), base::node_to_json(*node, base::ScalarSchema::kYaml11)});
  }
  return data;
}

void refuse_calls(std::span<const MissingFunction> functions, std::vector<Module>& modules,
                  std::vector<Refusal>& refused) {
  Refusing refusing(modules, refused);
  for (const Module& module : modules) {
    for (const MissingFunction& function : functions) {
      auto lines = lines_that_call(module, function.name);
      if (lines.empty()) continue;
      refusing.refuse(module, lines.front(), std::string(function.name),
                      std::string(function.reason));
      break;
    }
  }
  refusing.sweep();
  while (refusing.refuse_dependents()) {
  }
}

base::Result<policy::Program> compile_rest(std::vector<Module>& modules,
                                           std::span<const policy::DataSource> data,
                                           const policy::Limits& limits,
                                           std::vector<Refusal>& refused,
                                           std::span<const policy::Builtin> host) {
  policy::Program::Options options;
  options.host = host;
  Refusing refusing(modules, refused);
  refuse_missing_imports(modules, data_paths(data), refusing);
  for (size_t round = 0; round < kMaxRounds; ++round) {
    while (refusing.refuse_dependents()) {
    }
    if (modules.empty()) break;
    std::vector<policy::Source> sources;
    for (const Module& module : modules) {
      sources.push_back({module.path, module.text, module.dialect});
    }
    std::vector<policy::Problem> problems;
    auto program = policy::Program::compile(sources, data, limits, problems, options);
    if (program) return program;
    for (const policy::Problem& problem : problems) {
      auto module = std::find_if(modules.begin(), modules.end(),
                                 [&](const Module& m) { return m.path == problem.path; });
      if (module == modules.end()) continue;
      refusing.refuse(*module, problem.line, "module", problem.message);
    }
    if (!refusing.sweep()) return program;  // the trouble is not in a module
  }
  return base::Error(base::Code::kInvalid, refused.empty()
                                               ? std::string("no rules")
                                               : "no rules are left: " + refused.front().path +
                                                     ": " + refused.front().reason);
}

void put_in_order(std::vector<Refusal>& refused) {
  auto key = [](const Refusal& r) { return std::tie(r.path, r.line, r.construct, r.reason); };
  std::sort(refused.begin(), refused.end(),
            [&](const Refusal& a, const Refusal& b) { return key(a) < key(b); });
  auto same = [&](const Refusal& a, const Refusal& b) { return key(a) == key(b); };
  refused.erase(std::unique(refused.begin(), refused.end(), same), refused.end());
}

}  // namespace bulkhead::decide
