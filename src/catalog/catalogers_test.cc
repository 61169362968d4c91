// SPDX-License-Identifier: Apache-2.0
// What every cataloger must keep, whatever it reads: a summary, fixtures, and the packages that the
// fixtures promise. A case is catalogers/testdata/<stem>/<case>/ with
//
//   input/...    a file tree, as it would lie in an image or a repository
//   want.json    {"packages": [{purl, origin, path, dev?, optional?, licences?, source?, fixes?}],
//                 "distro": "...", "diagnostics": [kinds]}
//
// Members that are empty or false are left out. Set BULKHEAD_REWRITE_GOLDEN=1 to write want.json
// anew, and read the difference before committing it. BULKHEAD_WRITE_SEEDS=folder writes every
// input file there as a seed for fuzz/cataloger.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

namespace fs = std::filesystem;
using base::json::Value;

using Tree = std::vector<std::pair<std::string, std::string>>;

struct Case {
  const Cataloger* cataloger;
  fs::path folder;
  std::string name;
};

std::string testdata() { return std::string(BULKHEAD_ROOM_DIR) + "/catalogers/testdata"; }

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const Cataloger* cataloger : all_catalogers()) {
    fs::path folder = fs::path(testdata()) / std::string(cataloger->name);
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (!entry.is_directory()) continue;
      std::string name = entry.path().filename();
      out.push_back({cataloger, entry.path(), std::string(cataloger->name) + "/" + name});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Case& a, const Case& b) { return a.folder < b.folder; });
  return out;
}

Tree read_input(const fs::path& folder) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "input")) {
    if (!entry.is_regular_file()) continue;
    auto text = base::read_file(entry.path(), 1ull << 30);
    EXPECT_TRUE(text) << entry.path();
    if (text) tree.emplace_back(fs::relative(entry.path(), folder / "input"), *std::move(text));
  }
  std::sort(tree.begin(), tree.end());
  return tree;
}

TreeKind tree_kind(const Cataloger& cataloger) {
  return cataloger.trees == Trees::kSource ? TreeKind::kSource : TreeKind::kInstalled;
}

// What a case promises, in a form that compares and prints well: one line a member.
struct Promise {
  std::multiset<std::string> packages;
  std::set<std::string> diagnostics;
  std::string not_read;
  std::string distro;
  bool operator==(const Promise&) const = default;
};

std::string distro_text(const model::Distro& d) {
  if (!d.known()) return "";
  std::string out = d.id + (d.version.empty() ? "" : " " + d.version);
  if (!d.codename.empty()) out += " (" + d.codename + ")";
  if (!d.variant.empty()) out += " " + d.variant;
  if (!d.end_of_life.empty()) out += ", until " + d.end_of_life;
  if (!d.end_of_extended_life.empty()) out += ", extended " + d.end_of_extended_life;
  return out;
}

void write_package(base::json::Writer& json, const model::Package& package) {
  json.begin_object();
  json.member("purl", package.purl());
  json.member("origin", origin_name(package.origin));
  json.member("path", package.locations.empty() ? "" : package.locations.front().path);
  if (package.dev) json.member("dev", true);
  if (package.optional) json.member("optional", true);
  if (!package.licences.empty()) {
    json.key("licences").begin_array();
    for (const std::string& licence : package.licences) json.value(licence);
    json.end_array();
  }
  if (!package.source_name.empty() || !package.source_version.empty()) {
    json.member("source", std::string(package.source_name_or_name()) + " " +
                              std::string(package.source_version_or_version()));
  }
  if (!package.fix_claims.empty()) {
    json.key("fixes").begin_array();
    for (const auto& claim : package.fix_claims) json.value(claim.id + " " + claim.version);
    json.end_array();
  }
  json.end_object();
}

// The whole promise as JSON text, from what a cataloger found.
std::string golden(const Cataloger& cataloger, const Catalog& catalog,
                   const base::Diagnostics& diagnostics) {
  base::json::Writer json(1);
  json.begin_object().key("packages").begin_array();
  for (const model::Package& package : catalog.packages) {
    if (package.cataloger == cataloger.name) write_package(json, package);
  }
  json.end_array();
  if (cataloger.name == "distro") json.member("distro", distro_text(catalog.distro));
  if (cataloger.name.starts_with("not_read") && !catalog.not_read.empty()) {
    json.key("not_read").begin_array();
    for (const auto& group : catalog.not_read) json.value(group.what);
    json.end_array();
  }
  std::set<std::string> kinds;
  for (const auto& diagnostic : diagnostics.all()) kinds.insert(diagnostic.kind);
  if (!kinds.empty()) {
    json.key("diagnostics").begin_array();
    for (const std::string& kind : kinds) json.value(kind);
    json.end_array();
  }
  json.end_object();
  return json.take() + "\n";
}

std::string list_text(const Value& list) {
  std::string out;
  list.each([&](Value item) { out += std::string(item.string_or("?")) + ", "; });
  return out;
}

Promise promise(std::string_view text) {
  Promise out;
  auto document = base::json::Document::parse(text);
  EXPECT_TRUE(document) << (document ? "" : document.error().message());
  if (!document) return out;
  Value root = document->root();
  root["packages"].each([&](Value p) {
    std::string line;
    for (const char* key : {"purl", "origin", "path", "source"}) {
      line += std::string(p[key].string_or("")) + " | ";
    }
    for (const char* key : {"dev", "optional"}) {
      if (p[key].boolean().value_or(false)) line += std::string(key) + " | ";
    }
    line += list_text(p["licences"]) + " | " + list_text(p["fixes"]);
    out.packages.insert(line);
  });
  root["diagnostics"].each(
      [&](Value kind) { out.diagnostics.insert(std::string(kind.string_or("?"))); });
  out.not_read = list_text(root["not_read"]);
  out.distro = root["distro"].string_or("");
  return out;
}

