// SPDX-License-Identifier: Apache-2.0
#include "oci/image.h"

#include <gtest/gtest.h>

#include <map>

#include "crypto/digest.h"
#include "tests/support/oci_writer.h"
#include "tests/support/tar_writer.h"

namespace bulkhead::oci {
namespace {

using base::as_bytes;
using base::Code;
using testing::OciImage;
using testing::OciLayoutWriter;
using testing::TarWriter;

std::string digest_of_text(const std::string& bytes) {
  return crypto::sha256_digest(as_bytes(bytes));
}

// Blobs in memory; counts what was asked for.
class Memory final : public Transport {
 public:
  RootDocument document;
  std::map<std::string, std::string> blobs;
  std::vector<std::string> asked;

  std::string put(const std::string& bytes) {
    blobs[digest_of_text(bytes)] = bytes;
    return bytes;
  }
  base::Result<RootDocument> root() override { return document; }
  base::Result<std::string> manifest(const Descriptor& descriptor) override {
    return find(descriptor.digest);
  }
  base::Result<OpenedBlob> blob(const Descriptor& descriptor) override {
    opened_ = TRY(find(descriptor.digest));
    OpenedBlob out;
    out.size = opened_.size();
    out.stream = std::make_unique<base::MemorySource>(as_bytes(opened_));
    return out;
  }

 private:
  base::Result<std::string> find(const std::string& digest) {
    asked.push_back(digest);
    auto found = blobs.find(digest);
    if (found == blobs.end()) return base::Error(Code::kNotFound, "no such blob");
    return found->second;
  }
  std::string opened_;
};

OciImage image_for(const std::string& os, const std::string& architecture,
                   const std::string& variant = "") {
  OciImage image;
  image.os = os;
  image.architecture = architecture;
  image.variant = variant;
  image.layer(TarWriter().file("from", architecture + variant).finish(), "ADD one");
  return image;
}

std::string manifest_of(Memory& memory, const OciImage& image,
                        const std::string& config_type = std::string(kOciConfig)) {
  std::string config = memory.put(image.config_json());
  std::string layers;
  for (const OciImage::Step& step : image.steps) {
    if (step.empty) continue;
    layers += (layers.empty() ? "" : ",") +
              OciLayoutWriter::descriptor("application/vnd.oci.image.layer.v1.tar", step.tar);
  }
  return memory.put(R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) +
                    R"(","config":)" + OciLayoutWriter::descriptor(config_type, config) +
                    R"(,"layers":[)" + layers + "]}");
}

std::string entry(const std::string& manifest, const std::string& os = "",
                  const std::string& architecture = "", const std::string& variant = "",
                  const std::string& more = "", std::string_view type = kOciManifest) {
  std::string platform;
  if (!os.empty()) {
    platform = R"(,"platform":{"os":")" + os + R"(","architecture":")" + architecture + '"' +
               (variant.empty() ? "" : R"(,"variant":")" + variant + '"') + "}";
  }
  return OciLayoutWriter::descriptor(type, manifest, platform + more);
}

std::string index_of(const std::vector<std::string>& entries) {
  std::string out;
  for (const std::string& item : entries) out += (out.empty() ? "" : ",") + item;
  return R"({"schemaVersion":2,"mediaType":")" + std::string(kOciIndex) + R"(","manifests":[)" +
         out + "]}";
}

std::string loaded(Memory& memory, const std::string& platform,
                   base::Diagnostics* diagnostics = nullptr) {
  base::Diagnostics own;
  auto image = load_image(memory, {platform}, diagnostics != nullptr ? *diagnostics : own);
  if (image) return image->artifact.platform;
  return std::string(base::code_name(image.error().code())) + ": " + image.error().message();
}

