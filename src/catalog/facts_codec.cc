// SPDX-License-Identifier: Apache-2.0
// FileFacts as bytes for the layer cache.
//
// Everything is LEB128 varints, strings with a length in front, and little-endian words of 64 bits
// for digests. Lists of strings are front-coded (how many bytes are shared with the string before,
// then the rest). A FileFacts is its format version, path, packages, strings, shipped files and
// fingerprint; a package is its texts, a byte of flags, qualifiers, locations, fix claims and
// lists, in the order of Encoder::package. The reader trusts nothing: counts are bounded by what
// the bytes can hold, and what front coding can blow up by a budget.
#include <algorithm>
#include <array>

#include "catalog/cataloger.h"

namespace bulkhead::catalog {
namespace {

using base::ByteReader;
using base::Code;
using base::Error;
using base::Result;
using base::SharedText;
using base::Status;
using model::Package;

constexpr uint64_t kVersion = 3;
constexpr size_t kMaxShared = 4096;
constexpr uint64_t kMaxDecodedBytes = 1ull << 30;

constexpr std::array<SharedText Package::*, 12> kTexts = {
    &Package::type,      &Package::name_space,  &Package::name,           &Package::version,
    &Package::arch,      &Package::source_name, &Package::source_version, &Package::supplier,
    &Package::cataloger, &Package::requirement, &Package::digest,         &Package::owner};

// Writing ---------------------------------------------------------------------------------------

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void number(uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void word(uint64_t value) {
    for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void list(const std::vector<std::string>& values) {
    number(values.size());
    std::string_view before;
    for (const std::string& value : values) {
      size_t most = std::min({before.size(), value.size(), kMaxShared});
      size_t shared = static_cast<size_t>(
          std::mismatch(value.begin(), value.begin() + static_cast<ptrdiff_t>(most), before.begin())
              .first -
          value.begin());
      number(shared);
      text(std::string_view(value).substr(shared));
      before = value;
    }
  }
  void package(const Package& p);

 private:
  std::string& out_;
};

void Encoder::package(const Package& p) {
  for (SharedText Package::* field : kTexts) text(p.*field);
  number(static_cast<uint64_t>(p.origin) | static_cast<uint64_t>(p.relation) << 3 |
         uint64_t{p.dev} << 5 | uint64_t{p.optional} << 6);
  number(p.qualifiers.size());
  for (const auto& [key, value] : p.qualifiers) {
    text(key);
    text(value);
  }
  number(p.locations.size());
  for (const model::Location& location : p.locations) {
    text(location.path);
    number(location.line);
    number(static_cast<uint32_t>(location.layer + 1));
  }
  number(p.fix_claims.size());
  for (const model::FixClaim& claim : p.fix_claims) {
    text(claim.id);
    text(claim.version);
    text(claim.path);
  }
  list(p.licences);
  text(p.files.packed());
  list(p.depends_on);
}

// Reading ---------------------------------------------------------------------------------------

Error corrupt() { return Error(Code::kCorrupt, "cached facts are malformed"); }

class Decoder {
 public:
  explicit Decoder(ByteReader& in) : in_(in) {}

  Result<uint64_t> number(uint64_t most) {
    auto value = in_.varint();
    if (!value || *value > most) return corrupt();
    return *value;
  }
  Result<uint64_t> word() {
    auto value = in_.little<uint64_t>();
    if (!value) return corrupt();
    return *value;
  }
  // A count of things that take at least min_bytes each.
  Result<uint64_t> count(size_t min_bytes) { return number(in_.remaining() / min_bytes); }
  Result<std::string_view> text() {
    auto size = in_.varint();
    if (!size) return corrupt();
    auto bytes = in_.take(*size);
    if (!bytes || !spend(bytes->size())) return corrupt();
    return base::as_text(*bytes);
  }
  // The text, shared with that of the same field in the record before where they are the same.
  Result<SharedText> shared(const SharedText& before) {
    return SharedText::like(before, TRY(text()));
  }
  Result<std::vector<std::string>> list();
  // `before` is the one decoded before it, whose texts are shared.
  Result<Package> package(const Package& before);

 private:
  bool spend(uint64_t bytes) {
    if (bytes > budget_) return false;
    budget_ -= bytes;
    return true;
  }

  ByteReader& in_;
  uint64_t budget_ = kMaxDecodedBytes;
};

Result<std::vector<std::string>> Decoder::list() {
  uint64_t left = TRY(count(2));
  std::vector<std::string> out;
  for (; left != 0; --left) {
    std::string_view before = out.empty() ? std::string_view() : std::string_view(out.back());
    uint64_t shared = TRY(number(std::min(before.size(), kMaxShared)));
    if (!spend(shared)) return corrupt();
    std::string value(before.substr(0, static_cast<size_t>(shared)));
    value += TRY(text());
    out.push_back(std::move(value));
  }
  return out;
}

Result<Package> Decoder::package(const Package& before) {
  Package p;
  for (SharedText Package::* field : kTexts) p.*field = TRY(shared(before.*field));
  uint64_t flags = TRY(number(0x7f));
  if ((flags & 7) > static_cast<uint64_t>(model::Origin::kSbom)) return corrupt();
  p.origin = static_cast<model::Origin>(flags & 7);
  p.relation = static_cast<model::Relation>(flags >> 3 & 3);
  p.dev = (flags >> 5 & 1) != 0;
  p.optional = (flags >> 6 & 1) != 0;
  for (uint64_t left = TRY(count(2)); left != 0; --left) {
    SharedText& value = p.qualifiers[TRY(text())];
    value = TRY(text());
  }
  uint64_t locations = TRY(count(3));
  p.locations.reserve(static_cast<size_t>(locations));
  for (; locations != 0; --locations) {
    const auto& like = !p.locations.empty() ? p.locations : before.locations;
    model::Location location;
    location.path = TRY(shared(like.empty() ? SharedText() : like.back().path));
    location.line = static_cast<uint32_t>(TRY(number(UINT32_MAX)));
    location.layer = static_cast<int32_t>(TRY(number(INT32_MAX))) - 1;
    p.locations.push_back(std::move(location));
  }
  uint64_t claims = TRY(count(3));
  p.fix_claims.reserve(static_cast<size_t>(claims));
  for (; claims != 0; --claims) {
    model::FixClaim like = p.fix_claims.empty() ? model::FixClaim() : p.fix_claims.back();
    model::FixClaim claim;
    claim.id = TRY(text());
    claim.version = TRY(shared(like.version));
    claim.path = TRY(shared(like.path));
    p.fix_claims.push_back(std::move(claim));
  }
  p.licences = TRY(list());
  p.files = model::FileList::from_packed(TRY(text()));
  p.depends_on = TRY(list());
  return p;
}

}  // namespace

void encode_facts(const FileFacts& facts, std::string& out) {
  Encoder encoder(out);
  encoder.number(kVersion);
  encoder.text(facts.path);
  encoder.number(facts.packages.size());
  for (const Package& package : facts.packages) encoder.package(package);
  encoder.list(facts.strings);
  encoder.number(facts.shipped.size());
  for (const ShippedFile& file : facts.shipped) {
    encoder.word(file.path);
    encoder.word(file.digest);
  }
  bool has_content = facts.content != Fingerprint{};
  encoder.number(has_content ? 1 : 0);
  if (!has_content) return;
  for (uint64_t digest : facts.content) encoder.word(digest);
}

Result<FileFacts> decode_facts(ByteReader& in) {
  constexpr size_t kLeastPackageBytes = 19;  // twelve texts, flags, three counts, three lists
  Decoder decoder(in);
  if (auto version = in.varint(); version != kVersion) {
    return Error(Code::kCorrupt, "cached facts are of another version");
  }
  FileFacts facts;
  facts.path = TRY(decoder.text());
  uint64_t packages = TRY(decoder.count(kLeastPackageBytes));
  facts.packages.reserve(static_cast<size_t>(packages));
  const Package none;
  for (; packages != 0; --packages) {
    const Package& before = facts.packages.empty() ? none : facts.packages.back();
    facts.packages.push_back(TRY(decoder.package(before)));
  }
  facts.strings = TRY(decoder.list());
  uint64_t shipped = TRY(decoder.count(sizeof(ShippedFile)));
  facts.shipped.reserve(static_cast<size_t>(shipped));
  for (; shipped != 0; --shipped) {
    uint64_t path_of = TRY(decoder.word());
    facts.shipped.push_back({path_of, TRY(decoder.word())});
  }
  if (TRY(decoder.number(1)) == 1) {
    for (uint64_t& digest : facts.content) digest = TRY(decoder.word());
  }
  return facts;
}

}  // namespace bulkhead::catalog
