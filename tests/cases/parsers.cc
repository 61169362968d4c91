// SPDX-License-Identifier: Apache-2.0
// The corpus "parsers": lock files, manifests and package databases with the packages that other
// tools' authors say they hold. A case passes when everything they name is found; more may be
// found.
//
// What is compared: type, namespace, name and version. Where the expectation has no version (a
// dependency of a manifest) any version of that name will do, and for npm the requirement must be
// the one written in the manifest. Names of Python packages are compared in their normal form
// (PEP 503).
//
// Five things keep the comparison fair:
// - Installed databases come as bare files; they are put where a distribution has them, beside an
//   os-release that names the distribution of the expectation (a database does not name its own).
// - A package whose name does not occur in the input cannot have come from it (one expectation was
//   evidently stored with another input): it is printed and not counted.
// - "xmlish" is what one tool makes of rpm's query output on its way; no system stores such files.
// - gpg-pubkey records in an rpm database are imported keys, not packages.
// - go.mod's "exclude" lists versions that must not be used: they are no dependencies.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/run.h"
#include "model/purl.h"
#include "tests/support/cases.h"

namespace {

namespace fs = std::filesystem;
using namespace bulkhead;
using base::json::Value;

using Tree = std::vector<std::pair<std::string, std::string>>;

constexpr uint64_t kMaxBytes = 256ull << 20;
constexpr double kRequired = 0.98;

// What a case expects.
struct Wanted {
  std::string type;
  std::optional<std::string> name_space;  // nullopt: any
  std::string name;
  std::string version;      // "" any
  std::string requirement;  // "" any
};

struct Case {
  std::string name;
  Tree tree;
  std::vector<Wanted> wanted;
};

// Package types that this program reads so far.
bool is_read(std::string_view type) {
  static const std::set<std::string_view> kTypes = {"apk", "cargo", "deb", "golang",
                                                    "npm", "pypi",  "rpm"};
  return kTypes.contains(type);
}

std::string read_text(const fs::path& path) {
  auto text = base::read_file(path, kMaxBytes);
  if (!text) std::printf("cannot read %s: %s\n", path.c_str(), text.error().message().c_str());
  return text ? *std::move(text) : "";
}

// Names -----------------------------------------------------------------------------------------

std::string normal_name(std::string_view type, std::string_view name) {
  if (type != "pypi") return std::string(name);
  std::string out;
  for (char c : base::lower(name)) {
    bool dash = c == '-' || c == '_' || c == '.';
    if (!dash) out += c;
    if (dash && !out.ends_with('-')) out += '-';
  }
  return out;
}

// Letters and digits only: whether a name occurs at all must not depend on spelling.
std::string skeleton(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (base::is_alnum(c)) out += base::to_lower(c);
  }
  return out;
}

Wanted wanted_from_purl(std::string_view text, std::string_view requirement) {
  Wanted out;
  auto purl = model::Purl::parse(text);
  if (!purl) return out;
  out.type = purl->type;
  out.name_space = purl->name_space;
  out.name = purl->name;
  out.version = purl->version;
  // yarn's locators ("tool@workspace:packages/tool", "x@patch:x@npm%3A1.0.0") hold no version.
  size_t at = out.name.find('@');
  if (out.type == "npm" && (at != out.name.npos || out.version.find(':') != out.version.npos)) {
    out.name.resize(std::min(at, out.name.size()));
    out.version.clear();
  } else if (out.type == "npm" && out.version.empty()) {
    out.requirement = requirement;
  }
  return out;
}

bool same_version(const Wanted& want, const model::Package& got) {
  if (want.version.empty() || want.version == got.version) return true;
  if (want.type != "rpm") return false;
  // The purl of an rpm keeps the epoch out of the version, and an epoch of 0 is none.
  auto parts = base::cut(got.version, ":");
  if (parts && want.version == parts->second) return true;
  return want.version == "0:" + got.version;
}

bool same(const Wanted& want, const model::Package& got) {
  if (want.type != got.type || (want.name_space && *want.name_space != got.name_space)) {
    return false;
  }
  if (normal_name(want.type, want.name) != normal_name(got.type, got.name)) return false;
  if (!same_version(want, got)) return false;
  // Where a lock file speaks for a manifest its requirement is no longer shown. Requirements of
  // several sections are joined.
  if (want.requirement.empty() || got.origin != model::Origin::kManifest) return true;
  std::string all = ", " + got.requirement + ", ";
  return all.find(", " + want.requirement + ", ") != std::string::npos;
}

std::string text_of(const Wanted& want) {
  std::string out = want.type + ":";
  if (!want.name_space.value_or("").empty()) out += *want.name_space + "/";
  out += want.name + (want.version.empty() ? "" : "@" + want.version);
  if (!want.requirement.empty()) out += " (" + want.requirement + ")";
  return out;
}

// Running ---------------------------------------------------------------------------------------

bool occurs_in(const Wanted& want, const std::string& skeletons) {
  return skeletons.find(skeleton(want.name)) != std::string::npos;
}