TEST(LoadImage, ReadsASingleImage) {
  Memory memory;
  OciImage made;
  made.config = R"({"User":"app","Labels":{"k":"v"}})";
  made.layer(TarWriter().file("a", "1").finish(), "ADD a").step("ENV x=y");
  made.layer(TarWriter().file("b", "2").finish(), "RUN b");
  memory.document.bytes = manifest_of(memory, made);
  memory.document.digest = digest_of_text(memory.document.bytes);
  base::Diagnostics diagnostics;
  auto image = load_image(memory, {}, diagnostics);
  ASSERT_TRUE(image) << image.error().message();
  const model::Artifact& artifact = image->artifact;
  EXPECT_EQ(artifact.digest, memory.document.digest);
  EXPECT_EQ(artifact.index_digest, "");
  EXPECT_EQ(artifact.config_digest, digest_of_text(made.config_json()));
  EXPECT_EQ(artifact.platform, "linux/amd64");
  EXPECT_EQ(artifact.created, made.created);
  EXPECT_EQ(artifact.labels.at("k"), "v");
  EXPECT_EQ(image->config.user, "app");
  ASSERT_EQ(artifact.layers.size(), 2u);
  EXPECT_EQ(artifact.layers[0].created_by, "ADD a");
  EXPECT_EQ(artifact.layers[1].created_by, "RUN b");
  EXPECT_EQ(artifact.layers[1].diff_id, digest_of_text(made.steps[2].tar));
  EXPECT_EQ(artifact.layers[1].digest, image->layers[1].digest);
  EXPECT_EQ(artifact.layers[1].size_bytes, made.steps[2].tar.size());
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(memory.asked.size(), 1u);  // the config, no layer
}

TEST(LoadImage, ChoosesThePlatform) {
  Memory memory;
  std::vector<std::string> entries;
  for (auto [architecture, variant] : {std::pair("arm", "v6"), {"arm", "v7"}, {"amd64", ""},
                                       {"arm64", "v8"}, {"386", ""}}) {
    std::string manifest = manifest_of(memory, image_for("linux", architecture, variant));
    entries.push_back(entry(manifest, "linux", architecture, variant));
  }
  entries.push_back(entry("attestation", "unknown", "unknown"));
  memory.document.bytes = index_of(entries);
  EXPECT_EQ(loaded(memory, "linux/amd64"), "linux/amd64");
  EXPECT_EQ(loaded(memory, "linux/arm/v7"), "linux/arm/v7");
  EXPECT_EQ(loaded(memory, "linux/arm/v6"), "linux/arm/v6");
  EXPECT_EQ(loaded(memory, "linux/arm/v8"), "linux/arm/v7");
  EXPECT_EQ(loaded(memory, "arm64"), "linux/arm64/v8");
  EXPECT_EQ(loaded(memory, "linux/386"), "linux/386");
  EXPECT_EQ(loaded(memory, "linux/riscv64"),
            "not found: no image for linux/riscv64; there are images for linux/386, linux/amd64, "
            "linux/arm/v6, linux/arm/v7, linux/arm64/v8");
  EXPECT_EQ(loaded(memory, "nonsense/"), "invalid: platform \"nonsense/\": write os/architecture "
                                         "or os/architecture/variant, as linux/arm64");
  base::Diagnostics diagnostics;
  auto image = load_image(memory, {"linux/amd64"}, diagnostics);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->artifact.index_digest, digest_of_text(memory.document.bytes));
  EXPECT_NE(image->artifact.digest, image->artifact.index_digest);
}

TEST(LoadImage, TakesTheOnlyImageWhenNobodyAskedForAPlatform) {
  Memory memory;
  std::string manifest = manifest_of(memory, image_for("linux", "s390x"));
  memory.document.bytes =
      index_of({entry(manifest, "linux", "s390x"), entry("about", "unknown", "unknown")});
  base::Diagnostics diagnostics;
  EXPECT_EQ(loaded(memory, "", &diagnostics), "linux/s390x");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].kind, "other-platform");
  EXPECT_TRUE(loaded(memory, "linux/amd64").starts_with("not found: no image for linux/amd64"));
  memory.document.bytes = manifest;
  EXPECT_EQ(loaded(memory, ""), "linux/s390x");
  EXPECT_EQ(loaded(memory, "linux/amd64"),
            "not found: the image is for linux/s390x, not for linux/amd64");
}

TEST(LoadImage, OpensEntriesWithoutAPlatform) {
  Memory memory;
  std::string signature = manifest_of(memory, image_for("linux", "amd64"), "application/vnd.sig");
  std::string arm = manifest_of(memory, image_for("linux", "arm64"));
  std::string amd = manifest_of(memory, image_for("linux", "amd64"));
  std::string nested = memory.put(index_of({entry(amd)}));
  memory.document.bytes =
      index_of({entry(signature), entry(arm), entry(nested, "", "", "", "", kOciIndex),
                entry("x", "", "", "", R"(,"artifactType":"application/vnd.sbom")"),
                entry("y", "", "", "", "", "application/vnd.unknown")});
  EXPECT_EQ(loaded(memory, "linux/amd64"), "linux/amd64");
  EXPECT_EQ(loaded(memory, "linux/arm64"), "linux/arm64");
  EXPECT_EQ(loaded(memory, "linux/s390x"),
            "not found: no image for linux/s390x; there are images for linux/amd64, linux/arm64");
  for (int depth = 0; depth < 4; ++depth) {
    nested = memory.put(index_of({entry(nested, "", "", "", "", kOciIndex)}));
  }
  memory.document.bytes = nested;
  EXPECT_TRUE(loaded(memory, "linux/amd64").ends_with("indexes nested too deeply"));
  std::vector<std::string> many;
  for (int i = 0; i < 70; ++i) many.push_back(entry(arm));
  memory.document.bytes = index_of(many);
  EXPECT_TRUE(loaded(memory, "linux/amd64").ends_with("too many manifests without a platform"));
}

