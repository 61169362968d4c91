// SPDX-License-Identifier: Apache-2.0
// OCI layouts. index.json lists what the layout holds; the reference name is an annotation of its
// entries (org.opencontainers.image.ref.name, and containerd's full name beside it).
#include "oci/layout.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "oci/manifest.h"
#include "oci/strict_json.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr const char* kContainerdName = "io.containerd.image.name";

class Directory final : public FileTree {
 public:
  explicit Directory(base::Fd fd) : fd_(std::move(fd)) {}

  Result<OpenedBlob> open(const std::string& path) const override {
    OpenedBlob out;
    out.file = TRY(base::open_beneath(fd_, path));
    struct stat info = TRY(base::stat_fd(out.file));
    if (!S_ISREG(info.st_mode)) return Error(Code::kInvalid, path + ": not a regular file");
    out.size = static_cast<uint64_t>(info.st_size);
    out.identity = identity_of(info, 0);
    return out;
  }

 private:
  base::Fd fd_;
};

std::string annotation(const Descriptor& descriptor, const char* name) {
  auto found = descriptor.annotations.find(name);
  return found == descriptor.annotations.end() ? "" : found->second;
}

// What is not an image itself but about one: signatures and attestations, as cosign and BuildKit
// store them, and other artifacts.
bool is_about_an_image(const Descriptor& descriptor) {
  constexpr std::string_view kCosign = "dev.cosignproject.cosign/image";
  std::string kind = annotation(descriptor, "kind");
  return !descriptor.artifact_type.empty() || descriptor.platform == "unknown/unknown" ||
         (kind.starts_with("dev.cosignproject.cosign/") && !kind.starts_with(kCosign));
}

bool has_tag(const Descriptor& descriptor, std::string_view tag) {
  for (const char* name : {kRefName, kContainerdName}) {
    std::string value = annotation(descriptor, name);
    if (value == tag || value.ends_with(":" + std::string(tag)) ||
        value.ends_with("/" + std::string(tag))) {
      return true;
    }
  }
  return false;
}

std::string name_of(const Descriptor& descriptor) {
  std::string name = annotation(descriptor, kRefName);
  return name.empty() ? "@" + descriptor.digest : name;
}

// Whether the entries are one image for several platforms: then index.json is its index.
bool are_platforms_of_one(const std::vector<Descriptor>& entries) {
  std::set<std::string> platforms, names;
  for (const Descriptor& entry : entries) {
    names.insert(annotation(entry, kRefName));
    if (entry.platform.empty() || !platforms.insert(entry.platform).second) return false;
  }
  return names.size() == 1;
}

