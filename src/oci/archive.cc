// SPDX-License-Identifier: Apache-2.0
// A tar file as a tree of files: one walk over its headers remembers where each member's content
// lies (long contents are jumped over, not read), and links inside the archive are followed, as
// `docker save` writes one for a layer that occurs twice.
#include "oci/archive.h"

#include <sys/stat.h>

#include <array>
#include <unordered_map>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/link_path.h"
#include "base/text.h"
#include "oci/docker_archive.h"
#include "oci/docker_v1.h"
#include "oci/manifest.h"

namespace bulkhead::oci {
namespace {

using archive::EntryType;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint64_t kMaxMembers = 200'000;
constexpr uint64_t kMaxNameBytes = 32 << 20;  // of all members together
constexpr int kMaxLinks = 8;

class TarTree final : public FileTree {
 public:
  static Result<std::unique_ptr<TarTree>> index(base::Fd file) {
    auto tree = std::make_unique<TarTree>();
    struct stat info = TRY(base::stat_fd(file));
    if (!S_ISREG(info.st_mode)) return Error(Code::kInvalid, "not a regular file");
    tree->file_ = std::move(file);
    tree->info_ = info;
    base::RangeSource source(TRY(base::duplicate(tree->file_)), 0,
                             static_cast<uint64_t>(info.st_size));
    TRY(tree->read_members(source));
    return tree;
  }

  bool has(const std::string& path) const { return members_.contains(path); }

  Result<OpenedBlob> open(const std::string& path) const override {
    std::string name = path;
    for (int links = 0; links < kMaxLinks; ++links) {
      auto found = members_.find(name);
      if (found == members_.end()) {
        return Error(Code::kNotFound,
                     "no member " + base::printable(name, 200) + " in the archive");
      }
      const Member& member = found->second;
      if (!member.link.empty()) {
        name = member.link;
        continue;
      }
      if (member.sparse) {
        return Error(Code::kUnsupported, base::printable(name, 200) + ": a sparse member");
      }
      OpenedBlob out;
      out.file = TRY(base::duplicate(file_));
      out.offset = member.offset;
      out.size = member.size;
      out.identity = identity_of(info_, member.offset);
      return out;
    }
    return Error(Code::kInvalid, base::printable(path, 200) + ": too many links");
  }

 private:
  struct Member {
    uint64_t offset = 0, size = 0;
    std::string link;  // member meant, for links
    bool sparse = false;
  };

  Status read_members(base::Source& source) {
    archive::TarLimits limits;
    limits.max_entries = kMaxMembers;
    archive::TarReader tar(source, limits);
    uint64_t name_bytes = 0;
    while (TRY(tar.next())) {
      const archive::TarEntry& entry = tar.entry();
      auto name = archive::normal_path(entry.path);
      if (!name) continue;  // outside the archive: nothing that an image refers to
      Member member{entry.offset, entry.stored_size, "", entry.sparse};
      if (entry.type == EntryType::kSymlink || entry.type == EntryType::kHardLink) {
        auto target = link_target(*name, entry);
        if (!target) continue;
        member.link = std::move(*target);
      } else if (entry.type != EntryType::kFile) {
        continue;
      }
      name_bytes += name->size() + member.link.size();
      if (name_bytes > kMaxNameBytes) return Error(Code::kLimit, "too many names in the archive");
      members_.insert_or_assign(std::move(*name), std::move(member));  // the last one counts
    }
    return {};
  }

  // The member that a link means; nullopt when it leaves the archive.
  static std::optional<std::string> link_target(std::string_view name,
                                                const archive::TarEntry& entry) {
    std::string_view target = entry.link_target;
    bool from_root = entry.type != EntryType::kSymlink || target.starts_with('/');
    auto path = base::path_in_tree(from_root ? "" : base::dirname(name), target);
    if (!path || path->empty()) return std::nullopt;
    return path;
  }

  base::Fd file_;
  struct stat info_ {};
  std::unordered_map<std::string, Member> members_;
};

Status refuse_packed(const base::Fd& file) {
  std::array<std::byte, 6> head;
  base::RangeSource source(TRY(base::duplicate(file)), 0, head.size());
  size_t size = TRY(base::read_full(source, head));
  auto compression = archive::detect_compression(std::span(head).first(size));
  if (compression == archive::Compression::kNone) return {};
  return Error(Code::kUnsupported, "the archive is packed with " +
                                       std::string(archive::compression_name(compression)));
}

// Both forms may be there; the layout has real digests, unless it lists nothing.
Result<bool> is_layout(const TarTree& tree) {
  if (!tree.has("oci-layout") || !tree.has("index.json")) return false;
  if (!tree.has("manifest.json")) return true;
  std::string text = TRY(read_small(tree, "index.json", kMaxManifestBytes));
  Index index = TRY_AT("index.json", parse_index(text));
  return !index.manifests.empty();
}

Result<std::unique_ptr<Transport>> open_tar(base::Fd file, const LocalReference& reference) {
  TRY(refuse_packed(file));
  std::unique_ptr<TarTree> tree = TRY(TarTree::index(std::move(file)));
  if (TRY(is_layout(*tree))) return open_layout_tree(std::move(tree), reference);
  if (tree->has("manifest.json")) return open_docker_archive(std::move(tree), reference);
  if (tree->has("repositories")) return open_docker_v1(std::move(tree), reference);
  return Error(Code::kInvalid,
               "no image archive: neither index.json, manifest.json nor repositories is in it");
}

}  // namespace

Result<std::unique_ptr<Transport>> open_archive(base::Fd file, const LocalReference& reference) {
  return open_tar(std::move(file), reference).context(reference.path);
}

Status unpack_archive(base::Source& archive, const base::Fd& into, uint64_t max_bytes) {
  base::Limits limits;
  limits.max_bytes = max_bytes;
  std::unique_ptr<base::Source> plain = TRY(archive::inflate_source(archive, limits));
  base::Bytes buffer(256 << 10);
  while (size_t got = TRY(plain->read(buffer))) {
    TRY(base::write_all(into, std::span(buffer).first(got)));
  }
  return {};
}

}  // namespace bulkhead::oci
