// SPDX-License-Identifier: Apache-2.0
#include "oci/archive.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "oci/docker_archive.h"
#include "oci/image.h"
#include "tests/support/oci_writer.h"
#include "tests/support/tar_writer.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::oci {
namespace {

using base::as_bytes;
using base::Code;
using testing::OciImage;
using testing::OciLayoutWriter;
using testing::TarWriter;
using testing::TempDir;

base::Fd temporary_file() {
  std::string path = (std::filesystem::temp_directory_path() / "bulkhead-test-XXXXXX").string();
  base::Fd fd(::mkostemp(path.data(), O_CLOEXEC));
  ::unlink(path.c_str());
  return fd;
}

base::Fd file_with(std::string_view bytes) {
  base::Fd fd = temporary_file();
  EXPECT_TRUE(base::write_all(fd, as_bytes(bytes)));
  return fd;
}

std::string digest_of(std::string_view bytes) { return crypto::sha256_digest(as_bytes(bytes)); }

struct Loaded {
  Image image;
  std::vector<std::string> layers;  // stored bytes
  std::string error;
};

Loaded load(base::Fd file, const std::string& tag = "", const std::string& digest = "") {
  Loaded out;
  auto all = [&]() -> base::Status {
    auto transport = TRY(open_archive(std::move(file), {"x.tar", tag, digest}));
    base::Diagnostics diagnostics;
    out.image = TRY(load_image(*transport, {"linux/amd64"}, diagnostics));
    for (const Descriptor& layer : out.image.layers) {
      OpenedBlob blob = TRY(transport->blob(layer));
      EXPECT_TRUE(blob.identity);
      EXPECT_EQ(blob.identity->offset, blob.offset);
      auto source = std::move(blob).source();
      base::Bytes bytes = TRY(base::read_all(*source, 1 << 20));
      EXPECT_EQ(digest_of(base::as_text(bytes)), layer.digest);
      EXPECT_EQ(bytes.size(), layer.size);
      out.layers.emplace_back(base::as_text(bytes));
    }
    return {};
  };
  if (base::Status done = all(); !done) {
    out.error = std::string(base::code_name(done.error().code())) + ": " + done.error().message();
  }
  return out;
}

base::Fd fixture(const std::string& name) {
  auto file = base::open_read(std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + name);
  EXPECT_TRUE(file) << name;
  base::FdSource source(std::move(*file));
  base::Fd out = temporary_file();
  EXPECT_TRUE(unpack_archive(source, out, 1 << 20));
  return out;
}

TEST(Archive, ReadsWhatPodmanAndSkopeoSave) {
  struct Case {
    const char* name;
    const char* tag;
    std::vector<std::string> tags;
    bool manifest;
  };
  const Case cases[] = {
      {"docker-podman.tar.gz", "", {"example.org/team/app:1.0", "localhost/other:2"}, false},
      {"docker-podman.tar.gz",
       "localhost/other:2",
       {"example.org/team/app:1.0", "localhost/other:2"},
       false},
      {"docker-podman.tar.gz", "app:1.0", {"example.org/team/app:1.0", "localhost/other:2"}, false},
      {"oci-podman.tar.gz", "", {}, true},
      {"oci-skopeo.tar.gz", "app:1.0", {}, true},
  };
  for (const Case& c : cases) {
    Loaded loaded = load(fixture(c.name), c.tag);
    ASSERT_EQ(loaded.error, "") << c.name;
    const model::Artifact& artifact = loaded.image.artifact;
    ASSERT_EQ(artifact.layers.size(), 3u) << c.name;
    EXPECT_EQ(artifact.layers[0].created_by, "COPY motd /etc") << c.name;
    EXPECT_EQ(artifact.layers[1].created_by, "RUN rm /etc/motd") << c.name;
    EXPECT_EQ(artifact.layers[0].diff_id, artifact.layers[2].diff_id) << c.name;
    EXPECT_EQ(loaded.image.config.user, "app") << c.name;
    EXPECT_EQ(artifact.digest.empty(), !c.manifest) << c.name;
    EXPECT_EQ(artifact.tags, c.tags) << c.name;
  }
  std::string error = load(fixture("docker-podman.tar.gz"), "nothing:1").error;
  EXPECT_EQ(error, "not found: x.tar: no such image here; there are: example.org/team/app:1.0");
}

OciImage two_layers(const std::string& content) {
  OciImage out;
  out.layer(TarWriter().file("content", content).finish(), "ADD content");
  return out;
}

// An image as `docker save` wrote it before version 25.
void add_old(TarWriter& tar, const OciImage& made, std::string& list, const std::string& tags,
             testing::Packing packing = testing::Packing::kNone) {
  std::string config = made.config_json(), layers;
  std::string name = digest_of(config).substr(7) + ".json";
  tar.file(name, config);
  for (const OciImage::Step& step : made.steps) {
    std::string id = digest_of("id of " + step.tar).substr(7);
    tar.dir(id).file(id + "/VERSION", "1.0").file(id + "/layer.tar", pack(step.tar, packing));
    layers += (layers.empty() ? "\"" : ",\"") + id + "/layer.tar\"";
  }
  list += (list.empty() ? "" : ",") + (R"({"Config":")" + name) + R"(","RepoTags":)" + tags +
          R"(,"Layers":[)" + layers + "]}";
}

TEST(Archive, ReadsOldDockerArchives) {
  for (auto packing : {testing::Packing::kNone, testing::Packing::kGzip, testing::Packing::kZstd}) {
    TarWriter tar;
    std::string list;
    OciImage made = two_layers("a");
    made.layer(TarWriter().file("b", std::string(500'000, 'b')).finish(), "ADD b");
    add_old(tar, made, list, "null", packing);
    Loaded loaded = load(file_with(tar.file("manifest.json", "[" + list + "]").finish()));
    ASSERT_EQ(loaded.error, "");
    ASSERT_EQ(loaded.layers.size(), 2u);
    EXPECT_TRUE(loaded.layers[1] == pack(made.steps[1].tar, packing));
    EXPECT_EQ(loaded.image.artifact.layers[1].diff_id, digest_of(made.steps[1].tar));
    EXPECT_EQ(loaded.image.artifact.config_digest, digest_of(made.config_json()));
    EXPECT_EQ(loaded.image.artifact.digest, "");
  }
}

TEST(Archive, ChoosesAmongDockerImages) {
  TarWriter tar;
  std::string list;
  add_old(tar, two_layers("one"), list, R"(["app:1","app:latest"])");
  add_old(tar, two_layers("two"), list, R"(["app:2"])");
  add_old(tar, two_layers("three"), list, "null");
  std::string bytes = tar.file("manifest.json", "[" + list + "]").finish();
  std::string three = digest_of(two_layers("three").config_json());
  EXPECT_EQ(load(file_with(bytes)).error, "invalid: x.tar: 3 images here; name one of: @" +
                                              three.substr(7) + ".json, app:1, app:2");
  EXPECT_EQ(load(file_with(bytes), "app:latest").image.artifact.config_digest,
            digest_of(two_layers("one").config_json()));
  EXPECT_EQ(load(file_with(bytes), "2").image.artifact.config_digest,
            digest_of(two_layers("two").config_json()));
  EXPECT_EQ(load(file_with(bytes), "", three).image.artifact.config_digest, three);
}

TEST(Archive, ReadsNewDockerArchivesAsLayouts) {
  TempDir directory;
  OciLayoutWriter writer(directory.path());
  std::string digest = writer.add(two_layers("a"), "1.0");
  writer.finish();
  TarWriter tar;
  std::string list;
  auto add_layout = [&](TarWriter& into) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory.path())) {
      std::string name = file.path().string().substr(directory.path().size() + 1);
      if (file.is_directory()) {
        into.dir(name);
      } else {
        into.file(name, *base::read_file(file.path().string(), 1 << 20));
      }
    }
  };
  add_layout(tar);
  add_old(tar, two_layers("another"), list, R"(["app:1"])");
  tar.file("manifest.json", "[" + list + "]");
  EXPECT_EQ(load(file_with(tar.finish())).image.artifact.digest, digest);
  // An index without entries leaves the older description.
  writer.write("index.json", R"({"schemaVersion":2,"manifests":[]})");
  add_layout(tar);
  Loaded loaded = load(file_with(tar.finish()));
  EXPECT_EQ(loaded.error, "");
  EXPECT_EQ(loaded.image.artifact.config_digest, digest_of(two_layers("another").config_json()));
}

TEST(Archive, FollowsLinksInsideOnly) {
  OciImage made = two_layers("a");
  const std::string layer = made.steps[0].tar, config = made.config_json();
  auto with_link = [&](const std::string& name, auto&& add) {
    TarWriter tar;
    tar.file("config.json", config).file("real/layer.tar", layer);
    add(tar);
    tar.file("manifest.json", R"([{"Config":"config.json","Layers":[")" + name + R"("]}])");
    return load(file_with(tar.finish())).error;
  };
  auto symlink = [&](const std::string& target) {
    return with_link("a/b/layer.tar",
                     [&](TarWriter& tar) { tar.symlink("a/b/layer.tar", target); });
  };
  EXPECT_EQ(symlink("../../real/layer.tar"), "");
  EXPECT_EQ(symlink("/real/layer.tar"), "");
  EXPECT_EQ(symlink(".././../real//layer.tar"), "");
  EXPECT_TRUE(symlink("../../../real/layer.tar").starts_with("not found: "));
  EXPECT_TRUE(symlink("/etc/passwd").starts_with("not found: "));
  EXPECT_TRUE(symlink("layer.tar").starts_with("invalid: ")) << symlink("layer.tar");
  auto add_hardlink = [](TarWriter& tar) { tar.hardlink("hard", "./real/layer.tar"); };
  EXPECT_EQ(with_link("hard", add_hardlink), "");
  EXPECT_TRUE(with_link("../x", [](TarWriter& tar) {
                tar.file("../x", "");
              }).starts_with("invalid: x.tar: manifest.json: Layers: path that leaves"));
}

TEST(Archive, RefusesWhatDoesNotFit) {
  OciImage made = two_layers("a");
  const std::string config = made.config_json(), layer = made.steps[0].tar;
  const std::string hex = digest_of(config).substr(7);
  auto load_with = [&](const std::string& config_name, const std::string& layers) {
    TarWriter tar;
    tar.file(config_name, config).file("layer.tar", layer).file("short", "short");
    tar.file("layer.xz", std::string("\xfd"
                                     "7zXZ\0xx",
                                     8));
    tar.file("manifest.json", R"([{"Config":")" + config_name + R"(","Layers":)" + layers + "}]");
    return load(file_with(tar.finish())).error;
  };
  EXPECT_EQ(load_with(hex + ".json", R"(["layer.tar"])"), "");
  EXPECT_EQ(load_with("c.json", R"(["layer.tar"])"), "");
  EXPECT_TRUE(load_with(std::string(64, 'a') + ".json", R"(["layer.tar"])")
                  .starts_with("corrupt: x.tar: config aaaa"));
  EXPECT_EQ(load_with("c.json", "[]"),
            "invalid: x.tar: c.json: 1 diff-id, but the archive lists 0 layers");
  EXPECT_EQ(load_with("c.json", R"(["gone"])"),
            "not found: x.tar: gone: no member gone in the archive");
  EXPECT_EQ(load_with("c.json", R"(["layer.xz"])"),
            "unsupported: x.tar: layer.xz: layer packed with xz");
  EXPECT_TRUE(load_with("c.json", "null").starts_with("invalid: "));
}

TEST(Archive, SaysWhatItIsNot) {
  EXPECT_EQ(load(file_with(TarWriter().dir("etc").file("etc/passwd", "").finish())).error,
            "invalid: x.tar: no image archive: neither index.json, manifest.json nor repositories "
            "is in it");
  EXPECT_EQ(load(file_with(testing::gzip_stored(TarWriter().finish()))).error,
            "unsupported: x.tar: the archive is packed with gzip");
  EXPECT_EQ(load(file_with("no tar at all")).error,
            "corrupt: x.tar: tar: truncated header at byte 0");
  EXPECT_EQ(load(file_with(TarWriter().file("repositories", "{}").finish())).error,
            "not found: x.tar: the archive lists no image");
  auto directory = base::open_directory("/tmp");
  EXPECT_EQ(load(std::move(*directory)).error.substr(0, 8), "io: x.ta");
}

// A layer as docker save wrote it before version 1.10; 'a' to 'f' are its id and that of its
// parent.
void add_v1(TarWriter& tar, char id, char parent, const std::string& layer,
            const std::string& more = "") {
  std::string name(64, id);
  std::string json = R"({"id":")" + name + R"(","created":"2015-01-02T03:04:05Z",)";
  if (parent != '-') json += R"("parent":")" + std::string(64, parent) + R"(",)";
  json += R"("container_config":{"Cmd":["/bin/sh","-c","step )" + std::string(1, id) + R"("]})";
  tar.dir(name).file(name + "/VERSION", "1.0").file(name + "/json", json + more + "}");
  if (!layer.empty()) tar.file(name + "/layer.tar", layer);
}

std::string v1_repositories(const std::vector<std::pair<std::string, char>>& tags) {
  std::string out;
  for (const auto& [tag, id] : tags) {
    out += (out.empty() ? "{\"app\":{\"" : ",\"") + tag + "\":\"" + std::string(64, id) + "\"";
  }
  return out + "}}";
}

TEST(DockerV1, FollowsTheParentsOfTheTopLayer) {
  std::string base = TarWriter().file("base", "1").finish();
  std::string top = TarWriter().file("top", "2").finish();
  TarWriter tar;
  add_v1(
      tar, 'b', 'a', pack(top, testing::Packing::kGzip),
      R"(,"architecture":"amd64","os":"linux","author":"me","config":{"User":"app","Cmd":["x"]})");
  add_v1(tar, 'a', '-', base);
  tar.file("repositories", v1_repositories({{"1", 'b'}, {"latest", 'b'}, {"0", 'a'}}));
  std::string bytes = tar.finish();
  EXPECT_EQ(load(file_with(bytes)).error,
            "invalid: x.tar: 2 images here; name one of: app:0, app:1");
  Loaded loaded = load(file_with(bytes), "app:latest");
  ASSERT_EQ(loaded.error, "");
  ASSERT_EQ(loaded.layers.size(), 2u);
  const model::Artifact& artifact = loaded.image.artifact;
  EXPECT_EQ(artifact.layers[0].diff_id, digest_of(base));
  EXPECT_EQ(artifact.layers[1].diff_id, digest_of(top));
  EXPECT_EQ(artifact.layers[1].created_by, "/bin/sh -c step b");
  EXPECT_EQ(artifact.created, "2015-01-02T03:04:05Z");
  EXPECT_EQ(artifact.tags, (std::vector<std::string>{"app:1", "app:latest"}));
  EXPECT_EQ(loaded.image.config.user, "app");
  EXPECT_TRUE(loaded.image.artifact.annotations.find(kNoDigests) ==
              loaded.image.artifact.annotations.end());
  auto transport = open_archive(file_with(bytes), {"x.tar", "0", ""});
  base::Diagnostics diagnostics;
  ASSERT_TRUE(load_image(**transport, {"linux/amd64"}, diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].kind, "not-verified");
}

TEST(DockerV1, RefusesWhatCannotBeAnImage) {
  std::string layer = TarWriter().file("x", "").finish();
  auto error = [&](auto&& add, const std::string& repositories = v1_repositories({{"1", 'a'}})) {
    TarWriter tar;
    add(tar);
    return load(file_with(tar.file("repositories", repositories).finish())).error;
  };
  EXPECT_EQ(error([&](TarWriter& tar) { add_v1(tar, 'a', '-', layer); }), "");
  std::string loop = error([&](TarWriter& tar) {
    add_v1(tar, 'a', 'b', layer);
    add_v1(tar, 'b', 'a', layer);
  });
  EXPECT_TRUE(loop.ends_with("is its own ancestor")) << loop;
  EXPECT_TRUE(error([&](TarWriter& tar) { add_v1(tar, 'a', '-', ""); }).starts_with("not found: "));
  EXPECT_TRUE(
      error([&](TarWriter& tar) { add_v1(tar, 'a', 'b', layer); }).starts_with("not found: "));
  EXPECT_TRUE(error([](TarWriter&) {}, R"({"app":{"1":"../../etc"}})").starts_with("invalid: "));
  EXPECT_TRUE(error([](TarWriter&) {}, R"({"app":{"1":"a"},"app":{}})").starts_with("invalid: "));
  EXPECT_TRUE(error([&](TarWriter& tar) {
                tar.file(std::string(64, 'a') + "/json", R"({"id":"other"})");
              }).starts_with("corrupt: "));
}

TEST(DockerArchive, ParsesStrictly) {
  for (const char* bad :
       {"{}", "[1]", "[{}]", R"([{"Config":"../c","Layers":[]}])",
        R"([{"Config":"c","Layers":["/../x"]}])", R"([{"Config":"c","config":"d"}])",
        R"([{"Config":"c","Layers":"l"}])", R"([{"Config":"c","RepoTags":[1]}])",
        R"([{"Config":"c","Config":"d"}])"}) {
    EXPECT_FALSE(parse_docker_archive(bad)) << bad;
  }
  auto images = parse_docker_archive(R"([{"Config":"./c","RepoTags":null,"Layers":["./l"]}])");
  ASSERT_TRUE(images);
  EXPECT_EQ(images->at(0).config, "c");
  EXPECT_EQ(images->at(0).layers.at(0), "l");
}

}  // namespace
}  // namespace bulkhead::oci
