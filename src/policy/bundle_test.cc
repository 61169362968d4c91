// SPDX-License-Identifier: Apache-2.0
#include "policy/bundle.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/oci_writer.h"
#include "tests/support/tar_writer.h"

namespace bulkhead::policy {
namespace {

std::string message(base::Result<Bundle> bundle) {
  return bundle ? "accepted" : std::string(bundle.error().message());
}

TEST(Bundle, SortsFilesByWhatTheyAre) {
  const auto bundle = read_bundle(
      {
          {"policy.yaml", "version: 1\n"},
          {"packs/own/own.rego", "package bulkhead.own\n"},
          {"packs/own/own_test.rego", "package bulkhead.own_test\n"},
          {"packs/own/pack.yaml", "id: own\n"},
          {"packs/own/data.yaml", "ports: [22, yes]\n"},
          {"lists/bases.json", R"(["debian"])"},
          {"lists/countries.yaml", "- de\n- no\n"},
          {"data.json", R"({"a": 1})"},
      },
      {});
  ASSERT_TRUE(bundle) << bundle.error().message();
  ASSERT_EQ(bundle->modules.size(), 1u);
  EXPECT_EQ(bundle->modules[0].path, "packs/own/own.rego");
  ASSERT_EQ(bundle->tests.size(), 1u);
  EXPECT_EQ(bundle->tests[0].path, "packs/own/own_test.rego");
  ASSERT_EQ(bundle->others.size(), 2u);
  EXPECT_EQ(bundle->others[0].path, "packs/own/pack.yaml");
  std::string data;
  for (const DataSource& source : bundle->data) {
    data += base::join(source.at, ".") + "=" + source.json + "\n";
  }
  EXPECT_EQ(data,
            "={\"a\": 1}\n"
            "lists.bases=[\"debian\"]\n"
            "lists.countries=[\"de\",\"no\"]\n"
            "packs.own={\"ports\":[22,true]}\n");
}

TEST(Bundle, LeavesListsAloneWithoutOurPolicyFile) {
  const auto bundle = read_bundle({{"lists/a.json", "[1]"}, {"x.rego", "package x\n"}}, {});
  ASSERT_TRUE(bundle);
  EXPECT_TRUE(bundle->data.empty());
  EXPECT_EQ(bundle->others.size(), 1u);
}

TEST(Bundle, CompilesToAProgram) {
  const auto bundle = read_bundle(
      {{"/a/x.rego", "package a\nx := data.a.limit + 1\n"}, {"/a/data.json", R"({"limit": 2})"}},
      {});
  ASSERT_TRUE(bundle);
  std::vector<Problem> problems;
  const auto program = Program::compile(bundle->modules, bundle->data, {}, problems);
  ASSERT_TRUE(program) << program.error().message();
  Evaluator evaluator = program->evaluator().value();
  Request request;
  request.entry = "data.a.x";
  EXPECT_EQ(evaluator.evaluate(request, Document::parse("{}", {}).value())->json, "3");
}

TEST(Bundle, ReadsTheManifest) {
  const auto bundle = read_bundle(
      {
          {".manifest", R"({"revision": "r7", "roots": ["/a/b/", "c"], "rego_version": 0,
                            "file_rego_versions": {"/new/*.rego": 1}})"},
          {"old.rego", "package a.b\n"},
          {"new/x.rego", "# why\npackage c[\"d-e\"]\n"},
          {"data.json", R"({"a": {"b": {"x": 1}}, "c": 2})"},
      },
      {});
  ASSERT_TRUE(bundle) << bundle.error().message();
  EXPECT_EQ(bundle->manifest.revision, "r7");
  EXPECT_EQ(bundle->manifest.roots, (std::vector<std::string>{"a/b", "c"}));
  ASSERT_EQ(bundle->modules.size(), 2u);
  EXPECT_EQ(bundle->modules[0].dialect, Dialect::kV1);
  EXPECT_EQ(bundle->modules[1].dialect, Dialect::kV0);
}

TEST(Bundle, RefusesWhatTheManifestDoesNotPermit) {
  const std::string roots = R"({"roots": ["a/b"]})";
  EXPECT_EQ(message(read_bundle({{".manifest", roots}, {"x.rego", "package a.c\n"}}, {})),
            "x.rego: package a.c lies outside of the manifest's roots");
  EXPECT_EQ(message(read_bundle({{".manifest", roots}, {"x.rego", "package a\n"}}, {})),
            "x.rego: package a lies outside of the manifest's roots");
  EXPECT_EQ(message(read_bundle({{".manifest", roots}, {"data.json", R"({"a": {"c": 1}})"}}, {})),
            "data.json: data.a.c lies outside of the manifest's roots");
  EXPECT_EQ(message(read_bundle({{".manifest", roots}, {"a/data.json", "{\"b\": 1}"}}, {})),
            "accepted");
}

TEST(Bundle, RefusesWhatIsBroken) {
  const auto with = [](std::string manifest) {
    return message(read_bundle({{".manifest", std::move(manifest)}}, {}));
  };
  EXPECT_EQ(with(R"({"roots": ["a", "a/b"]})"), ".manifest: the roots 'a' and 'a/b' overlap");
  EXPECT_EQ(with(R"({"roots": "a"})"), ".manifest: roots must be a list of paths");
  EXPECT_EQ(with(R"({"rego_version": 2})"), ".manifest: rego_version must be 0 or 1");
  EXPECT_EQ(with("[]"), ".manifest: expected an object");
  EXPECT_NE(with("{"), "accepted");
  EXPECT_NE(with(R"({"wasm": [{"entrypoint": "a"}]})"), "accepted");
  EXPECT_EQ(message(read_bundle({{"a.rego", ""}, {"./a.rego", ""}}, {})),
            "a.rego: stands twice in the bundle");
  EXPECT_NE(message(read_bundle({{"../a.rego", ""}}, {})), "accepted");
  EXPECT_NE(message(read_bundle({{"policy.wasm", ""}}, {})), "accepted");
  EXPECT_NE(message(read_bundle({{"patch.json", "{}"}}, {})), "accepted");
  EXPECT_NE(message(read_bundle({{"a/.manifest", "{}"}}, {})), "accepted");
  EXPECT_NE(message(read_bundle({{"data.yaml", "a: [1"}}, {})), "accepted");
}

TEST(Bundle, LeavesOpaqueFoldersAlone) {
  BundleOptions options;
  options.opaque = {"packs/theirs/"};
  const auto bundle = read_bundle({{"a.rego", "package a\n"},
                                   {"data.json", "{}"},
                                   {"packs/theirs/b.rego", "package main\n"},
                                   {"packs/theirs/data.yaml", "a: [1"},
                                   {"packs/theirs/policy.wasm", ""}},
                                  options);
  ASSERT_TRUE(bundle) << bundle.error().message();
  EXPECT_EQ(bundle->modules.size(), 1u);
  EXPECT_EQ(bundle->data.size(), 1u);
  EXPECT_EQ(bundle->others.size(), 3u);
}

TEST(Bundle, KeepsToItsLimits) {
  BundleOptions options;
  options.limits = {.max_bytes = 100, .max_file_bytes = 60, .max_files = 2};
  EXPECT_EQ(read_bundle({{"a", ""}, {"b", ""}, {"c", ""}}, options).error().code(),
            base::Code::kLimit);
  EXPECT_EQ(read_bundle({{"a", std::string(61, 'x')}}, options).error().code(), base::Code::kLimit);
  EXPECT_EQ(read_bundle({{"a", std::string(60, 'x')}, {"b", std::string(60, 'x')}}, options)
                .error()
                .code(),
            base::Code::kLimit);
}

base::Result<std::vector<BundleFile>> unpack(const std::string& tar, testing::Packing packing,
                                             const BundleLimits& limits = {}) {
  const std::string packed = testing::pack(tar, packing);
  base::MemorySource source(base::as_bytes(packed));
  return unpack_bundle(source, limits);
}

TEST(UnpackBundle, ReadsTarsPackedOrNot) {
  testing::TarWriter tar;
  tar.dir("a").file("/a/x.rego", "package a\n").file("./data.json", "{}");
  for (const auto packing : {testing::Packing::kGzip, testing::Packing::kNone}) {
    const auto files = unpack(tar.finish(), packing);
    ASSERT_TRUE(files) << files.error().message();
    ASSERT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].path, "a/x.rego");
    EXPECT_EQ((*files)[0].bytes, "package a\n");
    EXPECT_EQ((*files)[1].path, "data.json");
  }
}

