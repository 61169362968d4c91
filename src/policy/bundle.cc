// SPDX-License-Identifier: Apache-2.0
// Sorting and checking the files of a bundle, after OPA's bundle reference
// (https://www.openpolicyagent.org/docs/management-bundles). Stricter where OPA is lax: a path that
// stands twice is refused, and a delta, WebAssembly or protobuf bundle is refused by name.
#include "policy/bundle.h"

#include <algorithm>
#include <set>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/json.h"
#include "base/node.h"
#include "base/node_json.h"
#include "base/text.h"
#include "policy/bundle_signature.h"
#include "policy/glob.h"
#include "policy/rego/lexer.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kManifest = ".manifest";
constexpr std::string_view kSignatures = ".signatures.json";

base::Limits document_limits(const BundleLimits& limits) {
  base::Limits out;
  out.max_bytes = limits.max_file_bytes;
  out.max_depth = 256;
  out.max_string_bytes = 16u << 20;
  return out;
}

base::Result<int> rego_version(base::json::Value value, const std::string& where) {
  const auto version = value.integer();
  if (!version || (*version != 0 && *version != 1)) {
    return Error(Code::kInvalid, std::string(kManifest) + ": " + where + " must be 0 or 1");
  }
  return static_cast<int>(*version);
}

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string_view part : base::split(path, '/')) out.emplace_back(part);
  return out;
}

bool root_contains(const std::string& root, const std::vector<std::string>& path) {
  if (root.empty()) return true;
  const std::vector<std::string> parts = segments(root);
  return parts.size() <= path.size() && std::equal(parts.begin(), parts.end(), path.begin());
}

base::Status read_roots(base::json::Value roots, Manifest& manifest) {
  if (roots.missing() || roots.kind() == base::json::Kind::kNull) {
    manifest.roots = {""};
    return {};
  }
  bool texts = roots.is_array();
  roots.each([&](base::json::Value root) {
    std::string_view text = root.string_or("");
    texts = texts && root.is_string();
    while (text.starts_with('/')) text.remove_prefix(1);
    while (text.ends_with('/')) text.remove_suffix(1);
    manifest.roots.emplace_back(text);
  });
  if (!texts) return Error(Code::kInvalid, ".manifest: roots must be a list of paths");
  for (size_t i = 0; i < manifest.roots.size(); ++i) {
    for (size_t j = i + 1; j < manifest.roots.size(); ++j) {
      const std::string& a = manifest.roots[i];
      const std::string& b = manifest.roots[j];
      if (root_contains(a, segments(b)) || root_contains(b, segments(a))) {
        return Error(Code::kInvalid, ".manifest: the roots '" + a + "' and '" + b + "' overlap");
      }
    }
  }
  return {};
}

base::Result<Manifest> read_manifest(std::string_view text, const BundleLimits& limits) {
  base::json::Document::Options options;
  options.limits = document_limits(limits);
  const auto document = TRY_AT(kManifest, base::json::Document::parse(text, options));
  const base::json::Value root = document.root();
  if (!root.is_object()) return Error(Code::kInvalid, ".manifest: expected an object");
  Manifest manifest;
  manifest.revision = std::string(root["revision"].string_or(""));
  TRY(read_roots(root["roots"], manifest));
  if (!root["rego_version"].missing()) {
    manifest.rego_version = TRY(rego_version(root["rego_version"], "rego_version"));
  }
  base::Status status;
  root["file_rego_versions"].each_member([&](std::string_view pattern, base::json::Value value) {
    auto version = rego_version(value, "file_rego_versions." + std::string(pattern));
    if (version) {
      manifest.file_rego_versions[std::string(pattern)] = *version;
    } else if (status) {
      status = std::move(version).error();
    }
  });
  TRY(std::move(status));
  if (root["wasm"].size() > 0) {
    return Error(Code::kUnsupported, ".manifest: WebAssembly entry points; build for target rego");
  }
  return manifest;
}

// The dialect of a file: its own pattern, else the manifest's version, else the default.
base::Result<Dialect> dialect_of(const std::string& path, const Manifest& manifest,
                                 Dialect fallback) {
  for (const auto& [pattern, version] : manifest.file_rego_versions) {
    const Glob glob = TRY_AT("file_rego_versions", Glob::compile(pattern, U""));
    // Patterns of `opa build` start with the slash that its paths have.
    if (TRY(glob.matches(path)) || TRY(glob.matches("/" + path))) {
      return version == 0 ? Dialect::kV0 : Dialect::kV1;
    }
  }
  if (manifest.rego_version) return *manifest.rego_version == 0 ? Dialect::kV0 : Dialect::kV1;
  return fallback;
}

base::Result<std::string> yaml_to_json(const BundleFile& file, base::ScalarSchema schema,
                                       const BundleLimits& limits) {
  return base::node_to_json(
      TRY_AT(file.path, base::parse_yaml(file.bytes, document_limits(limits))), schema);
}

