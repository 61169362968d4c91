// SPDX-License-Identifier: Apache-2.0
// OciLayoutWriter: writes OCI layout directories for tests. Layers are given as tars (tar_writer.h)
// and packed here, in stored blocks: a test links no compression library, only base and crypto.
//
//   OciLayoutWriter layout(directory);
//   OciImage image;
//   image.layer(TarWriter().file("etc/motd", "hi\n").finish(), "COPY motd /etc");
//   std::string digest = layout.add(image, "1.0");
//   layout.finish();
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/digest.h"

namespace bulkhead::testing {

enum class Packing { kNone, kGzip, kZstd };

inline std::string little_endian(uint64_t value, size_t bytes) {
  std::string out;
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline uint32_t crc32_of(std::string_view bytes) {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
  }
  uint32_t crc = ~0u;
  for (char c : bytes) crc = table[(crc ^ static_cast<uint8_t>(c)) & 0xff] ^ crc >> 8;
  return ~crc;
}

// A gzip member of stored blocks.
inline std::string gzip_stored(std::string_view bytes) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  for (std::string_view rest = bytes;;) {
    std::string_view block = rest.substr(0, 0xffff);
    rest.remove_prefix(block.size());
    out += rest.empty() ? '\1' : '\0';
    out += little_endian(block.size(), 2) + little_endian(~block.size(), 2);
    out += block;
    if (rest.empty()) break;
  }
  return out + little_endian(crc32_of(bytes), 4) + little_endian(bytes.size(), 4);
}

// A zstd frame of raw blocks.
inline std::string zstd_stored(std::string_view bytes) {
  std::string out("\x28\xb5\x2f\xfd\x00\x38", 6);  // window of 128 KiB, no checksum
  for (std::string_view rest = bytes;;) {
    std::string_view block = rest.substr(0, 128 << 10);
    rest.remove_prefix(block.size());
    out += little_endian(block.size() << 3 | (rest.empty() ? 1 : 0), 3);
    out += block;
    if (rest.empty()) return out;
  }
}

inline std::string pack(std::string_view bytes, Packing packing) {
  switch (packing) {
    case Packing::kNone: return std::string(bytes);
    case Packing::kGzip: return gzip_stored(bytes);
    case Packing::kZstd: return zstd_stored(bytes);
  }
  return {};
}

// An image to be: its steps and what its config says.
struct OciImage {
  struct Step {
    std::string tar;  // none: a step without a layer
    std::string created_by;
    Packing packing = Packing::kNone;
    bool empty = false;
  };
  std::vector<Step> steps;
  std::string os = "linux", architecture = "amd64", variant;
  std::string created = "2024-05-06T07:08:09Z";
  std::string config = "{}";  // JSON: Env, User, Labels, ...

  OciImage& layer(std::string tar, std::string created_by = "", Packing packing = Packing::kGzip) {
    steps.push_back({std::move(tar), std::move(created_by), packing, false});
    return *this;
  }
  OciImage& step(std::string created_by) {
    steps.push_back({"", std::move(created_by), Packing::kNone, true});
    return *this;
  }

  std::string config_json() const {
    base::json::Writer json(0);
    json.begin_object().member("architecture", architecture).member("os", os);
    if (!variant.empty()) json.member("variant", variant);
    json.member("created", created).key("config").raw(config);
    json.key("rootfs").begin_object().member("type", "layers").key("diff_ids").begin_array();
    for (const Step& step : steps) {
      if (!step.empty) json.value(crypto::sha256_digest(base::as_bytes(step.tar)));
    }
    json.end_array().end_object().key("history").begin_array();
    for (const Step& step : steps) {
      json.begin_object().member("created", created).member("created_by", step.created_by);
      if (step.empty) json.member("empty_layer", true);
      json.end_object();
    }
    json.end_array().end_object();
    return json.take();
  }
};

class OciLayoutWriter {
 public:
  static constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";
  static constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";

  // Creates the directory.
  explicit OciLayoutWriter(std::string directory) : directory_(std::move(directory)) {
    std::filesystem::create_directories(directory_ + "/blobs/sha256");
    write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  }

  // Stores bytes, returns their digest.
  std::string blob(std::string_view bytes) {
    std::string digest = crypto::sha256_digest(base::as_bytes(bytes));
    write(blob_path(digest), bytes);
    return digest;
  }
  static std::string blob_path(const std::string& digest) {
    return "blobs/sha256/" + digest.substr(digest.find(':') + 1);
  }
  static std::string descriptor(std::string_view media_type, std::string_view bytes,
                                std::string_view more = "") {
    std::string digest = crypto::sha256_digest(base::as_bytes(bytes));
    return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" + digest +
           R"(","size":)" + std::to_string(bytes.size()) + std::string(more) + "}";
  }

  // Stores config, layers and manifest; returns the manifest.
  std::string store(const OciImage& image) {
    std::string config = image.config_json();
    blob(config);
    std::string layers;
    for (const OciImage::Step& step : image.steps) {
      if (step.empty) continue;
      std::string packed = pack(step.tar, step.packing);
      blob(packed);
      const char* suffix = step.packing == Packing::kGzip   ? "+gzip"
                           : step.packing == Packing::kZstd ? "+zstd"
                                                            : "";
      layers += (layers.empty() ? "" : ",") +
                descriptor(std::string("application/vnd.oci.image.layer.v1.tar") + suffix, packed);
    }
    std::string manifest =
        std::string(R"({"schemaVersion":2,"mediaType":")") + kManifestType + R"(","config":)" +
        descriptor("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)" +
        layers + "]}";
    blob(manifest);
    return manifest;
  }
  // Stores an image and lists it in index.json, with its platform; returns the manifest's digest.
  std::string add(const OciImage& image, const std::string& tag = "") {
    std::string manifest = store(image);
    std::string more = R"(,"platform":{"os":")" + image.os + R"(","architecture":")" +
                       image.architecture + '"';
    if (!image.variant.empty()) more += R"(,"variant":")" + image.variant + '"';
    list(manifest, kManifestType, tag, more + "}");
    return crypto::sha256_digest(base::as_bytes(manifest));
  }
  // Lists a stored manifest or index in index.json.
  void list(std::string_view document, std::string_view media_type, const std::string& tag = "",
            std::string more = "") {
    if (!tag.empty()) {
      more += R"(,"annotations":{"org.opencontainers.image.ref.name":")" + tag + R"("})";
    }
    entries_ += (entries_.empty() ? "" : ",") + descriptor(media_type, document, more);
  }
  void finish() { write("index.json", R"({"schemaVersion":2,"manifests":[)" + entries_ + "]}"); }
  void write(const std::string& path, std::string_view bytes) {
    std::ofstream out(directory_ + "/" + path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
  std::string entries_;
};

}  // namespace bulkhead::testing
