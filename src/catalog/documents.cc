// SPDX-License-Identifier: Apache-2.0
// Opening whole documents, with one wording for what goes wrong.
#include "catalog/documents.h"

#include <string>

namespace bulkhead::catalog {
namespace {

constexpr std::string_view kBadLock = "bad-lockfile";

void document_not_read(const File& file, std::string_view kind, const std::string& why,
                       base::Diagnostics& diagnostics) {
  if (kind == kBadLock) return lock_not_read(file, why, diagnostics);
  diagnostics.skipped(kind, file.info.path, why);
}

}  // namespace

void lock_not_read(const File& file, std::string_view why, base::Diagnostics& diagnostics) {
  diagnostics.incomplete(kBadLock, file.info.path,
                         std::string(why) + "; its packages are not in the answer");
}

std::optional<base::Node> open_toml(const File& file, std::string_view kind,
                                    base::Diagnostics& diagnostics) {
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (root) return *std::move(root);
  document_not_read(file, kind, "not TOML: " + root.error().message(), diagnostics);
  return std::nullopt;
}

void note_repeated(std::string_view where, const base::json::RepeatedKeys& repeated,
                   base::Diagnostics& diagnostics) {
  if (repeated.count > 0) diagnostics.skipped("duplicate-key", where, repeated.message());
}

std::optional<base::json::Document> open_json(const File& file, std::string_view kind,
                                              base::Diagnostics& diagnostics) {
  base::json::RepeatedKeys repeated;
  auto document = base::json::Document::parse(base::as_text(file.bytes), {{}, false, &repeated});
  note_repeated(file.info.path, repeated, diagnostics);
  if (document && document->root().is_object()) return *std::move(document);
  document_not_read(
      file, kind,
      document ? "the root is not an object" : "not JSON: " + document.error().message(),
      diagnostics);
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
