// SPDX-License-Identifier: Apache-2.0
// Writes and reads the parts of cache entries.
#include "scan/cache/entry.h"

#include <algorithm>
#include <cstring>

#include "crypto/digest.h"

namespace bulkhead::scan {
namespace {
constexpr size_t kMagicBytes = 8;
constexpr size_t kHeaderBytes = 40;  // magic and checksum; a multiple of 8
}  // namespace

std::string begin_entry(std::string_view magic) {
  std::string entry(magic);
  entry.resize(kHeaderBytes);
  return entry;
}

void seal_entry(std::string& entry) {
  base::Bytes sum =
      crypto::digest(crypto::Algorithm::kSha256, base::as_bytes(entry).subspan(kHeaderBytes));
  entry.replace(kMagicBytes, sum.size(), base::as_text(sum));
}

std::optional<base::ByteView> entry_body(std::string_view magic, base::ByteView entry) {
  if (entry.size() < kHeaderBytes) return std::nullopt;
  if (base::as_text(entry.first(kMagicBytes)) != magic) return std::nullopt;
  base::ByteView body = entry.subspan(kHeaderBytes);
  base::Bytes sum = crypto::digest(crypto::Algorithm::kSha256, body);
  if (std::memcmp(sum.data(), entry.data() + kMagicBytes, sum.size()) != 0) return std::nullopt;
  return body;
}

void put_number(std::string& out, uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i));
}

void put_string(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

void put_strings(std::string& out, const std::vector<std::string>& list) {
  put_number(out, list.size());
  for (const std::string& text : list) put_string(out, text);
}

base::Error malformed() { return base::Error(base::Code::kCorrupt, "malformed cache entry"); }

base::Result<uint64_t> take_number(base::ByteReader& in) {
  auto number = in.little<uint64_t>();
  if (!number) return malformed();
  return *number;
}

base::Result<std::string> take_string(base::ByteReader& in) {
  auto bytes = in.take(TRY(take_number(in)));
  if (!bytes) return malformed();
  return std::string(base::as_text(*bytes));
}

base::Result<std::vector<std::string>> take_strings(base::ByteReader& in) {
  uint64_t count = TRY(take_number(in));
  if (count > in.remaining() / 8) return malformed();
  std::vector<std::string> list;
  for (uint64_t i = 0; i < count; ++i) list.push_back(TRY(take_string(in)));
  return list;
}

void put_diagnostics(std::string& out, const base::Diagnostics& diagnostics) {
  put_number(out, diagnostics.all().size());
  for (const base::Diagnostic& d : diagnostics.all()) {
    put_number(out, static_cast<uint64_t>(d.impact));
    put_string(out, d.kind);
    put_string(out, d.where);
    put_string(out, d.message);
  }
}

base::Status take_diagnostics(base::ByteReader& in, base::Diagnostics& out) {
  uint64_t count = TRY(take_number(in));
  if (count > in.remaining() / 32) return malformed();
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t impact = TRY(take_number(in));
    if (impact > static_cast<uint64_t>(base::Impact::kIncomplete)) return malformed();
    std::string kind = TRY(take_string(in));
    std::string where = TRY(take_string(in));
    std::string message = TRY(take_string(in));
    out.add(static_cast<base::Impact>(impact), kind, where, message);
  }
  return {};
}

std::string name_part(std::string_view digest) {
  std::string out(digest);
  std::replace(out.begin(), out.end(), ':', '-');
  return out;
}

}  // namespace bulkhead::scan