// An index of those entries of index.json that a tag names.
std::string index_of(const std::vector<Descriptor>& entries) {
  base::json::Writer json(0);
  json.begin_object().member("schemaVersion", 2).member("mediaType", kOciIndex);
  json.key("manifests").begin_array();
  for (const Descriptor& entry : entries) {
    json.begin_object().member("mediaType", entry.media_type).member("digest", entry.digest);
    json.member("size", entry.size).key("platform").begin_object();
    std::vector<std::string_view> parts = base::split(entry.platform, '/');
    json.member("os", parts[0]).member("architecture", parts[1]);
    if (parts.size() == 3) json.member("variant", parts[2]);
    json.end_object().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

class Layout final : public Transport {
 public:
  Layout(std::unique_ptr<FileTree> tree, LocalReference reference)
      : tree_(std::move(tree)), reference_(std::move(reference)) {}

  Status check() const {
    std::string text = TRY(read_small(*tree_, "oci-layout", 4096));
    auto parsed = TRY_AT("oci-layout", parse_strict(text, 4096));
    std::string_view version = parsed.root()["imageLayoutVersion"].string_or("");
    if (!version.starts_with("1.")) {
      return Error(Code::kUnsupported, "OCI layout of version \"" +
                                           base::printable(version, 40) + "\"; 1.x is understood");
    }
    return {};
  }

  Result<RootDocument> root() override {
    std::string text = TRY(read_small(*tree_, "index.json", kMaxManifestBytes));
    Index index = TRY_AT("index.json", parse_index(text));
    std::vector<Descriptor> chosen = TRY(choose(std::move(index.manifests)));
    RootDocument out;
    if (chosen.size() == 1) {
      out.bytes = TRY(manifest(chosen[0]));
      out.media_type = chosen[0].media_type;
      out.digest = chosen[0].digest;
      return out;
    }
    out.bytes = index_of(chosen);
    out.media_type = kOciIndex;
    return out;
  }

  Result<std::string> manifest(const Descriptor& descriptor) override {
    return read_small(*tree_, TRY(blob_path(descriptor.digest)), kMaxManifestBytes);
  }

  Result<OpenedBlob> blob(const Descriptor& descriptor) override {
    return tree_->open(TRY(blob_path(descriptor.digest)));
  }

 private:
  static Result<std::string> blob_path(const std::string& text) {
    auto digest = TRY(crypto::Digest::parse(text));
    return "blobs/" + text.substr(0, text.find(':')) + "/" + digest.hex;
  }

  Result<std::vector<Descriptor>> choose(std::vector<Descriptor> entries) const {
    if (reference_.tag.empty() && reference_.digest.empty()) {
      std::erase_if(entries, is_about_an_image);
    }
    std::vector<std::string> names;
    for (const Descriptor& entry : entries) names.push_back(name_of(entry));
    std::erase_if(entries, [&](const Descriptor& entry) {
      return (!reference_.tag.empty() && !has_tag(entry, reference_.tag)) ||
             (!reference_.digest.empty() && entry.digest != reference_.digest);
    });
    // One image may be listed under several names.
    std::vector<Descriptor> unique;
    std::set<std::string> digests;
    for (Descriptor& entry : entries) {
      if (digests.insert(entry.digest).second) unique.push_back(std::move(entry));
    }
    if (unique.empty() && reference_.tag.empty() && !reference_.digest.empty()) {
      // Not listed itself, but perhaps part of what is.
      Descriptor inner;
      inner.digest = reference_.digest;
      unique.push_back(std::move(inner));
    }
    if (unique.empty()) {
      if (names.empty()) return Error(Code::kNotFound, "the layout lists no image");
      return Error(Code::kNotFound, "no image \"" + base::printable(reference_.tag, 100) +
                                        "\" here; there are: " + listed(std::move(names)));
    }
    if (unique.size() > 1 && !are_platforms_of_one(unique)) {
      return Error(Code::kInvalid, std::to_string(unique.size()) +
                                       " images here; name one of: " + listed(std::move(names)));
    }
    return unique;
  }

  std::unique_ptr<FileTree> tree_;
  LocalReference reference_;
};

}  // namespace

Result<LocalReference> LocalReference::parse(std::string_view text) {
  struct stat info {};
  size_t end = text.size();
  // A tag, a digest and a port have at most this many colons.
  for (int tries = 0; tries < 8; ++tries) {
    std::string path(text.substr(0, end));
    std::string_view rest = text.substr(end);
    if (!path.empty() && ::stat(path.c_str(), &info) == 0) {
      LocalReference out;
      out.path = std::move(path);
      if (auto parts = base::cut(rest, "@")) {
        rest = parts->first;
        out.digest = parts->second;
        TRY(crypto::Digest::parse(out.digest));
      }
      if (rest.starts_with(':')) rest.remove_prefix(1);
      out.tag = rest;
      return out;
    }
    end = end == 0 ? std::string_view::npos : text.find_last_of(":@", end - 1);
    if (end == std::string_view::npos) break;
  }
  return Error(Code::kNotFound, "no such file or directory: " + base::printable(text, 300));
}

Result<std::unique_ptr<Transport>> open_layout(const LocalReference& reference) {
  base::Fd fd = TRY(base::open_directory(reference.path));
  return open_layout_tree(std::make_unique<Directory>(std::move(fd)), reference)
      .context(reference.path);
}

Result<std::unique_ptr<Transport>> open_layout_tree(std::unique_ptr<FileTree> tree,
                                                    const LocalReference& reference) {
  auto layout = std::make_unique<Layout>(std::move(tree), reference);
  TRY(layout->check());
  return std::unique_ptr<Transport>(std::move(layout));
}

Result<std::string> read_small(const FileTree& tree, const std::string& path, uint64_t max_bytes) {
  OpenedBlob file = TRY(tree.open(path));
  auto source = std::move(file).source();
  base::Bytes bytes = TRY_AT(path, base::read_all(*source, max_bytes));
  return std::string(base::as_text(bytes));
}

std::string listed(std::vector<std::string> names) {
  constexpr size_t kMost = 20;
  std::sort(names.begin(), names.end());
  bool cut = names.size() > kMost;
  if (cut) names.resize(kMost);
  for (std::string& name : names) name = base::printable(name, 100);
  return base::join(names, ", ") + (cut ? ", ..." : "");
}

}  // namespace bulkhead::oci
