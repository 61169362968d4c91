// SPDX-License-Identifier: Apache-2.0
// From reference to image: choose in the index, verify each document on the way, join the history
// with the layers it made.
#include "oci/image.h"

#include <algorithm>

#include "base/counted.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "oci/docker_archive.h"
#include "oci/platform.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr unsigned kMaxIndexDepth = 4;  // an index of indexes is allowed, a chain of them is not
constexpr unsigned kMaxDocuments = 64;  // manifests fetched while looking for the platform

struct Candidate {
  size_t rank = 0;
  const Descriptor* descriptor = nullptr;
};

// BuildKit stores provenance and SBOMs beside the images that they are about.
bool is_attestation(const Descriptor& descriptor) {
  auto type = descriptor.annotations.find("vnd.docker.reference.type");
  return descriptor.platform == "unknown/unknown" ||
         (type != descriptor.annotations.end() && type->second == "attestation-manifest");
}

bool may_be_image(const Descriptor& descriptor) {
  std::string_view type = descriptor.media_type;
  bool document = type.empty() || type == kOciManifest || type == kDockerManifest ||
                  type == kOciIndex || type == kDockerList;
  return document && descriptor.artifact_type.empty() && !is_attestation(descriptor);
}

std::vector<std::string> archive_tags(const model::Artifact& artifact) {
  auto tags = artifact.annotations.find(kRepoTags);
  std::vector<std::string> out;
  if (tags == artifact.annotations.end()) return out;
  for (std::string_view tag : base::split(tags->second, ' ')) {
    if (!tag.empty()) out.emplace_back(tag);
  }
  return out;
}

class Loader {
 public:
  Loader(Transport& transport, Platform wanted, bool asked, base::Diagnostics& diagnostics)
      : transport_(transport),
        wanted_(std::move(wanted)),
        asked_(asked),
        diagnostics_(diagnostics) {}

  Result<Image> load() {
    RootDocument root = TRY(transport_.root());
    if (root.bytes.size() > kMaxManifestBytes) return Error(Code::kLimit, "manifest too large");
    Descriptor self;
    self.digest = root.digest;
    self.size = root.bytes.size();
    bool made_here = root.media_type == kArchiveManifest;
    if (self.digest.empty() && !made_here) {
      self.digest = crypto::sha256_digest(base::as_bytes(root.bytes));
    }
    if (!root.digest.empty()) TRY(verify_document("manifest", self, root.bytes));
    std::string where = self.digest.empty() ? "manifest" : "manifest " + self.digest;
    DocumentKind kind = DocumentKind::kManifest;
    if (!made_here) kind = TRY_AT(where, document_kind(root.bytes, root.media_type));
    if (kind == DocumentKind::kManifest) {
      Image image = TRY(build(root.bytes, self));
      if (made_here) image.artifact.tags = archive_tags(image.artifact);
      if (made_here && image.artifact.annotations.erase(kNoDigests) != 0) {
        diagnostics_.skipped("not-verified", image.artifact.config_digest,
                             "docker save from before version 1.10 wrote no digests, so nothing of "
                             "the image could be verified; those here are computed");
      }
      if (asked_ && !rank_of(image.config.platform())) {
        return Error(Code::kNotFound, "the image is for " + printable(image.config.platform()) +
                                          ", not for " + wanted_.to_string());
      }
      return image;
    }
    std::optional<Image> image = TRY(choose(root.bytes, self.digest, 1));
    if (!image) image = TRY(only_image());
    if (!image) return missing();
    image->artifact.index_digest = self.digest;
    return std::move(*image);
  }

 private:
  static std::string printable(std::string_view text) { return base::printable(text, 100); }

  std::optional<size_t> rank_of(const std::string& platform) const {
    auto offered = Platform::parse(platform);
    return offered ? platform_rank(wanted_, *offered) : std::nullopt;
  }

