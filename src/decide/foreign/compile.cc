// SPDX-License-Identifier: Apache-2.0
// Compiles what can be. A library of a hundred checks with one that needs a function we lack would
// be of no use if that stopped it, so here the one is refused by name. What OPA would not take
// either (a file cut off by a bad merge) stops it: its author means something else than it says.
//
// All modules are compiled together first, before any is refused: what is broken must be found in
// files that would be refused for something else, too, and what the refusals leave behind must not
// pass for broken.
//
// The danger is the opposite: in Rego a reference to a package that is not there is undefined, and
// undefined means "no violation". So refusal spreads along references.
#include "decide/foreign/compile.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <tuple>

#include "base/node_json.h"
#include "base/text.h"
#include "decide/bundle/yaml_members.h"
#include "policy/bundle.h"

namespace bulkhead::decide {
namespace {

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

using PathSet = std::set<std::vector<std::string>>;

// Whether one of the paths leads to this one or above it.
bool has_prefix_of(const PathSet& paths, const std::vector<std::string>& path) {
  std::vector<std::string> prefix;
  if (paths.contains(prefix)) return true;
  return std::any_of(path.begin(), path.end(), [&](const std::string& part) {
    prefix.push_back(part);
    return paths.contains(prefix);
  });
}

// Whether one of the paths leads to this one or below it.
bool has_below(const PathSet& paths, const std::vector<std::string>& path) {
  auto at = paths.lower_bound(path);
  return at != paths.end() && starts_with(*at, path);
}

// Refusal spreads in rounds; content made to have very many of them is not waited for. Processor
// time, as the engine counts it.
class Patience {
 public:
  explicit Patience(const policy::Limits& limits) : seconds_(limits.deadline.count() * 30 / 1000) {}
  bool lasts() const { return (std::clock() - begin_) / CLOCKS_PER_SEC <= seconds_; }
  base::Error over() const {
    return base::Error(base::Code::kTimeout, "finding out what can be loaded takes longer than " +
                                                 std::to_string(seconds_) + " s");
  }

 private:
  std::clock_t begin_ = std::clock();
  int64_t seconds_;
};

// A refused file takes all of its rules along; those beside the cause are named. "" when there are
// none.
std::string gone_with_it(const Module& module) {
  constexpr size_t kMost = 20;
  std::vector<std::string> names;
  for (const std::string& name : rule_names(module)) {
    for (std::string_view judged : {"deny", "violation", "warn"}) {
      if (name == judged || name.starts_with(std::string(judged) + "_")) {
        names.push_back(module.package_name() + "." + name);
      }
    }
  }
  if (names.size() < 2) return "";
  std::string more;
  if (names.size() > kMost) more = " and " + std::to_string(names.size() - kMost) + " more";
  names.resize(std::min(names.size(), kMost));
  return "; not in force with this file: " + base::join(names, ", ") + more;
}

class Refusing {
 public:
  Refusing(Modules& modules, std::vector<Refusal>& refused)
      : modules_(modules.in_force), out_(modules.gone), refused_(refused) {}