// The path that a module's package clause names; empty when it has none.
std::vector<std::string> package_path(const Source& module) {
  const rego::Lexed lexed = rego::lex(module.path, module.text);
  std::vector<std::string> path;
  bool inside = false;
  bool name_next = true;
  for (const rego::Token& token : lexed.tokens) {
    if (token.kind == rego::TokenKind::kComment) continue;
    if (!inside) {
      if (!token.is("package")) return {};
      inside = true;
    } else if (token.kind == rego::TokenKind::kName && name_next) {
      path.emplace_back(token.text);
      name_next = false;
    } else if (token.is(".")) {
      name_next = true;
    } else if (token.kind == rego::TokenKind::kString && token.line > 0 && !path.empty()) {
      path.push_back(rego::string_value(token));
    } else if (!token.is("[") && !token.is("]")) {
      break;
    }
  }
  return path;
}

base::Status check_files(std::vector<BundleFile>& files, const BundleLimits& limits) {
  if (files.size() > limits.max_files) {
    return Error(Code::kLimit, std::to_string(files.size()) + " files in the bundle (at most " +
                                   std::to_string(limits.max_files) + ")");
  }
  uint64_t bytes = 0;
  for (BundleFile& file : files) {
    file.path = TRY_AT("bundle", archive::normal_path(file.path));
    bytes += file.bytes.size();
    if (file.bytes.size() > limits.max_file_bytes || bytes > limits.max_bytes) {
      return Error(
          Code::kLimit,
          file.path + ": the bundle is too large; leave out what is no policy and no data");
    }
  }
  std::ranges::sort(files, {}, &BundleFile::path);
  for (size_t i = 1; i < files.size(); ++i) {
    if (files[i].path == files[i - 1].path) {
      return Error(Code::kInvalid, files[i].path + ": stands twice in the bundle");
    }
  }
  return {};
}

class Sorter {
 public:
  explicit Sorter(const BundleOptions& options) : options_(options) {}

  base::Result<Bundle> run(std::vector<BundleFile> files) {
    bundle_.signed_by = TRY(verify_bundle(files, options_));
    bundle_.manifest.roots = {""};
    for (const BundleFile& file : files) {
      if (file.path == "policy.yaml") ours_ = true;
      if (file.path != kManifest) continue;
      bundle_.manifest = TRY(read_manifest(file.bytes, options_.limits));
    }
    for (BundleFile& file : files) TRY(place(std::move(file)));
    return std::move(bundle_);
  }

 private:
  base::Status place(BundleFile file) {
    const std::string_view name = base::basename(file.path);
    const std::string_view folder = base::dirname(file.path);
    if (file.path == kManifest || file.path == kSignatures) return {};
    if (is_opaque(file.path)) {
      bundle_.others.push_back(std::move(file));
      return {};
    }
    if (name == kManifest || name == kSignatures) {
      return Error(Code::kInvalid, file.path + ": belongs into the bundle's root");
    }
    if (name == "policy.wasm" || name == "plan.json" || name == "plan.pb" ||
        name.ends_with(".manifest.pb") || file.path == "patch.json") {
      return Error(Code::kUnsupported,
                   file.path +
                       ": compiled, protobuf and delta bundles are not read; build the "
                       "bundle for target rego");
    }
    if (name.ends_with(".rego")) return place_module(std::move(file));
    if (name == "data.json") return place_data(file, segments_of(folder), std::move(file.bytes));
    if (name == "data.yaml" || name == "data.yml") {
      std::string json = TRY(yaml_to_json(file, base::ScalarSchema::kYaml11, options_.limits));
      return place_data(file, segments_of(folder), std::move(json));
    }
    if (ours_ && folder == "lists") return place_list(std::move(file));
    bundle_.others.push_back(std::move(file));
    return {};
  }

  bool is_opaque(const std::string& path) const {
    return std::ranges::any_of(options_.opaque,
                               [&](const std::string& folder) { return path.starts_with(folder); });
  }

  static std::vector<std::string> segments_of(std::string_view folder) {
    return folder.empty() ? std::vector<std::string>() : segments(folder);
  }

  base::Status place_list(BundleFile file) {
    const std::string_view name = base::basename(file.path);
    const size_t dot = name.rfind('.');
    const std::string_view suffix = dot == std::string_view::npos ? "" : name.substr(dot);
    std::vector<std::string> at = {"lists", std::string(name.substr(0, dot))};
    if (suffix == ".json") return place_data(file, std::move(at), std::move(file.bytes));
    if (suffix == ".yaml" || suffix == ".yml") {
      std::string json = TRY(yaml_to_json(file, base::ScalarSchema::kCore, options_.limits));
      return place_data(file, std::move(at), std::move(json));
    }
    bundle_.others.push_back(std::move(file));
    return {};
  }

