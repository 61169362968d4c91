// SPDX-License-Identifier: Apache-2.0
// Entry (entry.h): the distribution's texts, setuid files, diagnostics, packages. Decoding trusts
// nothing: the cache is a file that others may have written.
#include "scan/cache/image_cache.h"

#include <array>

#include "base/build_id.h"
#include "crypto/digest.h"
#include "scan/cache/entry.h"

namespace bulkhead::scan {
namespace {

constexpr std::string_view kImageMagic = "BHIMAG02";
constexpr size_t kMaxPackages = 50'000;

using Distro = model::Distro;
constexpr std::array kDistroTexts = {
    &Distro::id,   &Distro::version, &Distro::point_release, &Distro::codename,
    &Distro::name, &Distro::variant, &Distro::end_of_life,   &Distro::end_of_extended_life,
    &Distro::path};

void put_privileged(std::string& out, const std::vector<model::PrivilegedFile>& files) {
  put_number(out, files.size());
  for (const model::PrivilegedFile& file : files) {
    put_string(out, file.path);
    put_number(out, file.mode);
    put_number(out, static_cast<uint64_t>(file.layer));
  }
}

base::Result<std::vector<model::PrivilegedFile>> take_privileged(base::ByteReader& in) {
  uint64_t count = TRY(take_number(in));
  if (count > in.remaining() / 24) return malformed();
  std::vector<model::PrivilegedFile> out;
  for (uint64_t i = 0; i < count; ++i) {
    model::PrivilegedFile& file = out.emplace_back();
    file.path = TRY(take_string(in));
    file.mode = static_cast<uint32_t>(TRY(take_number(in)));
    file.layer = static_cast<int32_t>(TRY(take_number(in)));
  }
  return out;
}

void put_not_read(std::string& out, const std::vector<model::NotJudged>& records) {
  put_number(out, records.size());
  for (const model::NotJudged& record : records) {
    put_strings(out, {record.what, record.reason});
    put_number(out, record.packages);
  }
}

base::Result<std::vector<model::NotJudged>> take_not_read(base::ByteReader& in) {
  uint64_t count = TRY(take_number(in));
  if (count > in.remaining() / 24) return malformed();
  std::vector<model::NotJudged> out;
  for (uint64_t i = 0; i < count; ++i) {
    auto texts = TRY(take_strings(in));
    if (texts.size() != 2) return malformed();
    out.push_back({std::move(texts[0]), std::move(texts[1]), TRY(take_number(in))});
  }
  return out;
}

base::Result<ImageFacts> decode(base::ByteView bytes) {
  base::ByteReader in(bytes);
  ImageFacts out;
  for (auto member : kDistroTexts) out.catalog.distro.*member = TRY(take_string(in));
  out.catalog.distro.like = TRY(take_strings(in));
  out.privileged = TRY(take_privileged(in));
  out.catalog.not_read = TRY(take_not_read(in));
  TRY(take_diagnostics(in, out.diagnostics));
  out.catalog.packages = std::move(TRY(catalog::decode_facts(in)).packages);
  if (in.remaining() != 0) return malformed();
  return out;
}

}  // namespace

ImageCache::ImageCache(Store* store, std::span<const std::string> diff_ids,
                       std::span<const std::string> skip_dirs)
    : store_(store) {
  std::string program = base::build_id();
  if (program.empty()) store_ = nullptr;
  std::string text = program + "\n";
  for (const std::string& diff_id : diff_ids) text += diff_id + "\n";
  for (const std::string& glob : skip_dirs) text += "skip " + glob + "\n";
  name_ = "image-" + crypto::sha256_hex(base::as_bytes(text));
}

std::optional<ImageFacts> ImageCache::find() const {
  if (store_ == nullptr) return std::nullopt;
  auto mapping = store_->get(name_);
  if (!mapping) return std::nullopt;
  auto body = entry_body(kImageMagic, mapping->bytes());
  if (!body) return std::nullopt;
  auto facts = decode(*body);
  if (!facts) return std::nullopt;
  return std::move(*facts);
}

void ImageCache::keep(const ImageFacts& facts) {
  if (store_ == nullptr || facts.catalog.packages.size() > kMaxPackages) return;
  if (!facts.diagnostics.dropped().empty()) return;  // their counts are not part of an entry
  std::string entry = begin_entry(kImageMagic);
  for (auto member : kDistroTexts) put_string(entry, facts.catalog.distro.*member);
  put_strings(entry, facts.catalog.distro.like);
  put_privileged(entry, facts.privileged);
  put_not_read(entry, facts.catalog.not_read);
  put_diagnostics(entry, facts.diagnostics);
  catalog::FileFacts packages;
  packages.packages = facts.catalog.packages;
  for (model::Package& package : packages.packages) package.files = {};
  catalog::encode_facts(packages, entry);
  seal_entry(entry);
  if (!store_->put(name_, entry)) store_ = nullptr;  // an unwritable cache is no cache
}

}  // namespace bulkhead::scan