TEST(UnpackBundle, RefusesWhatABundleNeverHolds) {
  using testing::TarWriter;
  const auto code = [](const std::string& tar, const BundleLimits& limits = {}) {
    const auto files = unpack(tar, testing::Packing::kGzip, limits);
    return files ? base::Code::kInternal : files.error().code();
  };
  EXPECT_EQ(code(TarWriter().symlink("a", "/etc/passwd").finish()), base::Code::kInvalid);
  EXPECT_EQ(code(TarWriter().hardlink("a", "b").finish()), base::Code::kInvalid);
  EXPECT_EQ(code(TarWriter().fifo("a").finish()), base::Code::kInvalid);
  EXPECT_EQ(code(TarWriter().file("a/../../b", "").finish()), base::Code::kInvalid);
  EXPECT_EQ(code(TarWriter().file("a", "").file("b", "").finish(), {.max_files = 1}),
            base::Code::kLimit);
  EXPECT_EQ(code(TarWriter().file("a", "12345").finish(), {.max_file_bytes = 4}),
            base::Code::kLimit);
  EXPECT_EQ(code(TarWriter().file("a", "123").file("b", "456").finish(), {.max_bytes = 5}),
            base::Code::kLimit);
  const std::string whole = TarWriter().file("a", std::string(2000, 'x')).finish();
  EXPECT_EQ(code(whole.substr(0, 1000)), base::Code::kCorrupt);
}

}  // namespace
}  // namespace bulkhead::policy
