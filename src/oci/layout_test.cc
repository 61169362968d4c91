// SPDX-License-Identifier: Apache-2.0
#include "oci/layout.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "oci/image.h"
#include "tests/support/oci_writer.h"
#include "tests/support/tar_writer.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::oci {
namespace {

using testing::OciImage;
using testing::OciLayoutWriter;
using testing::Packing;
using testing::TarWriter;
using testing::TempDir;

OciImage image(const std::string& content, const std::string& architecture = "amd64") {
  OciImage out;
  out.architecture = architecture;
  out.layer(TarWriter().file("content", content).finish(), "ADD content");
  return out;
}

// The manifest digest of what the text leads to, or the error.
std::string digest_at(const std::string& text, const std::string& platform = "linux/amd64") {
  auto load = [&]() -> base::Result<Image> {
    LocalReference reference = TRY(LocalReference::parse(text));
    auto transport = TRY(open_layout(reference));
    base::Diagnostics diagnostics;
    return load_image(*transport, {platform}, diagnostics);
  };
  auto loaded = load();
  return loaded ? loaded->artifact.digest : loaded.error().message();
}

TEST(Layout, ReadsTheOnlyImage) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  OciImage made = image("a");
  made.layer(TarWriter().file("b", "b").finish(), "ADD b", Packing::kZstd);
  made.layer(TarWriter().file("c", "c").finish(), "ADD c", Packing::kNone);
  std::string digest = writer.add(made, "1.0");
  writer.finish();
  EXPECT_EQ(digest_at(directory.path()), digest);
  EXPECT_EQ(digest_at(directory.path() + ":1.0"), digest);
  EXPECT_EQ(digest_at(directory.path() + "@" + digest), digest);
  EXPECT_EQ(digest_at(directory.path() + ":1.0@" + digest), digest);
  EXPECT_EQ(digest_at(directory.path() + ":2.0"), "no image \"2.0\" here; there are: 1.0");
}

TEST(Layout, GivesBlobsAsRangesOfFiles) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  writer.add(image("a"), "1.0");
  writer.finish();
  auto transport = open_layout({directory.path(), "", ""});
  ASSERT_TRUE(transport);
  Descriptor descriptor;
  descriptor.digest = writer.blob("some bytes");
  auto blob = (*transport)->blob(descriptor);
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->size, 10u);
  ASSERT_TRUE(blob->identity);
  EXPECT_EQ(blob->identity->size, 10u);
  EXPECT_NE(blob->identity->inode, 0u);
  EXPECT_EQ((*transport)->blob(descriptor)->identity, blob->identity);
  auto source = std::move(*blob).source();
  EXPECT_EQ(base::as_text(*base::read_all(*source, 100)), "some bytes");
}

TEST(Layout, WantsANameWhenThereAreSeveral) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  std::string one = writer.add(image("one"), "1.0");
  std::string two = writer.add(image("two"), "docker.io/library/app:2.0");
  std::string three = writer.add(image("three"));
  writer.finish();
  EXPECT_EQ(digest_at(directory.path()),
            "3 images here; name one of: 1.0, @" + three + ", docker.io/library/app:2.0");
  EXPECT_EQ(digest_at(directory.path() + ":1.0"), one);
  for (const char* tag : {":2.0", ":app:2.0", ":docker.io/library/app:2.0"}) {
    EXPECT_EQ(digest_at(directory.path() + tag), two) << tag;
  }
  EXPECT_EQ(digest_at(directory.path() + "@" + three), three);
}

TEST(Layout, OneImageUnderTwoNamesIsOne) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  std::string digest = writer.add(image("one"), "1.0");
  writer.add(image("one"), "latest");
  writer.finish();
  EXPECT_EQ(digest_at(directory.path()), digest);
}

TEST(Layout, SeveralPlatformsAreOneImage) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  std::string amd = writer.add(image("x"), "1.0");
  std::string arm = writer.add(image("y", "arm64"), "1.0");
  std::string other = writer.add(image("z", "s390x"), "2.0");
  writer.finish();
  EXPECT_EQ(digest_at(directory.path() + ":1.0"), amd);
  EXPECT_EQ(digest_at(directory.path() + ":1.0", "linux/arm64"), arm);
  EXPECT_EQ(digest_at(directory.path() + ":2.0", "linux/s390x"), other);
  EXPECT_EQ(digest_at(directory.path()), "3 images here; name one of: 1.0, 1.0, 2.0");
}

