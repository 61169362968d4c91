// SPDX-License-Identifier: Apache-2.0
// Docker image specification v1.0 and v1.1: `repositories` says which layer is the top one of a
// tag ({"name": {"tag": "id"}}), and for each layer "id/json" names its parent and how it was made;
// "id/layer.tar" holds its files. What runs is described by the json of the top layer.
//
// Of this the config of later versions is made, as Docker did when it met such images, and then all
// goes on as for a docker-archive with a manifest.json.
#include "oci/docker_v1.h"

#include <algorithm>
#include <map>
#include <set>

#include "archive/compress.h"
#include "base/json.h"
#include "base/text.h"
#include "oci/docker_archive.h"
#include "oci/manifest.h"
#include "oci/strict_json.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::json::Value;

constexpr size_t kMaxNames = 1000;                   // tags of all repositories
constexpr uint64_t kMaxUnpackedBytes = 64ull << 30;  // of all layers together
constexpr std::string_view kMadeConfig = "/config";  // no member is called so: names are relative

// Ids become paths.
Result<std::string> checked_id(std::string_view id) {
  bool hex = id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (hex) return std::string(id);
  return Error(Code::kInvalid, "\"" + base::printable(id, 100) + "\" is no id of a layer");
}

// The images by top layer, each with all its tags.
Result<std::vector<DockerArchiveImage>> read_repositories(std::string_view text) {
  auto parsed = TRY(parse_strict(text, kMaxManifestBytes));
  std::map<std::string, std::vector<std::string>> tops;
  size_t names = 0;
  Status status;
  if (!parsed.root().is_object()) status = Error(Code::kInvalid, "not an object");
  parsed.root().each_member([&](std::string_view name, Value tags) {
    tags.each_member([&](std::string_view tag, Value id) {
      if (!status) return;
      auto top = checked_id(id.string_or(""));
      if (!top) status = std::move(top).error();
      if (++names > kMaxNames) {
        status = Error(Code::kLimit, "more than " + std::to_string(kMaxNames) + " tags");
      }
      if (status) tops[*top].push_back(std::string(name) + ":" + std::string(tag));
    });
  });
  TRY(std::move(status));
  std::vector<DockerArchiveImage> out;
  for (auto& [id, tags] : tops) out.push_back({id, {id}, std::move(tags), true});
  return out;
}

// What "id/json" says of one layer.
struct V1Layer {
  std::string id;
  std::string parent;
  HistoryEntry history;
  base::json::Document document;
};

// The step of a Dockerfile. Old versions wrote a word alone instead of a list.
Result<std::string> command_of(Value container_config) {
  if (container_config.missing()) return std::string();
  Members members = TRY(Members::of(container_config, "container_config", {"Cmd"}));
  if (auto word = members["Cmd"].string()) return std::string(*word);
  return base::join(TRY(members.texts("Cmd")), " ");
}

Result<V1Layer> read_v1_layer(const FileTree& tree, const std::string& id) {
  std::string text = TRY(read_small(tree, id + "/json", kMaxConfigBytes));
  auto document = TRY(parse_strict(text, kMaxConfigBytes));
  Members members = TRY(Members::of(document.root(), "layer",
                                    {"id", "parent", "created", "author", "comment", "config",
                                     "container_config", "architecture", "os"}));
  if (TRY(members.text("id")) != id) return Error(Code::kCorrupt, "is about another layer");
  V1Layer out{id, TRY(members.text("parent")), {}, std::move(document)};
  if (!out.parent.empty()) out.parent = TRY_AT("parent", checked_id(out.parent));
  out.history.created = TRY(members.text("created"));
  out.history.author = TRY(members.text("author"));
  out.history.comment = TRY(members.text("comment"));
  out.history.created_by = TRY(command_of(members["container_config"]));
  return out;
}

// From the base to the top layer.
Result<std::vector<V1Layer>> read_chain(const FileTree& tree, const std::string& top) {
  std::vector<V1Layer> out;
  std::set<std::string> seen;
  for (std::string id = top; !id.empty(); id = out.back().parent) {
    if (!seen.insert(id).second) {
      return Error(Code::kInvalid, "layer " + id + " is its own ancestor");
    }
    if (out.size() == kMaxLayers) {
      return Error(Code::kLimit, "more than " + std::to_string(kMaxLayers) + " layers");
    }
    out.push_back(TRY_AT("layer " + id, read_v1_layer(tree, id)));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

// Of the plain tar, whatever it is packed with. `left` is how many bytes all layers may still have:
// links can make one large member every layer.
Result<std::string> diff_id_of(const FileTree& tree, const std::string& member, uint64_t& left) {
  auto stored = TRY(tree.open(member)).source();
  base::Limits limits;
  limits.max_bytes = left;
  auto plain = TRY(archive::inflate_source(*stored, limits));
  uint64_t size = 0;
  std::string digest = TRY(digest_of_stream(*plain, left, size));
  left -= size;
  return digest;
}

std::string config_of(const std::vector<V1Layer>& chain, const std::vector<std::string>& diff_ids) {
  Value top = chain.back().document.root();
  base::json::Writer json(0);
  json.begin_object();
  // What Docker ran on when these members were not written yet.
  json.member("architecture", top["architecture"].string_or("amd64"));
  json.member("os", top["os"].string_or("linux"));
  json.member_if("created", chain.back().history.created);
  json.member_if("author", chain.back().history.author);
  if (!top["config"].missing()) base::json::write_json(json.key("config"), top["config"]);
  json.key("rootfs").begin_object().member("type", "layers").key("diff_ids").begin_array();
  for (const std::string& diff_id : diff_ids) json.value(diff_id);
  json.end_array().end_object();
  json.key("history").begin_array();
  for (const V1Layer& layer : chain) {
    json.begin_object().member_if("created", layer.history.created);
    json.member_if("created_by", layer.history.created_by);
    json.member_if("author", layer.history.author);
    json.member_if("comment", layer.history.comment).end_object();
  }
  json.end_array().end_object();
  return json.take();
}

// A tree with one file more.
class TreeWithConfig final : public FileTree {
 public:
  TreeWithConfig(std::unique_ptr<FileTree> tree, std::string config)
      : tree_(std::move(tree)), config_(std::move(config)) {}

  Result<OpenedBlob> open(const std::string& path) const override {
    if (path != kMadeConfig) return tree_->open(path);
    OpenedBlob out;
    out.size = config_.size();
    out.stream = std::make_unique<base::MemorySource>(base::as_bytes(config_));
    return out;
  }

 private:
  std::unique_ptr<FileTree> tree_;
  std::string config_;
};

}  // namespace

Result<std::unique_ptr<Transport>> open_docker_v1(std::unique_ptr<FileTree> tree,
                                                  const LocalReference& reference) {
  std::string text = TRY(read_small(*tree, "repositories", kMaxManifestBytes));
  auto images = TRY_AT("repositories", read_repositories(text));
  DockerArchiveImage image = TRY(choose_image(images, reference));
  std::vector<V1Layer> chain = TRY(read_chain(*tree, image.config));
  std::vector<std::string> diff_ids;
  uint64_t left = kMaxUnpackedBytes;
  image.layers.clear();
  for (const V1Layer& layer : chain) {
    const std::string& member = image.layers.emplace_back(layer.id + "/layer.tar");
    diff_ids.push_back(TRY_AT(member, diff_id_of(*tree, member, left)));
  }
  image.config = kMadeConfig;
  auto whole = std::make_unique<TreeWithConfig>(std::move(tree), config_of(chain, diff_ids));
  return open_docker_image(std::move(whole), image);
}

}  // namespace bulkhead::oci