  // The best image of an index; nullopt when none fits.
  Result<std::optional<Image>> choose(const std::string& bytes, const std::string& digest,
                                      unsigned depth) {
    Index index = TRY_AT("index " + digest, parse_index(bytes));
    std::vector<Candidate> candidates;
    for (const Descriptor& descriptor : index.manifests) {
      if (!may_be_image(descriptor)) continue;
      if (descriptor.platform.empty()) {
        candidates.push_back({~size_t{0}, &descriptor});  // it has to be opened to know
      } else {
        offered_.push_back(descriptor);
        auto rank = rank_of(descriptor.platform);
        if (rank) candidates.push_back({*rank, &descriptor});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
    for (const Candidate& candidate : candidates) {
      auto image = TRY(open(*candidate.descriptor, depth));
      if (image) return image;
    }
    return std::optional<Image>();
  }

  // The image that an entry of an index leads to; nullopt when it turns out to be for another
  // platform.
  Result<std::optional<Image>> open(const Descriptor& descriptor, unsigned depth) {
    std::string bytes = TRY(fetch(descriptor));
    std::string where = "manifest " + descriptor.digest;
    DocumentKind kind = TRY_AT(where, document_kind(bytes, descriptor.media_type));
    if (kind == DocumentKind::kIndex) {
      if (depth >= kMaxIndexDepth) {
        return Error(Code::kLimit, where + ": indexes nested too deeply");
      }
      return choose(bytes, descriptor.digest, depth + 1);
    }
    if (!descriptor.platform.empty()) {
      return std::optional<Image>(TRY(build(bytes, descriptor)));
    }
    // An entry without a platform may also be something that is no image: leave it.
    auto image = build(bytes, descriptor);
    if (!image && image.error().code() == Code::kUnsupported) return std::optional<Image>();
    if (!image) return std::move(image).error();
    Descriptor known = descriptor;
    known.platform = image->config.platform();
    offered_.push_back(known);
    if (!rank_of(known.platform)) return std::optional<Image>();
    return std::optional<Image>(std::move(*image));
  }

  // Nobody asked for a platform and there is only one: that one is meant.
  Result<std::optional<Image>> only_image() {
    if (asked_ || offered_.size() != 1) return std::optional<Image>();
    const Descriptor only = offered_.front();
    diagnostics_.note("other-platform", only.digest,
                      "the only image is for " + printable(only.platform) + ", this machine is " +
                          wanted_.to_string());
    std::string bytes = TRY(fetch(only));
    auto kind = TRY_AT("manifest " + only.digest, document_kind(bytes, only.media_type));
    if (kind != DocumentKind::kManifest) return std::optional<Image>();
    return std::optional<Image>(TRY(build(bytes, only)));
  }

  Error missing() const {
    std::vector<std::string> platforms;
    for (const Descriptor& offer : offered_) platforms.push_back(printable(offer.platform));
    std::sort(platforms.begin(), platforms.end());
    platforms.erase(std::unique(platforms.begin(), platforms.end()), platforms.end());
    constexpr size_t kListed = 20;
    if (platforms.size() > kListed) {
      platforms.resize(kListed);
      platforms.push_back("...");
    }
    return Error(Code::kNotFound,
                 "no image for " + wanted_.to_string() +
                     (platforms.empty() ? "; the index holds no image"
                                        : "; there are images for " + base::join(platforms, ", ")));
  }

  Result<std::string> fetch(const Descriptor& descriptor) {
    std::string where = "manifest " + descriptor.digest;
    if (++documents_ > kMaxDocuments) {
      return Error(Code::kLimit, where + ": too many manifests without a platform");
    }
    if (descriptor.size > kMaxManifestBytes) {
      return Error(Code::kLimit, where + ": larger than 4 MiB");
    }
    std::string bytes = TRY_AT(where, transport_.manifest(descriptor));
    TRY(verify_document("manifest", descriptor, bytes));
    return bytes;
  }

  Result<ImageConfig> fetch_config(const Descriptor& descriptor) {
    std::string where = "config " + descriptor.digest;
    if (descriptor.size > kMaxConfigBytes) {
      return Error(Code::kLimit, where + ": larger than 8 MiB");
    }
    OpenedBlob blob = TRY_AT(where, transport_.blob(descriptor));
    auto source = std::move(blob).source();
    base::Bytes bytes = TRY_AT(where, base::read_all(*source, kMaxConfigBytes));
    TRY(verify_document("config", descriptor, base::as_text(bytes)));
    return parse_config(base::as_text(bytes)).context(where);
  }

  Result<Image> build(const std::string& bytes, const Descriptor& self) {
    std::string where = self.digest.empty() ? "manifest" : "manifest " + self.digest;
    Manifest manifest = TRY_AT(where, parse_manifest(bytes));
    TRY_AT(where, check_is_image(manifest));
    Image image;
    image.config = TRY(fetch_config(manifest.config));
    if (image.config.diff_ids.size() != manifest.layers.size()) {
      return Error(Code::kInvalid, where + ": " + std::to_string(manifest.layers.size()) +
                                       " layers, but the config has " +
                                       std::to_string(image.config.diff_ids.size()) + " diff-ids");
    }
    image.layers = std::move(manifest.layers);
    model::Artifact& artifact = image.artifact;
    artifact.digest = self.digest;
    artifact.config_digest = manifest.config.digest;
    artifact.platform = image.config.platform();
    // Some builders give the variant in the index only.
    if (self.platform.starts_with(artifact.platform + "/")) artifact.platform = self.platform;
    artifact.created = image.config.created;
    artifact.labels = image.config.labels;
    artifact.annotations = std::move(manifest.annotations);
    TRY_AT(where, describe_layers(image));
    return image;
  }

  static Status check_is_image(const Manifest& manifest) {
    std::string_view type = manifest.config.media_type;
    // The first versions of schema 2 had no type for the config.
    bool config = type == kOciConfig || type == kDockerConfig ||
                  (type == "application/octet-stream" && manifest.media_type == kDockerManifest);
    if (config) return {};
    std::string_view what = manifest.artifact_type.empty() ? type : manifest.artifact_type;
    return Error(Code::kUnsupported, "an artifact of type " + printable(what) + ", not an image");
  }

  Status describe_layers(Image& image) {
    std::vector<const HistoryEntry*> steps;
    for (const HistoryEntry& entry : image.config.history) {
      if (!entry.empty_layer) steps.push_back(&entry);
    }
    // A history is optional, and squashing tools leave one that no longer fits.
    bool joined = steps.size() == image.layers.size();
    if (!joined && !steps.empty()) {
      diagnostics_.note("history-mismatch", image.artifact.config_digest,
                        "the history tells of " + base::counted(steps.size(), "layer") +
                            ", there are " + std::to_string(image.layers.size()) +
                            ": layers are reported without their instruction");
    }
    for (size_t i = 0; i < image.layers.size(); ++i) {
      const Descriptor& descriptor = image.layers[i];
      LayerFormat format =
          TRY_AT("layer " + descriptor.digest, layer_format(descriptor.media_type));
      if (format.foreign) {
        std::string message = "the layer is not distributed with the image";
        if (!descriptor.urls.empty()) {
          message += "; it comes from " + base::printable(base::join(descriptor.urls, " "), 300);
        }
        diagnostics_.note("foreign-layer", descriptor.digest, message);
      }
      model::Layer& layer = image.artifact.layers.emplace_back();
      layer.diff_id = image.config.diff_ids[i];
      layer.digest = descriptor.digest;
      layer.media_type = descriptor.media_type;
      layer.size_bytes = descriptor.size;
      if (joined) layer.created_by = steps[i]->created_by;
    }
    return {};
  }

  Transport& transport_;
  Platform wanted_;
  bool asked_;
  base::Diagnostics& diagnostics_;
  std::vector<Descriptor> offered_;  // every image of the index with a known platform
  unsigned documents_ = 0;
};

}  // namespace

Result<Image> load_image(Transport& transport, const ImageOptions& options,
                         base::Diagnostics& diagnostics) {
  bool asked = !options.platform.empty();
  Platform wanted = asked ? TRY(Platform::parse(options.platform)) : Platform::host();
  return Loader(transport, std::move(wanted), asked, diagnostics).load();
}

}  // namespace bulkhead::oci