TEST(Layout, FollowsAnIndexAndReachesItsParts) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  std::string amd = writer.store(image("x")), arm = writer.store(image("y", "arm64"));
  auto platform = [](const char* name) {
    return std::string(R"(,"platform":{"os":"linux","architecture":")") + name + "\"}";
  };
  std::string index =
      R"({"schemaVersion":2,"manifests":[)" +
      OciLayoutWriter::descriptor(OciLayoutWriter::kManifestType, amd, platform("amd64")) + "," +
      OciLayoutWriter::descriptor(OciLayoutWriter::kManifestType, arm, platform("arm64")) + "]}";
  writer.blob(index);
  writer.list(index, OciLayoutWriter::kIndexType, "1.0");
  // A signature stored beside the image, as `cosign save` does it.
  writer.list(arm, OciLayoutWriter::kManifestType, "",
              R"(,"annotations":{"kind":"dev.cosignproject.cosign/sigs"})");
  writer.finish();
  std::string amd_digest = crypto::sha256_digest(base::as_bytes(amd));
  std::string arm_digest = crypto::sha256_digest(base::as_bytes(arm));
  EXPECT_EQ(digest_at(directory.path()), amd_digest);
  EXPECT_EQ(digest_at(directory.path() + ":1.0", "arm64"), arm_digest);
  EXPECT_EQ(digest_at(directory.path() + "@" + amd_digest), amd_digest);
}

TEST(Layout, NeverLeavesItsDirectory) {
  TempDir directory, elsewhere;
  OciLayoutWriter writer(directory.path());
  std::string manifest = writer.store(image("x"));
  std::string digest = writer.add(image("x"));
  writer.finish();
  std::string path = directory / OciLayoutWriter::blob_path(digest);
  std::filesystem::rename(path, elsewhere / "blob");
  std::filesystem::create_symlink(elsewhere / "blob", path);
  EXPECT_NE(digest_at(directory.path()), digest);
  std::filesystem::remove(path);
  std::filesystem::copy_file(elsewhere / "blob", directory / "blob");
  std::filesystem::create_symlink("../../blob", path);  // inside: allowed
  EXPECT_EQ(digest_at(directory.path()), digest);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_NE(digest_at(directory.path()).find("not a regular file"), std::string::npos);
}

TEST(Layout, RefusesWhatIsNoLayout) {
  TempDir directory;
  EXPECT_EQ(digest_at(directory.path() + "/nothing"),
            "no such file or directory: " + directory.path() + "/nothing");
  EXPECT_TRUE(digest_at(directory.path()).ends_with("open oci-layout: No such file or directory"));
  OciLayoutWriter writer(directory.path());
  EXPECT_TRUE(digest_at(directory.path()).starts_with("open index.json"));
  writer.finish();
  EXPECT_EQ(digest_at(directory.path()), "the layout lists no image");
  writer.write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_TRUE(digest_at(directory.path()).ends_with("OCI layout of version \"2.0.0\"; 1.x is "
                                                    "understood"));
}

TEST(LocalReference, TakesTheLongestPathThatExists) {
  TempDir directory;
  std::filesystem::create_directory(directory / "with:colon");
  const std::string hex(64, 'a');
  struct Case {
    std::string text, path, tag, digest;
  };
  const Case cases[] = {
      {directory.path(), directory.path(), "", ""},
      {directory.path() + ":1.0", directory.path(), "1.0", ""},
      {directory / "with:colon", directory / "with:colon", "", ""},
      {directory / "with:colon:1", directory / "with:colon", "1", ""},
      {directory.path() + ":a/b:1", directory.path(), "a/b:1", ""},
      {directory.path() + ":host:5000/b:1", directory.path(), "host:5000/b:1", ""},
      {directory.path() + "@sha256:" + hex, directory.path(), "", "sha256:" + hex},
      {directory.path() + ":1@sha256:" + hex, directory.path(), "1", "sha256:" + hex},
  };
  for (const Case& c : cases) {
    auto reference = LocalReference::parse(c.text);
    ASSERT_TRUE(reference) << c.text;
    EXPECT_EQ(reference->path, c.path) << c.text;
    EXPECT_EQ(reference->tag, c.tag) << c.text;
    EXPECT_EQ(reference->digest, c.digest) << c.text;
  }
  EXPECT_FALSE(LocalReference::parse(directory.path() + "@sha256:00"));
  EXPECT_FALSE(LocalReference::parse(""));
  EXPECT_FALSE(LocalReference::parse("/no/such/file:1:2:3:4:5:6:7:8:9"));
}

}  // namespace
}  // namespace bulkhead::oci