TEST(LoadImage, VerifiesEveryDocument) {
  Memory memory;
  OciImage made = image_for("linux", "amd64");
  std::string config = made.config_json();
  std::string manifest = manifest_of(memory, made);
  memory.document.bytes = manifest;
  memory.document.digest = digest_of_text("something else");
  EXPECT_TRUE(loaded(memory, "").starts_with("corrupt: manifest " + memory.document.digest));

  memory.document.digest.clear();
  memory.blobs[digest_of_text(config)].back() = ' ';
  EXPECT_TRUE(loaded(memory, "").starts_with("corrupt: config " + digest_of_text(config)));
  memory.blobs[digest_of_text(config)] += " ";
  EXPECT_TRUE(loaded(memory, "").starts_with("corrupt: config " + digest_of_text(config)));
  memory.blobs.erase(digest_of_text(config));
  EXPECT_EQ(loaded(memory, ""), "not found: config " + digest_of_text(config) + ": no such blob");
  memory.put(config);

  memory.document.bytes = index_of({entry(manifest, "linux", "amd64")});
  EXPECT_EQ(loaded(memory, "linux/amd64"), "linux/amd64");
  memory.blobs[digest_of_text(manifest)].back() = ' ';
  std::string error = loaded(memory, "linux/amd64");
  EXPECT_TRUE(error.starts_with("corrupt: manifest " + digest_of_text(manifest))) << error;
}

TEST(LoadImage, RefusesWhatIsNoImage) {
  Memory memory;
  memory.document.bytes =
      manifest_of(memory, image_for("linux", "amd64"), "application/vnd.cncf.helm.config.v1+json");
  EXPECT_EQ(loaded(memory, ""),
            "unsupported: manifest " + digest_of_text(memory.document.bytes) +
                ": an artifact of type application/vnd.cncf.helm.config.v1+json, not an image");
  OciImage made = image_for("linux", "amd64");
  std::string config = memory.put(made.config_json());
  auto with_layers = [&](const std::string& layers) {
    memory.document.bytes = R"({"schemaVersion":2,"config":)" +
                            OciLayoutWriter::descriptor(kOciConfig, config) + R"(,"layers":[)" +
                            layers + "]}";
    return loaded(memory, "");
  };
  EXPECT_TRUE(with_layers("").ends_with("0 layers, but the config has 1 diff-ids"));
  std::string error = with_layers(OciLayoutWriter::descriptor("application/vnd.wasm", "layer"));
  EXPECT_TRUE(error.starts_with("unsupported: ")) << error;
  EXPECT_NE(error.find("application/vnd.wasm"), std::string::npos) << error;
}

TEST(LoadImage, NotesForeignLayersAndAHistoryThatDoesNotFit) {
  Memory memory;
  OciImage made = image_for("windows", "amd64");
  std::string config = made.config_json();
  size_t at = config.find(R"("history":[)") + 11;
  config.insert(at, R"({"created_by":"another"},)");
  memory.put(config);
  memory.document.bytes =
      R"({"schemaVersion":2,"config":)" + OciLayoutWriter::descriptor(kOciConfig, config) +
      R"(,"layers":[)" +
      OciLayoutWriter::descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                                  "layer", R"(,"urls":["https://example.com/layer"])") +
      "]}";
  base::Diagnostics diagnostics;
  EXPECT_EQ(loaded(memory, "", &diagnostics), "windows/amd64");
  ASSERT_EQ(diagnostics.all().size(), 2u);
  EXPECT_EQ(diagnostics.all()[0].kind, "history-mismatch");
  EXPECT_EQ(diagnostics.all()[1].kind, "foreign-layer");
  EXPECT_EQ(diagnostics.all()[1].message,
            "the layer is not distributed with the image; it comes from https://example.com/layer");
}

}  // namespace
}  // namespace bulkhead::oci
