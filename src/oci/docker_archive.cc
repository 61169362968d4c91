// SPDX-License-Identifier: Apache-2.0
// docker-archive: manifest.json lists images as a config, layers and tags (Docker image
// specification v1.2, "combined image JSON + filesystem changeset format"). The manifest that other
// sources of images have is made up from that; what it says about layers can be verified, because
// the digest of a plain tar is its diff-id.
#include "oci/docker_archive.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/counted.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "oci/manifest.h"
#include "oci/strict_json.h"

namespace bulkhead::oci {
namespace {

using archive::Compression;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr size_t kMaxImages = 1000;

Result<DockerArchiveImage> read_image(base::json::Value value) {
  Members members =
      TRY(Members::of(value, "image", {"Config", "RepoTags", "Layers", "LayerSources", "Parent"}));
  DockerArchiveImage out;
  out.config = TRY_AT("Config", archive::normal_path(TRY(members.text("Config"))));
  out.layers = TRY(members.texts("Layers"));
  out.tags = TRY(members.texts("RepoTags"));
  if (out.config.empty()) return Error(Code::kInvalid, "image without Config");
  if (out.layers.size() > kMaxLayers) {
    return Error(Code::kLimit, "more than " + std::to_string(kMaxLayers) + " layers");
  }
  for (std::string& layer : out.layers) layer = TRY_AT("Layers", archive::normal_path(layer));
  return out;
}

bool same_content(const DockerArchiveImage& a, const DockerArchiveImage& b) {
  return a.config == b.config && a.layers == b.layers;
}

// "alpine:3.19" also means "docker.io/library/alpine:3.19", and "3.19" a tag of any repository.
bool names_image(const DockerArchiveImage& image, const std::string& tag) {
  return std::any_of(image.tags.begin(), image.tags.end(), [&](const std::string& own) {
    return own == tag || own.ends_with("/" + tag) || own.ends_with(":" + tag);
  });
}

std::string image_name(const DockerArchiveImage& image) {
  return image.tags.empty() ? "@" + image.config : image.tags.front();
}

// Members are often named after the digest of their content: "<hex>.json", "blobs/sha256/<hex>".
Status check_config_name(const std::string& member, const std::string& digest) {
  std::string_view stem = base::basename(member);
  if (stem.ends_with(".json")) stem.remove_suffix(5);
  auto named = crypto::Digest::parse("sha256:" + std::string(stem));
  if (!named || named->to_string() == digest) return {};
  return Error(Code::kCorrupt,
               "config " + base::printable(member, 200) + ": the bytes have the digest " + digest);
}

class DockerArchive final : public Transport {
 public:
  explicit DockerArchive(std::unique_ptr<FileTree> tree) : tree_(std::move(tree)) {}

  // Reads the config, looks at the head of each layer, and makes the manifest.
  Status prepare(const DockerArchiveImage& image) {
    std::string config = TRY(read_small(*tree_, image.config, kMaxConfigBytes));
    std::string config_digest = crypto::sha256_digest(base::as_bytes(config));
    TRY(check_config_name(image.config, config_digest));
    ImageConfig parsed = TRY_AT(image.config, parse_config(config));
    if (parsed.diff_ids.size() != image.layers.size()) {
      return Error(Code::kInvalid,
                   image.config + ": " + base::counted(parsed.diff_ids.size(), "diff-id") +
                       ", but the archive lists " + base::counted(image.layers.size(), "layer"));
    }
    members_[config_digest] = image.config;
    base::json::Writer json(0);
    json.begin_object().member("schemaVersion", 2).member("mediaType", kArchiveManifest);
    json.key("annotations").begin_object();
    json.member(kRepoTags, base::join(image.tags, " "));
    if (image.no_digests) json.member(kNoDigests, "true");
    json.end_object();
    write_descriptor(json.key("config"), kDockerConfig, config_digest, config.size());
    json.key("layers").begin_array();
    for (size_t i = 0; i < image.layers.size(); ++i) {
      TRY_AT(base::printable(image.layers[i], 200),
             add_layer(json, image.layers[i], parsed.diff_ids[i]));
    }
    json.end_array().end_object();
    manifest_ = json.take();
    return {};
  }

  Result<RootDocument> root() override {
    RootDocument out;
    out.bytes = manifest_;
    out.media_type = kArchiveManifest;
    return out;
  }

  Result<std::string> manifest(const Descriptor& descriptor) override {
    return Error(Code::kNotFound, descriptor.digest + ": a docker-archive has no manifests");
  }

  Result<OpenedBlob> blob(const Descriptor& descriptor) override {
    auto found = members_.find(descriptor.digest);
    if (found == members_.end()) {
      return Error(Code::kNotFound, base::printable(descriptor.digest, 200) + ": no such blob");
    }
    return tree_->open(found->second);
  }

