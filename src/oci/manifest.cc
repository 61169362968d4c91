// SPDX-License-Identifier: Apache-2.0
// Indexes, manifests and layer types: image-index.md, manifest.md, descriptor.md and layer.md of
// the OCI image specification v1.1; Docker distribution's manifest-v2-2.
#include "oci/manifest.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "oci/strict_json.h"

namespace bulkhead::oci {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::json::Value;

namespace {

constexpr std::string_view kDockerSchema1 = "application/vnd.docker.distribution.manifest.v1";

Error invalid(std::string_view what) { return Error(Code::kInvalid, std::string(what)); }

Error unsupported_document(std::string_view media_type) {
  if (media_type.starts_with(kDockerSchema1)) {
    return Error(Code::kUnsupported,
                 "a Docker manifest of schema 1, which carries no verifiable config; pull and push "
                 "the image with a current tool to convert it");
  }
  return Error(Code::kUnsupported,
               "media type " + base::printable(media_type, 100) + " is no image or index");
}

std::optional<DocumentKind> known_kind(std::string_view media_type) {
  if (media_type == kOciIndex || media_type == kDockerList) return DocumentKind::kIndex;
  if (media_type == kOciManifest || media_type == kDockerManifest) return DocumentKind::kManifest;
  return std::nullopt;
}

// Content types that servers give documents whose type they do not know.
bool is_generic(std::string_view media_type) {
  return media_type.empty() || media_type == "application/json" ||
         media_type == "application/octet-stream" || media_type.starts_with("text/");
}

Result<std::string> read_platform(Value value) {
  if (value.missing() || value.kind() == base::json::Kind::kNull) return std::string();
  Members platform = TRY(Members::of(value, "platform",
                                     {"architecture", "os", "variant", "os.version", "os.features",
                                      "features"}));
  std::string os = TRY(platform.text("os"));
  std::string architecture = TRY(platform.text("architecture"));
  std::string variant = TRY(platform.text("variant"));
  if (os.empty() || architecture.empty()) return invalid("platform without os or architecture");
  std::string out = os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
  if (out.size() > 200) return invalid("platform of more than 200 bytes");
  return out;
}

Result<Descriptor> read_descriptor(Value value, std::string_view what) {
  Members members = TRY(Members::of(value, what,
                                    {"mediaType", "digest", "size", "urls", "annotations", "data",
                                     "platform", "artifactType"}));
  Descriptor out;
  out.media_type = TRY(members.text("mediaType"));
  out.digest = TRY(members.text("digest"));
  TRY(crypto::Digest::parse(out.digest));
  auto size = members["size"].integer();
  if (!size || *size < 0) return invalid(std::string(what) + ": no valid size");
  out.size = static_cast<uint64_t>(*size);
  out.urls = TRY(members.texts("urls"));
  out.annotations = TRY(members.text_map("annotations"));
  out.platform = TRY_AT(what, read_platform(members["platform"]));
  out.artifact_type = TRY(members.text("artifactType"));
  return out;
}

Result<std::vector<Descriptor>> read_descriptors(Value array, std::string_view what, size_t most) {
  if (array.missing()) return std::vector<Descriptor>();
  if (!array.is_array()) return invalid("\"" + std::string(what) + "\" is not a list");
  if (array.size() > most) {
    return Error(Code::kLimit, "more than " + std::to_string(most) + " " + std::string(what));
  }
  std::vector<Descriptor> out;
  Status status;
  array.each([&](Value item) {
    if (!status) return;
    auto descriptor =
        read_descriptor(item, std::string(what) + "[" + std::to_string(out.size()) + "]");
    if (descriptor) {
      out.push_back(std::move(*descriptor));
    } else {
      status = std::move(descriptor).error();
    }
  });
  TRY(std::move(status));
  return out;
}

Result<base::json::Document> parse_document(std::string_view bytes) {
  return parse_strict(bytes, kMaxManifestBytes);
}

// Every member that an index, a manifest or schema 1 may have.
Result<Members> document_members(Value root) {
  return Members::of(root, "document",
                     {"schemaVersion", "mediaType", "artifactType", "manifests", "config", "layers",
                      "subject", "annotations", "fsLayers", "history", "signatures", "name", "tag",
                      "architecture", "blobs"});
}

}  // namespace

Result<DocumentKind> document_kind(std::string_view bytes, std::string_view announced) {
  auto parsed = TRY(parse_document(bytes));
  Members members = TRY(document_members(parsed.root()));
  announced = base::trim(announced.substr(0, announced.find(';')));
  std::string own = TRY(members.text("mediaType"));
  bool schema1 = !members["fsLayers"].missing() || members["schemaVersion"].integer() == 1;
  if (schema1 || own.starts_with(kDockerSchema1)) return unsupported_document(kDockerSchema1);
  if (!is_generic(announced) && !known_kind(announced)) return unsupported_document(announced);
  if (!own.empty() && !known_kind(own)) return unsupported_document(own);
  bool index = !members["manifests"].missing();
  bool manifest = !members["layers"].missing() || !members["config"].missing();
  if (index == manifest) {
    return invalid(index ? "both an index and a manifest" : "neither an index nor a manifest");
  }
  DocumentKind kind = index ? DocumentKind::kIndex : DocumentKind::kManifest;
  if (!own.empty() && known_kind(own) != kind) {
    return invalid("its content is not what its media type " + own + " says");
  }
  if (!is_generic(announced) && (own.empty() ? known_kind(announced) != kind : own != announced)) {
    return invalid("it was announced as " + base::printable(announced, 100) + " but is " +
                   (own.empty() ? std::string("something else") : own));
  }
  if (members["schemaVersion"].integer() != 2) return invalid("schemaVersion is not 2");
  return kind;
}

Result<Index> parse_index(std::string_view bytes) {
  auto parsed = TRY(parse_document(bytes));
  Members members = TRY(document_members(parsed.root()));
  Index out;
  out.manifests = TRY(read_descriptors(members["manifests"], "manifests", kMaxIndexEntries));
  out.annotations = TRY(members.text_map("annotations"));
  return out;
}

Result<Manifest> parse_manifest(std::string_view bytes) {
  auto parsed = TRY(parse_document(bytes));
  Members members = TRY(document_members(parsed.root()));
  Manifest out;
  out.config = TRY(read_descriptor(members["config"], "config"));
  out.layers = TRY(read_descriptors(members["layers"], "layers", kMaxLayers));
  out.artifact_type = TRY(members.text("artifactType"));
  out.media_type = TRY(members.text("mediaType"));
  if (out.media_type.empty()) {
    out.media_type = out.config.media_type == kDockerConfig ? kDockerManifest : kOciManifest;
  }
  if (Value subject = members["subject"]; !subject.missing()) {
    out.subject = TRY(read_descriptor(subject, "subject"));
  }
  out.annotations = TRY(members.text_map("annotations"));
  return out;
}

Result<LayerFormat> layer_format(std::string_view media_type) {
  using archive::Compression;
  struct Row {
    std::string_view media_type;
    LayerFormat format;
  };
  static constexpr Row kRows[] = {
      {"application/vnd.oci.image.layer.v1.tar", {Compression::kNone, false}},
      {"application/vnd.oci.image.layer.v1.tar+gzip", {Compression::kGzip, false}},
      {"application/vnd.oci.image.layer.v1.tar+zstd", {Compression::kZstd, false}},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar", {Compression::kNone, true}},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", {Compression::kGzip, true}},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", {Compression::kZstd, true}},
      {kDockerLayer, {Compression::kNone, false}},
      {"application/vnd.docker.image.rootfs.diff.tar.gzip", {Compression::kGzip, false}},
      {"application/vnd.docker.image.rootfs.diff.tar.zstd", {Compression::kZstd, false}},
      {"application/vnd.docker.image.rootfs.foreign.diff.tar", {Compression::kNone, true}},
      {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", {Compression::kGzip, true}},
      {"application/vnd.docker.image.rootfs.foreign.diff.tar.zstd", {Compression::kZstd, true}},
  };
  for (const Row& row : kRows) {
    if (row.media_type == media_type) return row.format;
  }
  if (media_type.ends_with("+encrypted")) {
    return Error(Code::kUnsupported,
                 "the layer is encrypted (" + base::printable(media_type, 100) + ")");
  }
  return Error(Code::kUnsupported, "layer of media type \"" + base::printable(media_type, 100) +
                                       "\", which is no file system layer");
}

Status verify_document(std::string_view what, const Descriptor& descriptor,
                       std::string_view bytes) {
  auto expected = TRY(crypto::Digest::parse(descriptor.digest));
  std::string where = std::string(what) + " " + descriptor.digest;
  if (bytes.size() != descriptor.size) {
    return Error(Code::kCorrupt, where + ": " + std::to_string(bytes.size()) +
                                     " bytes, but its descriptor says " +
                                     std::to_string(descriptor.size));
  }
  std::string hex = base::to_hex(crypto::digest(expected.algorithm, base::as_bytes(bytes)));
  if (hex != expected.hex) {
    return Error(Code::kCorrupt, where + ": the bytes have the digest " + hex);
  }
  return {};
}

}  // namespace bulkhead::oci
