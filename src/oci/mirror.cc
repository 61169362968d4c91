// SPDX-License-Identifier: Apache-2.0
// Mirrors answer rubbish in practice: a login page with status 200, a stale or damaged cache.
#include "oci/mirror.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "oci/manifest.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint64_t kWholeBytes = kMaxConfigBytes;

Error other_bytes(const std::string& actual) {
  return Error(Code::kCorrupt, "the mirror's bytes have the digest " + actual);
}

// Gives bytes that were read already, then the rest, and judges all of it at the end.
class MirroredSource final : public base::Source {
 public:
  MirroredSource(base::Bytes head, std::unique_ptr<base::Source> rest, crypto::Digest digest,
                 std::string mirror)
      : head_(std::move(head)),
        rest_(std::move(rest)),
        digest_(std::move(digest)),
        hasher_(digest_.algorithm),
        mirror_(std::move(mirror)) {}

  Result<size_t> read(std::span<std::byte> out) override {
    if (ended_) return size_t{0};
    size_t got = std::min(out.size(), head_.size() - given_);
    if (got != 0) {
      std::memcpy(out.data(), head_.data() + given_, got);
      given_ += got;
    } else if (rest_) {
      got = TRY_AT("mirror " + mirror_, rest_->read(out));
    }
    hasher_.update(out.first(got));
    if (got == 0) TRY(judge());
    return got;
  }

 private:
  Status judge() {
    ended_ = true;
    std::string actual = hasher_.finish_hex();
    if (actual == digest_.hex) return {};
    return other_bytes(actual).context("mirror " + mirror_ + ", blob " + digest_.to_string());
  }

  base::Bytes head_;
  std::unique_ptr<base::Source> rest_;
  crypto::Digest digest_;
  crypto::Hasher hasher_;
  std::string mirror_;
  size_t given_ = 0;
  bool ended_ = false;
};

bool starts_as(std::string_view media_type, std::string_view bytes) {
  using namespace std::string_view_literals;
  if (media_type.ends_with("gzip")) return bytes.starts_with("\x1f\x8b"sv);
  if (media_type.ends_with("zstd")) return bytes.starts_with("\x28\xb5\x2f\xfd"sv);
  return true;
}

}  // namespace

Status check_mirrored_manifest(std::string_view bytes, std::string_view media_type,
                               std::string_view digest) {
  if (!digest.empty()) {
    crypto::Digest wanted = TRY(crypto::Digest::parse(digest));
    std::string hex = base::to_hex(crypto::digest(wanted.algorithm, base::as_bytes(bytes)));
    if (hex != wanted.hex) return other_bytes(hex);
  }
  // A document that is no image is still one: that is for whoever reads it to say.
  auto kind = document_kind(bytes, media_type);
  if (kind || kind.error().code() == Code::kUnsupported) return {};
  return Error(Code::kCorrupt, "the mirror's answer is no manifest: " + kind.error().message());
}

Result<OpenedBlob> mirrored_blob(std::unique_ptr<base::Source> source, const Descriptor& descriptor,
                                 std::string mirror) {
  crypto::Digest digest = TRY(crypto::Digest::parse(descriptor.digest));
  OpenedBlob out;
  out.size = descriptor.size;
  base::Bytes head;
  if (descriptor.size != 0 && descriptor.size <= kWholeBytes) {
    head = TRY(base::read_all(*source, kWholeBytes));
    std::string hex = base::to_hex(crypto::digest(digest.algorithm, head));
    if (hex != digest.hex) return other_bytes(hex);
    source.reset();
  } else {
    head.resize(4);
    head.resize(TRY(base::read_full(*source, head)));
    if (!starts_as(descriptor.media_type, base::as_text(head))) {
      return Error(Code::kCorrupt, "the mirror's bytes are not compressed as the layer is");
    }
  }
  out.stream = std::make_unique<MirroredSource>(std::move(head), std::move(source),
                                                std::move(digest), std::move(mirror));
  return out;
}

}  // namespace bulkhead::oci