void run(const Case& c, testing::CaseCount& count) {
  std::vector<Wanted> wanted;
  for (const Wanted& want : c.wanted) {
    if (!want.name.empty() && want.name != "gpg-pubkey") wanted.push_back(want);
  }
  if (wanted.empty()) return;
  if (!is_read(wanted.front().type)) {
    count.not_yet(wanted.front().type + ", " + c.name);
    return;
  }
  base::Diagnostics diagnostics;
  std::vector<model::Package> found;
  for (auto kind : {catalog::TreeKind::kInstalled, catalog::TreeKind::kSource}) {
    auto catalog = catalog::read_tree(c.tree, kind, diagnostics);
    for (auto& package : catalog.packages) found.push_back(std::move(package));
  }
  std::string missing;
  size_t misses = 0;
  size_t foreign = 0;
  std::string skeletons;
  for (const Wanted& want : wanted) {
    bool hit = std::any_of(found.begin(), found.end(),
                           [&](const model::Package& got) { return same(want, got); });
    if (hit) continue;
    if (skeletons.empty()) {
      for (const auto& [path, text] : c.tree) skeletons += skeleton(text) + " ";
    }
    if (!occurs_in(want, skeletons)) {
      ++foreign;
      continue;
    }
    if (++misses <= 12) missing += "\n     " + text_of(want);
  }
  if (foreign > 0) {
    std::printf("%s: %zu expected packages do not occur in the input\n", c.name.c_str(), foreign);
  }
  if (misses == 0) {
    if (foreign < wanted.size()) count.pass();
    return;
  }
  for (const auto& diagnostic : diagnostics.all()) {
    missing +=
        "\n     [" + diagnostic.kind + " " + diagnostic.where + ": " + diagnostic.message + "]";
  }
  count.miss(c.name + ": " + std::to_string(misses) + " of " + std::to_string(wanted.size()) +
             " missing" + missing);
}

// Inputs ----------------------------------------------------------------------------------------

void add_folder(const fs::path& folder, Tree& tree) {
  if (!fs::is_directory(folder)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    tree.emplace_back(fs::relative(entry.path(), folder), read_text(entry.path()));
  }
  std::sort(tree.begin(), tree.end());
}

// Names the distribution of what a case expects, which a database alone does not do. Where the
// input itself names one, that one counts and not upstream's guess from the maintainers' addresses.
void add_os_release(Case& c) {
  bool named = std::any_of(c.tree.begin(), c.tree.end(), [](const auto& file) {
    return file.first == "etc/os-release" || file.first == "usr/lib/os-release";
  });
  if (named) {
    for (Wanted& want : c.wanted) want.name_space.reset();
  } else if (!c.wanted.empty() && c.wanted.front().name_space) {
    c.tree.emplace_back("etc/os-release", "ID=" + *c.wanted.front().name_space + "\n");
  }
}

