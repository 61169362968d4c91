// SPDX-License-Identifier: Apache-2.0
#include "oci/manifest.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"

namespace bulkhead::oci {
namespace {

using base::Code;

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

std::string descriptor(const std::string& more = "") {
  return R"({"mediaType":"x","digest":")" + kDigest + R"(","size":5)" + more + "}";
}

std::string kind_of(const std::string& bytes, const std::string& announced = "") {
  auto kind = document_kind(bytes, announced);
  if (!kind) {
    return std::string(base::code_name(kind.error().code())) + ": " + kind.error().message();
  }
  return *kind == DocumentKind::kIndex ? "index" : "manifest";
}

std::string with_type(const std::string& type, const std::string& members) {
  return R"({"schemaVersion":2,"mediaType":")" + type + "\"," + members + "}";
}

TEST(DocumentKind, GoesByTypeAndContent) {
  const std::string index = R"("manifests":[])", manifest = R"("config":{},"layers":[])";
  EXPECT_EQ(kind_of(with_type(std::string(kOciIndex), index)), "index");
  EXPECT_EQ(kind_of(with_type(std::string(kDockerList), index), std::string(kDockerList)),
            "index");
  EXPECT_EQ(kind_of(with_type(std::string(kOciManifest), manifest), "application/json"),
            "manifest");
  EXPECT_EQ(kind_of(with_type(std::string(kDockerManifest), manifest),
                    std::string(kDockerManifest) + "; charset=utf-8"),
            "manifest");
  EXPECT_EQ(kind_of(R"({"schemaVersion":2,"manifests":[]})"), "index");
  EXPECT_EQ(kind_of(R"({"schemaVersion":2,"layers":[],"config":{}})", std::string(kOciManifest)),
            "manifest");
}

TEST(DocumentKind, RefusesContradictionsAndOtherThings) {
  struct Case {
    std::string bytes, announced, error;
  };
  const std::string index = R"("manifests":[])", manifest = R"("config":{},"layers":[])";
  const Case cases[] = {
      {with_type(std::string(kOciManifest), index), "", "invalid: its content is not what"},
      {with_type(std::string(kOciIndex), manifest), "", "invalid: its content is not what"},
      {with_type(std::string(kOciIndex), index + "," + manifest), "", "invalid: both an index and"},
      {with_type(std::string(kOciIndex), R"("x":1)"), "", "invalid: neither an index nor"},
      {with_type(std::string(kOciIndex), index), std::string(kOciManifest),
       "invalid: it was announced as"},
      {R"({"schemaVersion":2,"manifests":[]})", std::string(kOciManifest),
       "invalid: it was announced as"},
      {R"({"schemaVersion":1,"fsLayers":[],"history":[]})", "",
       "unsupported: a Docker manifest of schema 1"},
      {R"({"schemaVersion":1,"name":"x"})",
       "application/vnd.docker.distribution.manifest.v1+prettyjws",
       "unsupported: a Docker manifest of schema 1"},
      {R"({"schemaVersion":3,"manifests":[]})", "", "invalid: schemaVersion is not 2"},
      {with_type("application/vnd.oci.artifact.manifest.v1+json", R"("blobs":[])"), "",
       "unsupported: media type application/vnd.oci.artifact"},
      {"{}", "application/vnd.something+json", "unsupported: media type application/vnd.something"},
      {"[]", "", "invalid: document: not an object"},
      {"nonsense", "", "invalid: not valid JSON"},
      {R"({"schemaVersion":2,"layers":[],"layers":[]})", "", "invalid: JSON object repeats"},
      // What Go's decoder would take for "layers".
      {R"({"schemaVersion":2,"layers":[],"Layers":[]})", "", "invalid: document: key \"Layers\""},
      {"{\"schemaVersion\":2,\"layer\xc5\xbf\":[]}", "", "invalid: document: key"},
      {"{\"schemaVersion\":2,\"manifest\xc5\xbf\":[]}", "", "invalid: document: key"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(kind_of(c.bytes, c.announced).substr(0, c.error.size()), c.error) << c.bytes;
  }
}

TEST(Manifest, ReadsDescriptors) {
  auto index = parse_index(
      R"({"schemaVersion":2,"manifests":[)" +
      descriptor(R"(,"platform":{"os":"linux","architecture":"arm","variant":"v7"},)"
                 R"("urls":["https://x"],"annotations":{"k":"v"},"artifactType":"t")") +
      "," + descriptor() + R"(],"annotations":{"a":"b"}})");
  ASSERT_TRUE(index) << index.error().message();
  ASSERT_EQ(index->manifests.size(), 2u);
  const Descriptor& first = index->manifests[0];
  EXPECT_EQ(first.media_type, "x");
  EXPECT_EQ(first.digest, kDigest);
  EXPECT_EQ(first.size, 5u);
  EXPECT_EQ(first.platform, "linux/arm/v7");
  EXPECT_EQ(first.urls, std::vector<std::string>{"https://x"});
  EXPECT_EQ(first.annotations.at("k"), "v");
  EXPECT_EQ(first.artifact_type, "t");
  EXPECT_EQ(index->manifests[1].platform, "");
  EXPECT_EQ(index->annotations.at("a"), "b");
}

TEST(Manifest, ReadsManifests) {
  auto manifest = parse_manifest(R"({"schemaVersion":2,"config":)" + descriptor() +
                                 R"(,"layers":[)" + descriptor() + "," + descriptor() +
                                 R"(],"subject":)" + descriptor() + R"(,"artifactType":"a"})");
  ASSERT_TRUE(manifest) << manifest.error().message();
  EXPECT_EQ(manifest->layers.size(), 2u);
  EXPECT_TRUE(manifest->subject);
  EXPECT_EQ(manifest->artifact_type, "a");
  EXPECT_EQ(manifest->media_type, kOciManifest);
}

TEST(Manifest, RefusesBadDescriptors) {
  auto layer = [](const std::string& text) {
    auto manifest = parse_manifest(R"({"config":)" + descriptor() + R"(,"layers":[)" + text + "]}");
    return manifest ? "" : manifest.error().message();
  };
  EXPECT_EQ(layer(descriptor()), "");
  const std::string good = R"("mediaType":"x","digest":")" + kDigest + '"';
  for (const std::string& bad :
       {std::string("1"), std::string("{}"), "{" + good + "}", "{" + good + R"(,"size":-1})",
        "{" + good + R"(,"size":"5"})", "{" + good + R"(,"size":1.5})",
        "{" + good + R"(,"size":99999999999999999999})", "{" + good + R"(,"size":5,"urls":"x"})",
        "{" + good + R"(,"size":5,"urls":[1]})", "{" + good + R"(,"size":5,"annotations":{"a":1}})",
        "{" + good + R"(,"size":5,"Size":6})", "{" + good + R"(,"size":5,"platform":{}})",
        std::string(R"({"mediaType":1,"digest":"sha256:00","size":5})"),
        std::string(R"({"mediaType":"x","digest":"sha256:00","size":5})"),
        std::string(R"({"mediaType":"x","digest":"md5:00","size":5})"),
        std::string(R"({"mediaType":"x","digest":"../../etc","size":5})")}) {
    EXPECT_NE(layer(bad), "") << bad;
  }
  std::string many = descriptor();
  for (size_t i = 1; i < kMaxLayers; ++i) many += "," + descriptor();
  EXPECT_EQ(layer(many), "");
  EXPECT_EQ(layer(many + "," + descriptor()), "more than 1000 layers");
  EXPECT_EQ(parse_index(std::string(kMaxManifestBytes + 1, ' ')).error().code(), Code::kLimit);
}

TEST(LayerFormat, KnowsTheMediaTypes) {
  using archive::Compression;
  struct Case {
    const char* media_type;
    Compression compression;
    bool foreign;
  };
  const Case cases[] = {
      {"application/vnd.oci.image.layer.v1.tar", Compression::kNone, false},
      {"application/vnd.oci.image.layer.v1.tar+gzip", Compression::kGzip, false},
      {"application/vnd.oci.image.layer.v1.tar+zstd", Compression::kZstd, false},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::kGzip, true},
      {"application/vnd.docker.image.rootfs.diff.tar.gzip", Compression::kGzip, false},
      {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::kGzip, true},
  };
  for (const Case& c : cases) {
    auto format = layer_format(c.media_type);
    ASSERT_TRUE(format) << c.media_type;
    EXPECT_EQ(format->compression, c.compression) << c.media_type;
    EXPECT_EQ(format->foreign, c.foreign) << c.media_type;
  }
  for (const char* other : {"", "application/vnd.in-toto+json", "application/vnd.oci.empty.v1+json",
                            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"}) {
    auto format = layer_format(other);
    ASSERT_FALSE(format) << other;
    EXPECT_EQ(format.error().code(), Code::kUnsupported);
    EXPECT_NE(format.error().message().find(other), std::string::npos);
  }
}

TEST(ImageConfig, ReadsWhatRuns) {
  auto config = parse_config(R"({
    "architecture": "arm64", "os": "linux", "variant": "v8", "created": "2024-01-02T03:04:05Z",
    "author": "me", "docker_version": "20", "container_config": {"Env": 5},
    "config": {"User": "1000:1000", "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
      "Env": ["A=b", "C="], "Entrypoint": ["/entry"], "Cmd": ["-v"], "Volumes": {"/data": {}},
      "WorkingDir": "/w", "Labels": {"k": "v"}, "StopSignal": "SIGINT", "Shell": ["/bin/bash"],
      "OnBuild": ["RUN x"], "Hostname": "", "Image": "sha256:x",
      "Healthcheck": {"Test": ["CMD", "true"], "Interval": 30000000000, "Retries": 3}},
    "rootfs": {"type": "layers", "diff_ids": [")" + kDigest + R"("]},
    "history": [{"created": "2024-01-02T03:04:05Z", "created_by": "ADD x", "comment": "c"},
                {"created_by": "CMD", "empty_layer": true, "author": "a"}]})");
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(config->platform(), "linux/arm64/v8");
  EXPECT_EQ(config->user, "1000:1000");
  EXPECT_EQ(config->exposed_ports, (std::vector<std::string>{"80/tcp", "53/udp"}));
  EXPECT_EQ(config->env, (std::vector<std::string>{"A=b", "C="}));
  EXPECT_EQ(config->entrypoint, std::vector<std::string>{"/entry"});
  EXPECT_EQ(config->cmd, std::vector<std::string>{"-v"});
  EXPECT_EQ(config->volumes, std::vector<std::string>{"/data"});
  EXPECT_EQ(config->labels.at("k"), "v");
  EXPECT_EQ(config->healthcheck->test, (std::vector<std::string>{"CMD", "true"}));
  EXPECT_EQ(config->healthcheck->interval_ns, 30'000'000'000);
  EXPECT_EQ(config->diff_ids, std::vector<std::string>{kDigest});
  ASSERT_EQ(config->history.size(), 2u);
  EXPECT_EQ(config->history[0].created_by, "ADD x");
  EXPECT_TRUE(config->history[1].empty_layer);
}

TEST(ImageConfig, TakesNullsAndRefusesOtherTypes) {
  const std::string rootfs = R"("rootfs":{"type":"layers","diff_ids":null})";
  EXPECT_TRUE(parse_config("{" + rootfs + "}"));
  EXPECT_TRUE(parse_config("{" + rootfs + R"(,"config":null,"history":null,"created":null})"));
  const std::string nulls = R"({"Env":null,"Labels":null,"Volumes":null})";
  EXPECT_TRUE(parse_config("{" + rootfs + R"(,"config":)" + nulls + "}"));
  for (const std::string& bad :
       {std::string("{}"), std::string(R"({"rootfs":{"type":"snapshots","diff_ids":[]}})"),
        std::string(R"({"rootfs":{"type":"layers","diff_ids":["sha256:x"]}})"),
        "{" + rootfs + R"(,"config":{"Env":"A=b"}})", "{" + rootfs + R"(,"config":{"env":[]}})",
        "{" + rootfs + R"(,"config":[]})", "{" + rootfs + R"(,"history":[1]})",
        "{" + rootfs + R"(,"history":{}})", "{" + rootfs + R"(,"history":[{"empty_layer":1}]})",
        "{" + rootfs + R"(,"os":5})", "{" + rootfs + R"(,"Rootfs":{}})",
        "{" + rootfs + R"(,"config":{"Labels":{"a":[]}}})"}) {
    EXPECT_FALSE(parse_config(bad)) << bad;
  }
}

TEST(VerifyDocument, NamesWhatDoesNotMatch) {
  Descriptor descriptor;
  descriptor.digest = crypto::sha256_digest(base::as_bytes("abc"));
  descriptor.size = 3;
  EXPECT_TRUE(verify_document("config", descriptor, "abc"));
  auto other = verify_document("config", descriptor, "abd");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), Code::kCorrupt);
  EXPECT_TRUE(other.error().message().starts_with("config " + descriptor.digest + ": the bytes"));
  EXPECT_EQ(verify_document("config", descriptor, "ab").error().message(),
            "config " + descriptor.digest + ": 2 bytes, but its descriptor says 3");
  descriptor.digest = "sha512:" + base::to_hex(crypto::digest(crypto::Algorithm::kSha512,
                                                              base::as_bytes("abc")));
  EXPECT_TRUE(verify_document("config", descriptor, "abc"));
}

}  // namespace
}  // namespace bulkhead::oci