void expect_same(const Promise& want, const Promise& got, const std::string& name) {
  if (want == got) return;
  for (const std::string& line : want.packages) {
    if (!got.packages.contains(line)) ADD_FAILURE() << name << ": missing " << line;
  }
  for (const std::string& line : got.packages) {
    if (!want.packages.contains(line)) ADD_FAILURE() << name << ": unexpected " << line;
  }
  EXPECT_EQ(want.packages.size(), got.packages.size()) << name;
  EXPECT_EQ(want.diagnostics, got.diagnostics) << name;
  EXPECT_EQ(want.not_read, got.not_read) << name;
  EXPECT_EQ(want.distro, got.distro) << name;
}

TEST(Catalogers, DescribeThemselvesAndHaveFixtures) {
  std::map<std::string_view, size_t> count;
  for (const Case& c : cases()) ++count[c.cataloger->name];
  for (const Cataloger* cataloger : all_catalogers()) {
    EXPECT_FALSE(cataloger->name.empty());
    EXPECT_EQ(find_cataloger(cataloger->name), cataloger);
    EXPECT_TRUE(fs::exists(std::string(BULKHEAD_ROOM_DIR) + "/catalogers/" +
                           std::string(cataloger->name) + ".cc"))
        << cataloger->name << ": the name must be the stem of its file";
    EXPECT_FALSE(cataloger->summary.empty()) << cataloger->name;
    EXPECT_EQ(cataloger->summary.find('\n'), std::string_view::npos) << cataloger->name;
    EXPECT_NE(cataloger->wants, nullptr) << cataloger->name;
    EXPECT_NE(cataloger->read, nullptr) << cataloger->name;
    EXPECT_GE(count[cataloger->name], 1u) << cataloger->name << " has no testdata/<stem>/<case>/";
  }
}

TEST(Catalogers, FindWhatTheirFixturesPromise) {
  bool rewrite = std::getenv("BULKHEAD_REWRITE_GOLDEN") != nullptr;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Tree tree = read_input(c.folder);
    base::Diagnostics diagnostics;
    Catalog catalog = read_tree(tree, tree_kind(*c.cataloger), diagnostics);
    std::string got = golden(*c.cataloger, catalog, diagnostics);
    std::string path = c.folder / "want.json";
    if (rewrite) {
      ASSERT_TRUE(base::write_file_atomic(path, base::as_bytes(got)));
      continue;
    }
    auto want = base::read_file(path, 64 << 20);
    ASSERT_TRUE(want) << path << " is missing; BULKHEAD_REWRITE_GOLDEN=1 writes it";
    expect_same(promise(*want), promise(got), c.name);
  }
}

// What is read from a layer goes through the cache and must come back the same.
TEST(Catalogers, FactsSurviveTheCache) {
  for (const Case& c : cases()) {
    base::Diagnostics diagnostics;
    for (const auto& [path, text] : read_input(c.folder)) {
      File file{{path, base::basename(path), text.size(), 0644}, base::as_bytes(text)};
      Interest wanted;
      interest(file.info, tree_kind(*c.cataloger), wanted);
      std::vector<Reading> readings;
      read_file(wanted.whole, file, readings, diagnostics);
      for (const Reading& reading : readings) {
        std::string bytes;
        encode_facts(reading.facts, bytes);
        base::ByteReader in(base::as_bytes(bytes));
        auto again = decode_facts(in);
        ASSERT_TRUE(again) << c.name << " " << path;
        EXPECT_EQ(in.remaining(), 0u);
        EXPECT_EQ(*again, reading.facts);
      }
    }
  }
}

// Every fixture cut short and with single bytes changed: no crash, no hang (the sanitizers watch).
TEST(Catalogers, SurviveDamage) {
  constexpr size_t kCuts = 12;
  constexpr size_t kFlips = 24;
  uint32_t random = 2463534242;
  auto next = [&random] {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return random;
  };
  for (const Case& c : cases()) {
    Tree tree = read_input(c.folder);
    for (auto& [path, text] : tree) {
      if (text.empty() || text.size() > 256 * 1024) continue;
      std::string whole = text;
      for (size_t i = 0; i < kCuts + kFlips; ++i) {
        size_t at = next() % whole.size();
        text = i < kCuts ? whole.substr(0, at) : whole;
        if (i >= kCuts) text[at] = static_cast<char>(next());
        base::Diagnostics diagnostics;
        (void)read_tree({{{path, text}}}, tree_kind(*c.cataloger), diagnostics);
      }
      text = whole;
    }
  }
}

TEST(Catalogers, WriteSeedsForFuzzingOnRequest) {
  const char* folder = std::getenv("BULKHEAD_WRITE_SEEDS");
  if (folder == nullptr) GTEST_SKIP() << "BULKHEAD_WRITE_SEEDS is not set";
  size_t count = 0;
  for (const Case& c : cases()) {
    for (const auto& [path, text] : read_input(c.folder)) {
      std::string seed = path + "\n" + text;
      std::string name = std::string(c.cataloger->name) + "-" + std::to_string(count++);
      ASSERT_TRUE(base::write_file_atomic(std::string(folder) + "/" + name, base::as_bytes(seed)));
    }
  }
}

}  // namespace
}  // namespace bulkhead::catalog