// The output of a program that reads the file.
std::string filtered(const char* program, const char* option, const fs::path& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "";
  base::Fd from(ends[0]);
  base::Fd to(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to.get(), STDOUT_FILENO);
  std::string file = path;
  std::string name = program;
  std::string flag = option;
  char* arguments[] = {name.data(), flag.data(), file.data(), nullptr};
  pid_t child = 0;
  int failed = posix_spawnp(&child, program, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  to.reset();
  if (failed != 0) return "";
  auto text = base::read_fd(from, kMaxBytes);
  int status = 0;
  waitpid(child, &status, 0);
  return text && status == 0 ? *std::move(text) : "";
}

// An archive of a root file system may have one folder around everything ("alpine-rootfs/lib/...").
void strip_top_folder(Tree& tree) {
  if (tree.empty()) return;
  std::string top = tree.front().first.substr(0, tree.front().first.find('/') + 1);
  bool common = top.size() > 1 && std::all_of(tree.begin(), tree.end(), [&](const auto& file) {
                  return file.first.starts_with(top);
                });
  if (!common || top == "var/" || top == "lib/" || top == "usr/") return;
  for (auto& [path, text] : tree) path.erase(0, top.size());
}

void add_tar(const std::string& bytes, Tree& tree) {
  base::MemorySource source(base::as_bytes(bytes));
  archive::TarReader reader(source, archive::TarLimits());
  while (true) {
    auto more = reader.next();
    if (!more || !*more) return;
    if (reader.entry().type != archive::EntryType::kFile) continue;
    auto path = archive::normal_path(reader.entry().path);
    std::string content;
    for (auto piece = reader.read_piece(); piece && !piece->empty(); piece = reader.read_piece()) {
      content += base::as_text(*piece);
    }
    if (path) tree.emplace_back(*path, std::move(content));
  }
}

void add_database_file(const fs::path& folder, const std::string& name, Tree& tree) {
  fs::path path = folder / name;
  if (name.ends_with(".tar.xz")) {
    add_tar(filtered("xz", "-dc", path), tree);
    strip_top_folder(tree);
    return;
  }
  std::string text = read_text(path);
  std::string inside = name;
  if (name.ends_with(".gz")) {
    auto bytes = archive::gunzip(base::as_bytes(text), kMaxBytes);
    text = bytes ? std::string(base::as_text(*bytes)) : "";
    inside.resize(inside.size() - 3);
  }
  if (inside == "Packages") inside = "var/lib/rpm/Packages";
  tree.emplace_back(inside, std::move(text));
}

// Corpora ---------------------------------------------------------------------------------------

// Calls f(root) for every line of a JSON Lines file.
template <typename F>
void each_line(const fs::path& path, F&& f) {
  std::string text = read_text(path);
  std::string_view rest = text;
  std::string_view line;
  base::json::Document::Options options;
  options.allow_duplicate_keys = true;
  while (base::next_line(rest, line)) {
    if (line.empty()) continue;
    auto document = base::json::Document::parse(line, options);
    if (document) f(document->root());
  }
}

void add_dependencies(Value list, std::vector<Wanted>& out) {
  list.each([&](Value dependency) {
    if (dependency["scope"].string_or("") == "exclude") return;
    std::string_view requirement = dependency["extracted_requirement"].string_or("");
    out.push_back(wanted_from_purl(dependency["purl"].string_or(""), requirement));
  });
}

Wanted scancode_package(Value package) {
  Wanted want;
  want.type = package["type"].string_or("");
  if (want.type == "alpine") want.type = "apk";
  std::string_view name_space = package["namespace"].string_or("");
  want.name_space = want.type == "apk" && name_space.empty() ? "alpine" : name_space;
  want.name = package["name"].string_or("");
  want.version = package["version"].string_or("");
  // "attr: module.__version__" is where a version would be found.
  if (want.version.find(' ') != std::string::npos) want.version.clear();
  return want;
}

// Where a distribution keeps a file that comes alone.
std::string place_of(std::string_view ecosystem, const fs::path& input) {
  std::string base = input.filename();
  if (ecosystem == "debian" && base == "status") return "var/lib/dpkg/status";
  if (ecosystem == "alpine" && base == "installed") return "lib/apk/db/installed";
  return input.parent_path().filename() / base;
}

void scancode(const fs::path& folder, testing::CaseCount& count) {
  each_line(folder / "expected.jsonl", [&](Value row) {
    Case c;
    c.name = "scancode " + std::string(row["case"].string_or(""));
    fs::path input = folder / std::string(row["input"].string_or(""));
    std::string_view ecosystem = row["ecosystem"].string_or("");
    if (input.extension() == ".xmlish") {
      std::printf("%s: not a file of any system\n", c.name.c_str());
      return;
    }
    if (fs::is_directory(input)) {
      add_folder(input, c.tree);
    } else {
      c.tree.emplace_back(place_of(ecosystem, input), read_text(input));
    }
    bool database = ecosystem == "debian" || ecosystem == "alpine";
    row["packages"].each([&](Value package) {
      c.wanted.push_back(scancode_package(package));
      // What an installed package needs is not one: it is installed under its own name.
      if (!database) add_dependencies(package["dependencies"], c.wanted);
    });
    add_dependencies(row["dependencies"], c.wanted);
    if (database) add_os_release(c);
    run(c, count);
  });
}

void trivy(const fs::path& folder, testing::CaseCount& count) {
  each_line(folder / "expected.jsonl", [&](Value row) {
    if (row["kind"].string_or("") != "repository") return;
    Case c;
    c.name = "trivy " + std::string(row["input"].string_or(""));
    add_folder(folder / std::string(row["input"].string_or("")), c.tree);
    row["expected"]["results"].each([&](Value result) {
      result["packages"].each([&](Value package) {
        c.wanted.push_back(wanted_from_purl(package["purl"].string_or(""), ""));
      });
    });
    run(c, count);
  });
}

Wanted database_package(Value package) {
  Wanted want;
  want.type = package["type"].string_or("rpm");
  if (want.type == "alpine") want.type = "apk";
  if (auto name_space = package["namespace"].string()) want.name_space = *name_space;
  if (want.type == "apk") want.name_space = want.name_space.value_or("alpine");
  want.name = package["name"].string_or("");
  want.version = package["version"].string_or("");
  std::string_view release = package["release"].string_or("");
  if (!release.empty()) want.version.append("-").append(release);
  if (auto epoch = package["epoch"].integer()) {
    want.version.insert(0, std::to_string(*epoch) + ":");
  }
  return want;
}

void databases(const fs::path& folder, testing::CaseCount& count) {
  each_line(folder / "expected.jsonl", [&](Value row) {
    Case c;
    std::string name(row["case"].string_or(""));
    c.name = "package-databases " + name;
    row["files"].each([&](Value file) {
      add_database_file(folder / name, std::string(file.string_or("")), c.tree);
    });
    row["packages"].each([&](Value package) { c.wanted.push_back(database_package(package)); });
    add_os_release(c);
    run(c, count);
  });
}

}  // namespace

int main() {
  std::string folder = testing::cases_folder("parsers");
  if (folder.empty()) return testing::absent("parsers");
  testing::CaseCount count;
  scancode(fs::path(folder) / "scancode", count);
  trivy(fs::path(folder) / "trivy", count);
  databases(fs::path(folder) / "package-databases", count);
  return count.finish(kRequired);
}
