// SPDX-License-Identifier: Apache-2.0
// bun.lock, the text lock file of Bun 1.2 and later (https://bun.com/docs/install/lockfile): JSON
// with trailing commas. "workspaces" says what the projects ask for; "packages" has one line for
// each place in node_modules, keyed by the names on the way to it ("a/b" is b inside of a):
//
//   "a/b": ["b@1.0.0", "<registry>", {"dependencies": {...}}, "sha512-..."]
//
// Without the registry for what comes from elsewhere ("b@github:user/repo#commit"). The older
// binary bun.lockb has no published format; it is reported, not read.
#include <map>
#include <set>

#include "base/counted.h"
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/json_lines.h"
#include "catalog/lock_graph.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::catalogers::bun_lock {
namespace {

using base::json::Value;

constexpr int kMaxAncestors = 64;

// JSON from the text: comments and commas in front of a closing bracket become spaces, so that
// every line stays where it is.
std::string plain_json(std::string_view text) {
  std::string out(text);
  size_t comma = out.npos;  // the last one with nothing but space behind it so far
  for (size_t i = 0; i < out.size(); ++i) {
    char c = out[i];
    if (c == '"') {
      for (++i; i < out.size() && out[i] != '"'; ++i) {
        if (out[i] == '\\') ++i;
      }
      comma = out.npos;
    } else if (c == '/' && i + 1 < out.size() && out[i + 1] == '/') {
      while (i < out.size() && out[i] != '\n') out[i++] = ' ';
    } else if (c == ',') {
      comma = i;
    } else if (c == ']' || c == '}') {
      if (comma != out.npos) out[comma] = ' ';
      comma = out.npos;
    } else if (!base::is_space(c)) {
      comma = out.npos;
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const File& file, FileFacts& out, base::Diagnostics& diagnostics)
      : out_(out), limit_(file, diagnostics) {}

  void read(Value lock, std::string_view text);
  size_t skipped() const { return skipped_; }

 private:
  void add(std::string_view key, Value entry, uint32_t line);
  std::optional<uint32_t> resolve(std::string_view from, std::string_view name) const;
  void connect(LockGraph& graph, std::string_view from, Value info, uint32_t vertex);

  FileFacts& out_;
  ModulesLimit limit_;
  std::vector<std::pair<std::string_view, Value>> infos_;  // parallel to packages
  std::map<std::string_view, uint32_t, std::less<>> by_key_;
  size_t skipped_ = 0;
};

void Reader::add(std::string_view key, Value entry, uint32_t line) {
  Value info;
  std::string_view resolution;
  std::string_view integrity;
  entry.each([&](Value part) {
    if (part.is_object()) info = part;
    if (!part.is_string()) return;
    if (resolution.empty()) {
      resolution = part.string_or("");
    } else {
      integrity = part.string_or("");  // the last string; a registry's URL stands before the object
    }
  });
  auto parts = npm::split_descriptor(resolution);
  if (!parts || !npm::valid_name(parts->first)) {
    ++skipped_;
    return;
  }
  if (limit_.reached(out_.packages.size())) return;
  auto [name, version] = *parts;
  npm::SourceKind kind = npm::source_kind(version);
  if (kind == npm::SourceKind::kLocal) return;  // a workspace, a directory
  std::string_view url = version;
  if (!npm::clean_version(version)) version = npm::version_of_archive(url, name);
  model::Package package = npm::make_package(name, version);
  npm::set_source(package, kind, url);
  package.origin = model::Origin::kLock;
  package.digest = npm::digest_of_integrity(integrity);
  package.locations = {{out_.path, line, -1}};
  by_key_.emplace(key, static_cast<uint32_t>(infos_.size()));
  infos_.emplace_back(key, info);
  out_.packages.push_back(std::move(package));
}

// A name is looked for inside of the asking package, then beside it, then further up.
std::optional<uint32_t> Reader::resolve(std::string_view from, std::string_view name) const {
  std::string key;
  for (int step = 0; step < kMaxAncestors; ++step) {
    key.assign(from).append(from.empty() ? "" : "/").append(name);
    auto found = by_key_.find(key);
    if (found != by_key_.end()) return found->second;
    if (from.empty()) return std::nullopt;
    from = base::dirname(from);  // a lone "@scope" in between finds nothing and is passed
  }
  return std::nullopt;
}

void Reader::connect(LockGraph& graph, std::string_view from, Value info, uint32_t vertex) {
  std::vector<std::string>& depends_on = out_.packages[vertex].depends_on;
  std::set<std::string_view> optional_peers;
  info["optionalPeers"].each([&](Value name) { optional_peers.insert(name.string_or("")); });
  for (const char* section : {"dependencies", "optionalDependencies", "peerDependencies"}) {
    bool optional = section == std::string_view("optionalDependencies");
    info[section].each_member([&](std::string_view name, Value) {
      // An optional peer is there for another reason or not at all.
      auto to = optional_peers.contains(name) ? std::nullopt : resolve(from, name);
      if (!to || *to == vertex) return;
      graph.edge(vertex, *to, optional);
      depends_on.push_back(npm::display_id(out_.packages[*to]));
    });
  }
  tidy_dependencies(depends_on);
}

void Reader::read(Value lock, std::string_view text) {
  LineFinder lines(text);
  lines.find("packages", true);
  lock["packages"].each_member(
      [&](std::string_view key, Value entry) { add(key, entry, lines.find(key)); });
  LockGraph graph(infos_.size());
  for (uint32_t i = 0; i < infos_.size(); ++i) {
    connect(graph, infos_[i].first, infos_[i].second, i);
  }
  lock["workspaces"].each_member([&](std::string_view, Value workspace) {
    for (const char* section :
         {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"}) {
      bool dev = section == std::string_view("devDependencies");
      bool optional = section == std::string_view("optionalDependencies");
      workspace[section].each_member([&](std::string_view name, Value) {
        // What a workspace has for itself is keyed by its name.
        auto to = resolve(workspace["name"].string_or(""), name);
        if (to) graph.root(*to, dev, optional);
      });
    }
  });
  graph.apply(out_.packages, true);
}

Want wants(const FileInfo& file) {
  if (file.base != "bun.lock" && file.base != "bun.lockb") return Want::kNone;
  return npm::has_segment(file.path, "node_modules") ? Want::kNone : Want::kWhole;
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "bun.lockb") {
    diagnostics.incomplete(
        "unsupported-lockfile", file.info.path,
        "binary lock file; \"bun install --save-text-lockfile\" makes one that can "
        "be read");
    return;
  }
  std::string text = plain_json(base::as_text(file.bytes));
  auto lock = parse_json(base::as_bytes(text), file.info.path, diagnostics);
  if (!lock) {
    lock_not_read(file, lock.error().message(), diagnostics);
    return;
  }
  Reader reader(file, out, diagnostics);
  reader.read(lock->root(), text);
  if (reader.skipped() > 0) {
    diagnostics.skipped("bad-lockfile", file.info.path,
                        "skipped " + base::counted(reader.skipped(), "entry") + " without a name");
  }
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "bun_lock",
    .summary = "bun.lock of Bun 1.2 and later",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
};

}  // namespace bulkhead::catalog::catalogers::bun_lock
