// SPDX-License-Identifier: Apache-2.0
// Opening whole documents, with one wording for what goes wrong.
#include "catalog/documents.h"

#include <string>

namespace bulkhead::catalog {

void lock_not_read(const File& file, std::string_view why, base::Diagnostics& diagnostics) {
  diagnostics.incomplete("bad-lockfile", file.info.path,
                         std::string(why) + "; its packages are not in the answer");
}

std::optional<base::Node> open_lock_toml(const File& file, base::Diagnostics& diagnostics) {
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (root) return *std::move(root);
  lock_not_read(file, "not TOML: " + root.error().message(), diagnostics);
  return std::nullopt;
}

std::optional<base::Node> open_manifest_toml(const File& file, base::Diagnostics& diagnostics) {
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (root) return *std::move(root);
  diagnostics.skipped("bad-manifest", file.info.path, "not TOML: " + root.error().message());
  return std::nullopt;
}

base::Result<base::json::Document> parse_json(base::ByteView bytes, std::string_view where,
                                              base::Diagnostics& diagnostics) {
  base::json::RepeatedKeys repeated;
  auto document =
      TRY_AT("not JSON", base::json::Document::parse(base::as_text(bytes), {{}, false, &repeated}));
  if (repeated.count > 0) diagnostics.skipped("duplicate-key", where, repeated.message());
  if (!document.root().is_object()) {
    return base::Error(base::Code::kInvalid, "the root is not an object");
  }
  return document;
}

std::optional<base::json::Document> open_lock_json(const File& file,
                                                   base::Diagnostics& diagnostics) {
  auto document = parse_json(file.bytes, file.info.path, diagnostics);
  if (document) return *std::move(document);
  lock_not_read(file, document.error().message(), diagnostics);
  return std::nullopt;
}

bool is_full(const File& file, const FileFacts& out, base::Diagnostics& diagnostics) {
  return is_full(file, out.packages.size(), kMaxPackagesOfFile, diagnostics);
}

bool is_full(const File& file, size_t packages, size_t most, base::Diagnostics& diagnostics) {
  if (packages < most) return false;
  diagnostics.incomplete(
      "too-many-packages", file.info.path,
      "names more than " + std::to_string(most) + " packages; the rest is not listed");
  return true;
}

MemberIndex::MemberIndex(const base::Node& table) {
  for (const auto& [key, value] : table.members) members_.emplace(key, &value);
}

const base::Node& MemberIndex::operator[](std::string_view key) const {
  static const base::Node kMissing;
  auto found = members_.find(key);
  return found == members_.end() ? kMissing : *found->second;
}

}  // namespace bulkhead::catalog
