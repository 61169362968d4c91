// SPDX-License-Identifier: Apache-2.0
// Entry (entry.h): the tree: counts, numbers and strings, the path index last and aligned, so that
// it is used in place.
#include "scan/cache/cache.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "crypto/digest.h"
#include "scan/cache/entry.h"

namespace bulkhead::scan {
namespace {

constexpr std::string_view kFactsMagic = "BHFACT05";
constexpr std::string_view kKeyName = "path-key";

base::Result<catalog::Reading> take_reading(base::ByteReader& in) {
  catalog::Reading reading;
  reading.cataloger = catalog::find_cataloger(TRY(take_string(in)));
  if (reading.cataloger == nullptr) return malformed();
  reading.facts = TRY(catalog::decode_facts(in));
  reading.bytes = catalog::memory_of(reading.facts);
  return reading;
}

void put_links(std::string& out, const LinkMap& links) {
  put_number(out, links.size());
  for (const auto& [path, target] : links) {
    put_string(out, path);
    put_string(out, target);
  }
}

base::Result<LinkMap> take_links(base::ByteReader& in) {
  uint64_t count = TRY(take_number(in));
  if (count > in.remaining() / 16) return malformed();
  LinkMap links;
  for (uint64_t i = 0; i < count; ++i) {
    std::string path = TRY(take_string(in));
    links[std::move(path)] = TRY(take_string(in));
  }
  return links;
}

std::string identity_text(std::string_view diff_id, const oci::FileIdentity& file) {
  std::string out(diff_id);
  for (uint64_t number : {file.device, file.inode, file.size, static_cast<uint64_t>(file.mtime_ns),
                          static_cast<uint64_t>(file.ctime_ns), file.offset}) {
    out += " " + std::to_string(number);
  }
  return out;
}

bool is_digest(std::string_view text) { return crypto::Digest::parse(text).has_value(); }

}  // namespace

void encode_tree(const TreeFacts& facts, std::string& out) {
  out.reserve(out.size() + facts.index.entries().size_bytes() + 256 * facts.readings.size());
  put_number(out, facts.entries);
  put_number(out, facts.readings.size());
  for (const catalog::Reading& reading : facts.readings) {
    put_string(out, reading.cataloger->name);
    catalog::encode_facts(reading.facts, out);
  }
  put_strings(out, facts.whiteouts);
  put_strings(out, facts.opaque);
  put_links(out, facts.links);
  put_links(out, facts.hard_links);
  put_number(out, facts.privileged.size());
  for (const auto& [path, mode] : facts.privileged) {
    put_string(out, path);
    put_number(out, mode);
  }
  put_diagnostics(out, facts.diagnostics);
  put_number(out, facts.file_diagnostics.size());
  for (const auto& [path, diagnostics] : facts.file_diagnostics) {
    put_string(out, path);
    put_diagnostics(out, diagnostics);
  }
  std::span<const uint64_t> index = facts.index.entries();
  put_number(out, index.size());
  out.append((8 - out.size() % 8) % 8, '\0');
  out.append(reinterpret_cast<const char*>(index.data()), index.size_bytes());
}

base::Result<TreeFacts> decode_tree(base::ByteView bytes) {
  base::ByteReader in(bytes);
  TreeFacts facts;
  facts.entries = TRY(take_number(in));
  uint64_t readings = TRY(take_number(in));
  if (readings > FactCollector::kMaxReadings) return malformed();
  facts.readings.reserve(static_cast<size_t>(std::min<uint64_t>(readings, in.remaining() / 16)));
  for (uint64_t i = 0; i < readings; ++i) facts.readings.push_back(TRY(take_reading(in)));
  facts.whiteouts = TRY(take_strings(in));
  facts.opaque = TRY(take_strings(in));
  facts.links = TRY(take_links(in));
  facts.hard_links = TRY(take_links(in));
  uint64_t privileged = TRY(take_number(in));
  if (privileged > FactCollector::kMaxPrivileged) return malformed();
  for (uint64_t i = 0; i < privileged; ++i) {
    std::string path = TRY(take_string(in));
    facts.privileged[std::move(path)] = static_cast<uint32_t>(TRY(take_number(in)) & 07777);
  }
  TRY(take_diagnostics(in, facts.diagnostics));
  uint64_t reported = TRY(take_number(in));
  if (reported > in.remaining() / 16) return malformed();
  for (uint64_t i = 0; i < reported; ++i) {
    std::string path = TRY(take_string(in));
    TRY(take_diagnostics(in, facts.file_diagnostics[std::move(path)]));
  }
  uint64_t count = TRY(take_number(in));
  if (!in.skip((8 - in.position() % 8) % 8) || in.remaining() % 8 != 0 ||
      in.remaining() / 8 != count) {
    return malformed();
  }
  auto index = in.take(in.remaining());
  if (reinterpret_cast<uintptr_t>(index->data()) % alignof(uint64_t) != 0) return malformed();
  facts.index.borrow({reinterpret_cast<const uint64_t*>(index->data()), index->size() / 8});
  return facts;
}

LayerCache::LayerCache(Store* store, catalog::TreeKind kind) : store_(store) {
  std::string description = "facts 5 " + std::to_string(static_cast<int>(kind));
  for (const catalog::Cataloger* cataloger : catalog::all_catalogers()) {
    description += " " + std::string(cataloger->name) + " " + std::to_string(cataloger->version);
  }
  fingerprint_ = crypto::sha256_hex(base::as_bytes(description)).substr(0, 16);

  if (store_ != nullptr) {
    auto kept = store_->get(std::string(kKeyName));
    if (kept && kept->bytes().size() == sizeof(key_)) {
      std::memcpy(key_.data(), kept->bytes().data(), sizeof(key_));
      return;
    }
  }
  CHECK(::getrandom(key_.data(), sizeof(key_), 0) == static_cast<ssize_t>(sizeof(key_)));
  if (store_ == nullptr) return;
  std::string_view raw(reinterpret_cast<const char*>(key_.data()), sizeof(key_));
  if (!store_->put(std::string(kKeyName), raw))
    store_ = nullptr;  // an unwritable cache is no cache
}

std::string LayerCache::facts_name(std::string_view diff_id) const {
  return "facts-" + name_part(diff_id) + "-" + fingerprint_;
}

std::optional<CachedFacts> LayerCache::find(std::string_view diff_id) {
  if (store_ == nullptr || !is_digest(diff_id)) return std::nullopt;
  auto mapping = store_->get(facts_name(diff_id));
  if (!mapping) return std::nullopt;
  auto body = entry_body(kFactsMagic, mapping->bytes());
  if (!body) return std::nullopt;
  auto facts = decode_tree(*body);
  if (!facts) return std::nullopt;
  return CachedFacts{std::move(*mapping), std::move(*facts)};
}

void LayerCache::keep(std::string_view diff_id, const TreeFacts& facts) {
  if (store_ == nullptr || !is_digest(diff_id)) return;
  std::string entry = begin_entry(kFactsMagic);
  encode_tree(facts, entry);
  seal_entry(entry);
  if (!store_->put(facts_name(diff_id), entry)) store_ = nullptr;
}

std::string LayerCache::verified_records(std::string_view digest) const {
  if (store_ == nullptr || !is_digest(digest)) return "";
  auto record = store_->get("verified-" + name_part(digest));
  return record ? std::string(base::as_text(record->bytes())) : "";
}

bool LayerCache::verified(std::string_view digest, std::string_view diff_id,
                          const oci::FileIdentity& file) {
  std::string records = verified_records(digest);
  std::string wanted = identity_text(diff_id, file);
  std::string_view text = records;
  for (std::string_view line; base::next_line(text, line);) {
    if (line == wanted) return true;
  }
  return false;
}

bool LayerCache::verified(std::string_view digest, std::string_view diff_id) {
  std::string records = verified_records(digest);
  std::string wanted = std::string(diff_id) + " ";
  std::string_view text = records;
  for (std::string_view line; base::next_line(text, line);) {
    if (line.starts_with(wanted)) return true;
  }
  return false;
}

void LayerCache::set_verified(std::string_view digest, std::string_view diff_id,
                              const oci::FileIdentity& file) {
  if (store_ == nullptr || !is_digest(digest)) return;
  constexpr size_t kMaxRecords = 8;  // the same blob in several layouts
  std::string name = "verified-" + name_part(digest);
  std::string text = identity_text(diff_id, file) + "\n";
  std::string old = verified_records(digest);
  std::string_view rest = old;
  size_t kept = 1;
  for (std::string_view line; kept < kMaxRecords && base::next_line(rest, line); ++kept) {
    if (text.find(line) == std::string::npos) text += std::string(line) + "\n";
  }
  if (!store_->put(name, text)) store_ = nullptr;
}

}  // namespace bulkhead::scan