  void refuse(const Module& module, uint32_t line, std::string construct, std::string reason) {
    Refusal refusal{module.path, line, std::move(construct), std::move(reason)};
    // Named once, where the first cause is told.
    if (gone_.emplace(module.path, refusal).second) refusal.reason += gone_with_it(module);
    refused_.push_back(std::move(refusal));
  }
  // Takes those that were refused out; true when there were any.
  bool sweep() {
    size_t before = modules_.size();
    for (Module& module : modules_) {
      auto cause = gone_.find(module.path);
      if (cause == gone_.end()) continue;
      gone_packages_.insert(module.package);
      fresh_names_[module.package].merge(rule_names(module));
      out_.push_back({module, cause->second});
    }
    std::erase_if(modules_, [&](const Module& module) { return gone_.contains(module.path); });
    gone_.clear();
    return modules_.size() != before;
  }
  // Refuses modules that refer to a package of which something was refused, or to a rule of their
  // own package that was refused in part.
  bool refuse_dependents() {
    auto fresh = std::move(fresh_names_);
    fresh_names_.clear();
    for (const Module& module : modules_) {
      auto names = fresh.find(module.package);
      uint32_t line = names == fresh.end() ? 0 : line_that_uses(module, names->second);
      if (line != 0) {
        refuse(module, line, "module", "uses a rule that a refused file of its package defines");
        continue;
      }
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
    return has_prefix_of(gone_packages_, path);
  }

  std::vector<Module>& modules_;
  std::vector<GoneModule>& out_;
  std::vector<Refusal>& refused_;
  std::map<std::string, Refusal> gone_;  // since the last sweep, by path
  PathSet gone_packages_;
  std::map<std::vector<std::string>, std::set<std::string>> fresh_names_;  // gone since last asked
};

// Where data stands, one level into each file: what lies at the root is known by its members.
PathSet data_paths(std::span<const policy::DataSource> data) {
  PathSet paths;
  for (const policy::DataSource& source : data) {
    if (!source.at.empty()) paths.insert(source.at);
    auto document = base::json::Document::parse(source.json);
    if (!document || !document->root().is_object()) continue;
    document->root().each_member([&](std::string_view key, base::json::Value) {
      std::vector<std::string> path = source.at;
      path.emplace_back(key);
      paths.insert(std::move(path));
    });
  }
  return paths;
}

// Where all these programs keep what rules share. Without it content was not brought whole.
bool is_library(const std::vector<std::string>& path) { return path.front() == "lib"; }

// Modules whose imports of libraries lead nowhere: to no package and no data at, above or below
// that place. Other data may be there or not: a rule that asks for it sees undefined, as in OPA.
void refuse_missing_imports(std::vector<Module>& modules, PathSet known, Refusing& refusing) {
  for (const Module& module : modules) known.insert(module.package);
  for (const Module& module : modules) {
    for (const DataReference& reference : module.references) {
      const auto& path = reference.path;
      bool found = has_prefix_of(known, path) || has_below(known, path);
      if (!reference.imported || !is_library(path) || found) continue;
      refusing.refuse(module, reference.line, "import data." + base::join(path, "."),
                      "nothing of this name is part of the content");
      break;
    }
  }
  refusing.sweep();
}

// Problems of one compile by file: what a file with a form that is not supported says besides may
// be nothing but a consequence of that.
using ProblemsByFile = std::map<std::string, std::vector<policy::Problem>>;

ProblemsByFile by_file(std::vector<policy::Problem> problems) {
  ProblemsByFile out;
  for (policy::Problem& problem : problems) {
    auto& list = out[problem.path];
    if (!list.empty() && list.front().unsupported) continue;
    if (problem.unsupported) list.clear();
    list.push_back(std::move(problem));
  }
  return out;
}

base::Result<policy::Program> compile(const std::vector<Module>& modules,
                                      std::span<const policy::DataSource> data,
                                      const policy::Limits& limits, const HostFunctions& functions,
                                      ProblemsByFile& problems) {
  std::vector<policy::Source> sources;
  for (const Module& module : modules) {
    sources.push_back({module.path, module.text, module.dialect});
  }
  policy::Program::Options options;
  options.host = functions.given;
  std::vector<policy::Problem> found;
  auto program = policy::Program::compile(sources, data, limits, found, options);
  problems = by_file(std::move(found));
  return program;
}

// Whether a problem is the call of a function of a package that is no part of the content, nor is
// anything below or above it: a library that was not brought. A name that lacks only in a package
// that is there is a wrong one.
bool calls_missing_library(const policy::Problem& problem, const PathSet& packages) {
  std::vector<std::string> path;
  for (std::string_view name : base::split(problem.function, '.')) path.emplace_back(name);
  if (path.size() < 3 || path.front() != "data") return false;
  path.erase(path.begin());
  path.pop_back();  // the function
  return !has_prefix_of(packages, path) && !has_below(packages, path);
}

// Notes what of all the content is broken; false when the trouble is in none of its files (a limit
// of the engine).
bool note_broken(const ProblemsByFile& problems, const std::vector<Module>& modules,
                 std::span<const policy::DataSource> data, std::vector<Refusal>& refused) {
  std::set<std::string> files;
  PathSet packages;
  for (const Module& module : modules) {
    files.insert(module.path);
    packages.insert(module.package);
  }
  for (const policy::DataSource& source : data) files.insert(source.path);
  for (const auto& [path, list] : problems) {
    if (!files.contains(path)) return false;
    for (const policy::Problem& problem : list) {
      if (problem.unsupported || calls_missing_library(problem, packages)) continue;
      refused.push_back({path, problem.line, "", problem.message, problem.column, true});
    }
  }
  return !problems.empty();
}

base::Error broken() { return {base::Code::kInvalid, "the content is broken"}; }

void refuse_calls(std::span<const MissingFunction> functions, const std::vector<Module>& modules,
                  Refusing& refusing) {
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
}

}  // namespace

std::vector<Module> read_modules(const Files& files, std::vector<Refusal>& refused) {
  std::vector<Module> modules;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".rego") || policy::is_test(path)) continue;
    Module module = read_module(path, text);
    if (module.package.empty()) {
      refused.push_back(
          {path, 1, "", "a module begins with its package; this one is empty or cut off", 1, true});
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
      refused.push_back({path, 0, "", node.error().message(), 0, true});
      continue;
    }
    data.push_back({path, std::move(*at), base::node_to_json(*node, base::ScalarSchema::kYaml11)});
  }
  return data;
}