  base::Status place_module(BundleFile file) {
    Source module{file.path, std::move(file.bytes), Dialect::kV1};
    module.dialect = TRY(dialect_of(module.path, bundle_.manifest, options_.dialect));
    const std::vector<std::string> package = package_path(module);
    if (!package.empty() && !within_roots(bundle_.manifest.roots, package)) {
      return Error(Code::kInvalid, module.path + ": package " + base::join(package, ".") +
                                       " lies outside of the manifest's roots");
    }
    auto& list = is_test(module.path) ? bundle_.tests : bundle_.modules;
    list.push_back(std::move(module));
    return {};
  }

  base::Status place_data(const BundleFile& file, std::vector<std::string> at, std::string json) {
    TRY(check_data_roots(file.path, at, json));
    bundle_.data.push_back({file.path, std::move(at), std::move(json)});
    return {};
  }

  // Data may stand inside of a root; above one, only objects that lead to it.
  base::Status check_data_roots(const std::string& path, const std::vector<std::string>& at,
                                std::string_view json) const {
    if (within_roots(bundle_.manifest.roots, at)) return {};
    base::json::Document::Options options;
    options.limits = document_limits(options_.limits);
    const auto document = TRY_AT(path, base::json::Document::parse(json, options));
    std::vector<std::string> trail = at;
    return check_data(path, trail, document.root());
  }

  base::Status check_data(const std::string& path, std::vector<std::string>& trail,
                          base::json::Value value) const {
    if (within_roots(bundle_.manifest.roots, trail)) return {};
    const bool above = std::ranges::any_of(bundle_.manifest.roots, [&](const std::string& root) {
      const std::vector<std::string> parts = segments(root);
      return trail.size() < parts.size() && std::equal(trail.begin(), trail.end(), parts.begin());
    });
    if (!value.is_object() || !above) {
      return Error(Code::kInvalid, path + ": data." + base::join(trail, ".") +
                                       " lies outside of the manifest's roots");
    }
    base::Status status;
    value.each_member([&](std::string_view key, base::json::Value member) {
      if (!status) return;
      trail.emplace_back(key);
      status = check_data(path, trail, member);
      trail.pop_back();
    });
    return status;
  }

  const BundleOptions& options_;
  Bundle bundle_;
  bool ours_ = false;
};

base::Result<std::string> read_entry(archive::TarReader& tar, uint64_t max_bytes) {
  std::string bytes;
  while (true) {
    const base::ByteView piece = TRY(tar.read_piece());
    if (piece.empty()) return bytes;
    if (piece.size() > max_bytes - bytes.size()) {
      return Error(Code::kLimit, tar.entry().path + ": too large for a bundle");
    }
    bytes += base::as_text(piece);
  }
}

}  // namespace

bool within_roots(const std::vector<std::string>& roots, const std::vector<std::string>& path) {
  return std::ranges::any_of(roots,
                             [&](const std::string& root) { return root_contains(root, path); });
}

base::Result<std::string> verify_bundle(std::vector<BundleFile>& files,
                                        const BundleOptions& options) {
  TRY(check_files(files, options.limits));
  const auto signatures = std::ranges::find(files, kSignatures, &BundleFile::path);
  return check_signature(signatures == files.end() ? nullptr : &*signatures, files, options);
}

base::Result<Bundle> read_bundle(std::vector<BundleFile> files, const BundleOptions& options) {
  return Sorter(options).run(std::move(files));
}

base::Result<std::vector<BundleFile>> unpack_bundle(base::Source& archive,
                                                    const BundleLimits& limits) {
  base::Limits inflate;
  // Headers and padding of many small files come on top of what they hold.
  inflate.max_bytes = limits.max_bytes + uint64_t{limits.max_files} * 2048;
  const auto plain = TRY_AT("bundle", archive::inflate_source(archive, inflate));
  archive::TarLimits tar_limits;
  tar_limits.max_entries = uint64_t{limits.max_files} * 2;  // folders are entries too
  archive::TarReader tar(*plain, tar_limits);
  std::vector<BundleFile> files;
  uint64_t bytes = 0;
  while (TRY_AT("bundle", tar.next())) {
    const archive::TarEntry& entry = tar.entry();
    if (entry.type == archive::EntryType::kDirectory) continue;
    if (entry.type != archive::EntryType::kFile) {
      return Error(Code::kInvalid, entry.path + ": bundles hold files and folders only");
    }
    if (files.size() == limits.max_files) {
      return Error(Code::kLimit, "more than " + std::to_string(limits.max_files) + " files");
    }
    std::string path = TRY_AT("bundle", archive::normal_path(entry.path));
    const uint64_t left = std::min(limits.max_file_bytes, limits.max_bytes - bytes);
    std::string content = TRY_AT("bundle", read_entry(tar, left));
    files.push_back({std::move(path), std::move(content)});
    bytes += files.back().bytes.size();
  }
  return files;
}

}  // namespace bulkhead::policy