 private:
  static void write_descriptor(base::json::Writer& json, std::string_view media_type,
                               std::string_view digest, uint64_t size) {
    json.begin_object().member("mediaType", media_type).member("digest", digest);
    json.member("size", size).end_object();
  }

  Status add_layer(base::json::Writer& json, const std::string& member,
                   const std::string& diff_id) {
    OpenedBlob layer = TRY(tree_->open(member));
    uint64_t size = layer.size;
    auto source = std::move(layer).source();
    std::array<std::byte, 6> head;
    size_t got = TRY(base::read_full(*source, head));
    Compression compression = archive::detect_compression(std::span(head).first(got));
    std::string media_type(kDockerLayer);
    std::string digest = diff_id;
    if (compression == Compression::kGzip || compression == Compression::kZstd) {
      media_type += "." + std::string(archive::compression_name(compression));
      digest = TRY(digest_of_member(member));
    } else if (compression != Compression::kNone) {
      return Error(Code::kUnsupported,
                   "layer packed with " + std::string(archive::compression_name(compression)));
    }
    write_descriptor(json, media_type, digest, size);
    members_[digest] = member;
    return {};
  }

  Result<std::string> digest_of_member(const std::string& member) const {
    uint64_t size = 0;
    auto source = TRY(tree_->open(member)).source();
    return digest_of_stream(*source, UINT64_MAX, size);
  }

  std::unique_ptr<FileTree> tree_;
  std::string manifest_;
  std::map<std::string, std::string> members_;  // by digest
};

}  // namespace

Result<DockerArchiveImage> choose_image(const std::vector<DockerArchiveImage>& images,
                                        const LocalReference& reference) {
  std::vector<const DockerArchiveImage*> chosen;
  std::vector<std::string> names;
  for (const DockerArchiveImage& image : images) {
    names.push_back(image_name(image));
    if (!reference.tag.empty() && !names_image(image, reference.tag)) continue;
    // An image is known by the digest of its config, which is also its member's name.
    std::string_view digest = reference.digest;
    if (!digest.empty() &&
        image.config.find(digest.substr(digest.find(':') + 1)) == std::string::npos) {
      continue;
    }
    bool known = std::any_of(chosen.begin(), chosen.end(), [&](const DockerArchiveImage* other) {
      return same_content(*other, image);
    });
    if (!known) chosen.push_back(&image);
  }
  if (chosen.size() == 1) return *chosen.front();
  if (images.empty()) return Error(Code::kNotFound, "the archive lists no image");
  if (chosen.empty()) {
    return Error(Code::kNotFound, "no such image here; there are: " + listed(std::move(names)));
  }
  return Error(Code::kInvalid, std::to_string(chosen.size()) +
                                   " images here; name one of: " + listed(std::move(names)));
}

Result<std::string> digest_of_stream(base::Source& source, uint64_t max_bytes, uint64_t& size) {
  crypto::Hasher hasher(crypto::Algorithm::kSha256);
  base::Bytes buffer(256 << 10);
  size = 0;
  while (size_t got = TRY(source.read(buffer))) {
    size += got;
    if (size > max_bytes) return Error(Code::kLimit, "the layers are too large");
    hasher.update(std::span(buffer).first(got));
  }
  return "sha256:" + hasher.finish_hex();
}

Result<std::vector<DockerArchiveImage>> parse_docker_archive(std::string_view manifest_json) {
  auto parsed = TRY(parse_strict(manifest_json, kMaxManifestBytes));
  if (!parsed.root().is_array()) return Error(Code::kInvalid, "not a list of images");
  if (parsed.root().size() > kMaxImages) {
    return Error(Code::kLimit, "more than " + std::to_string(kMaxImages) + " images");
  }
  std::vector<DockerArchiveImage> out;
  Status status;
  parsed.root().each([&](base::json::Value item) {
    if (!status) return;
    auto image = read_image(item);
    if (image) {
      out.push_back(std::move(*image));
    } else {
      status = std::move(image).error();
    }
  });
  TRY(std::move(status));
  return out;
}

Result<std::unique_ptr<Transport>> open_docker_archive(std::unique_ptr<FileTree> tree,
                                                       const LocalReference& reference) {
  std::string text = TRY(read_small(*tree, "manifest.json", kMaxManifestBytes));
  auto images = TRY_AT("manifest.json", parse_docker_archive(text));
  return open_docker_image(std::move(tree), TRY(choose_image(images, reference)));
}

Result<std::unique_ptr<Transport>> open_docker_image(std::unique_ptr<FileTree> tree,
                                                     const DockerArchiveImage& image) {
  auto transport = std::make_unique<DockerArchive>(std::move(tree));
  TRY(transport->prepare(image));
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace bulkhead::oci