base::Result<policy::Program> compile_rest(Modules& modules,
                                           std::span<const policy::DataSource> data,
                                           const policy::Limits& limits,
                                           std::vector<Refusal>& refused,
                                           const HostFunctions& functions) {
  Patience patience(limits);
  std::vector<Module>& left = modules.in_force;
  ProblemsByFile problems;
  auto program = compile(left, data, limits, functions, problems);
  if (!program) {
    bool told = program.error().code() == base::Code::kInvalid &&
                note_broken(problems, left, data, refused);
    if (!told) return program;
  }
  if (any_broken(refused)) return broken();

  Refusing refusing(modules, refused);
  refuse_calls(functions.missing, left, refusing);
  while (refusing.refuse_dependents()) {  // before their imports seem to lead nowhere
    if (!patience.lasts()) return patience.over();
  }
  refuse_missing_imports(left, data_paths(data), refusing);
  if (program && modules.gone.empty() && !left.empty()) return program;
  while (true) {
    while (refusing.refuse_dependents()) {
      if (!patience.lasts()) return patience.over();
    }
    if (!patience.lasts()) return patience.over();
    if (left.empty()) break;
    program = compile(left, data, limits, functions, problems);
    if (program) return program;
    for (const Module& module : left) {
      auto found = problems.find(module.path);
      if (found == problems.end()) continue;
      for (const policy::Problem& problem : found->second) {
        refusing.refuse(module, problem.line, "module", problem.message);
      }
    }
    if (!refusing.sweep()) return program;  // the trouble is not in a module
  }
  return base::Error(base::Code::kInvalid, refused.empty()
                                               ? std::string("no rules")
                                               : "no rules are left: " + refused.front().path +
                                                     ": " + refused.front().reason);
}

bool any_broken(const std::vector<Refusal>& refused) {
  return std::any_of(refused.begin(), refused.end(), [](const Refusal& r) { return r.broken; });
}

void put_in_order(std::vector<Refusal>& refused) {
  auto key = [](const Refusal& r) {
    return std::tie(r.path, r.line, r.column, r.construct, r.reason);
  };
  std::sort(refused.begin(), refused.end(),
            [&](const Refusal& a, const Refusal& b) { return key(a) < key(b); });
  auto same = [&](const Refusal& a, const Refusal& b) { return key(a) == key(b); };
  refused.erase(std::unique(refused.begin(), refused.end(), same), refused.end());
}

}  // namespace bulkhead::decide
