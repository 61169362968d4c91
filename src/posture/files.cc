// SPDX-License-Identifier: Apache-2.0
// Tells files apart: first by name, because most of a tree must not even be opened, then by what is
// inside, because a Kubernetes manifest has no name of its own.
#include "posture/files.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/node_json.h"
#include "base/text.h"
#include "posture/dockerfile_document.h"
#include "posture/objects.h"

namespace bulkhead::posture {
namespace {

using base::Node;

constexpr auto kNames = std::to_array<std::string_view>(
    {"dockerfile", "kubernetes", "compose", "github-workflow", "gitlab-ci", "helm-chart",
     "helm-values", "json", "yaml", "toml"});

bool is_foreign_folder(std::string_view folder) {
  static constexpr auto kFolders = std::to_array<std::string_view>(
      {".git", ".hg", ".svn", "node_modules", "bower_components", "vendor", "third_party", "target",
       ".venv", "venv", "__pycache__", ".tox", ".terraform", ".gradle", ".idea", ".vscode"});
  return std::find(kFolders.begin(), kFolders.end(), folder) != kFolders.end();
}

// Lock files and package manifests: read by the catalogers, and large.
bool is_lock_file(std::string_view base) {
  static constexpr auto kFiles = std::to_array<std::string_view>(
      {"package-lock.json", "npm-shrinkwrap.json", "composer.lock", "pnpm-lock.yaml",
       "packages.lock.json", "pubspec.lock", "Cargo.lock", "poetry.lock", "uv.lock"});
  return std::find(kFiles.begin(), kFiles.end(), base) != kFiles.end();
}

// Dockerfile, Containerfile, each also with a name before or after it.
bool is_dockerfile_name(std::string_view base) {
  std::string name = base::lower(base);
  for (std::string_view stem : {"dockerfile", "containerfile"}) {
    if (name == stem || name.starts_with(std::string(stem) + ".") ||
        name.ends_with("." + std::string(stem))) {
      return true;
    }
  }
  return false;
}

bool is_compose_name(std::string_view base) {
  for (std::string_view stem : {"compose", "docker-compose", "podman-compose"}) {
    if (!base.starts_with(stem)) continue;
    std::string_view rest = base.substr(stem.size());
    if (rest.starts_with('.') || rest.starts_with('-')) return true;
  }
  return false;
}

// The kind of a YAML or JSON document that is no Kubernetes object.
FileKind plain_kind(std::string_view path, FileKind otherwise) {
  std::string_view base = base::basename(path);
  std::string_view folder = base::dirname(path);
  if (otherwise != FileKind::kYaml) return otherwise;
  if (is_compose_name(base)) return FileKind::kCompose;
  if (folder == ".github/workflows" || folder.ends_with("/.github/workflows")) {
    return FileKind::kGithubWorkflow;
  }
  if (base == ".gitlab-ci.yml" || base == ".gitlab-ci.yaml") return FileKind::kGitlabCi;
  if (base == "Chart.yaml") return FileKind::kHelmChart;
  return otherwise;
}

}  // namespace

std::string_view file_kind_name(FileKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<FileKind> find_file_kind(std::string_view name) {
  auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<FileKind>(found - kNames.begin());
}

FileKinds FileKinds::all() {
  FileKinds kinds;
  kinds.bits_ = (1u << kNames.size()) - 1;
  return kinds;
}

FileCollector::FileCollector(FileKinds kinds, Bounds bounds) : kinds_(kinds), bounds_(bounds) {
  limits_.max_bytes = bounds.file_bytes;
  limits_.max_entries = 200'000;
}

FileCollector::Shape FileCollector::shape_of(std::string_view path) {
  std::string_view base = base::basename(path);
  if (base.ends_with(".dockerignore") || base.ends_with(".containerignore")) {
    return Shape::kDockerignore;
  }
  if (is_dockerfile_name(base)) return Shape::kDockerfile;
  auto parts = base::cut_last(base, ".");
  if (!parts || is_lock_file(base)) return Shape::kNone;
  std::string extension = base::lower(parts->second);
  if (extension == "yaml" || extension == "yml") return Shape::kYaml;
  if (extension == "json") return Shape::kJson;
  if (extension == "toml") return Shape::kToml;
  static constexpr auto kRefused = std::to_array<std::string_view>(
      {"tf", "tfvars", "hcl", "cue", "jsonnet", "libsonnet", "bicep"});
  bool refused = std::find(kRefused.begin(), kRefused.end(), extension) != kRefused.end();
  return refused ? Shape::kRefused : Shape::kNone;
}

bool FileCollector::wants(std::string_view path) const {
  Shape shape = shape_of(path);
  if (shape == Shape::kNone) return false;
  for (std::string_view rest = path; !rest.empty();) {
    auto parts = base::cut(rest, "/");
    if (!parts) break;
    if (is_foreign_folder(parts->first)) return false;
    rest = parts->second;
  }
  bool json = kinds_.has(FileKind::kJson);
  switch (shape) {
    case Shape::kDockerfile:
    case Shape::kDockerignore: return kinds_.has(FileKind::kDockerfile);
    case Shape::kToml: return kinds_.has(FileKind::kToml);
    case Shape::kJson: return json || kinds_.has(FileKind::kKubernetes);
    case Shape::kRefused: return json || kinds_.has(FileKind::kYaml);
    default: break;
  }
  for (auto kind : {FileKind::kKubernetes, FileKind::kYaml, FileKind::kHelmValues}) {
    if (kinds_.has(kind)) return true;
  }
  FileKind kind = plain_kind(path, FileKind::kYaml);
  return kind != FileKind::kYaml && kinds_.has(kind);
}

void FileCollector::add(const std::string& path, std::string_view text,
                        base::Diagnostics& diagnostics) {
  Shape shape = shape_of(path);
  if (shape == Shape::kRefused) {
    diagnostics.skipped("policy-file-not-read", path, "files of this language are not read");
    return;
  }
  if (text.size() > bounds_.file_bytes) {
    diagnostics.skipped("policy-file-too-large", path,
                        std::to_string(text.size()) + " bytes; files of at most " +
                            std::to_string(bounds_.file_bytes) + " bytes are judged");
    return;
  }
  switch (shape) {
    case Shape::kDockerfile:
    case Shape::kDockerignore:
      bytes_ += text.size();
      if (bytes_ > bounds_.total_bytes) return refuse_more(path, diagnostics);
      (shape == Shape::kDockerfile ? dockerfiles_ : dockerignores_).emplace(path, text);
      return;
    case Shape::kYaml: return add_yaml(path, text, diagnostics);
    case Shape::kJson: return add_json(path, text, diagnostics);
    case Shape::kToml: return add_toml(path, text, diagnostics);
    default: return;
  }
}

void FileCollector::refuse_more(const std::string& path, base::Diagnostics& diagnostics) {
  if (full_) return;
  full_ = true;
  diagnostics.incomplete("too-many-policy-files", path,
                         "more files than a policy judges at once; this one and all after it are "
                         "left out");
}

void FileCollector::keep(PolicyFile file, base::Diagnostics& diagnostics) {
  // Values of a chart are known as such only when its Chart.yaml was seen.
  bool may_be_values = file.kind == FileKind::kYaml && kinds_.has(FileKind::kHelmValues);
  if (full_ || (!kinds_.has(file.kind) && !may_be_values)) return;
  bytes_ += file.document.size();
  if (bytes_ > bounds_.total_bytes || files_.size() >= bounds_.documents) {
    return refuse_more(file.path, diagnostics);
  }
  files_.push_back(std::move(file));
}

void FileCollector::add_yaml(const std::string& path, std::string_view text,
                             base::Diagnostics& diagnostics) {
  FileKind plain = plain_kind(path, FileKind::kYaml);
  if (plain == FileKind::kHelmChart) charts_.emplace(base::dirname(path));
  auto documents = base::parse_yaml_stream(text, limits_);
  if (!documents) {
    bool is_template = text.find("{{") != text.npos;
    diagnostics.skipped(is_template ? "template-not-rendered" : "policy-file-not-read", path,
                        is_template ? "a template; render it and judge what comes out"
                                    : documents.error().message());
    return;
  }
  for (const Node& document : *documents) {
    if (document.missing() || document.kind == Node::Kind::kNull) continue;
    for (const Node* object : kubernetes_objects(document)) {
      keep({path, FileKind::kKubernetes, object->line,
            base::node_to_json(*object, base::ScalarSchema::kYaml11)},
           diagnostics);
    }
    if (!kubernetes_objects(document).empty()) continue;
    // GitHub reads YAML 1.2, where `on:` is no boolean.
    bool core = plain == FileKind::kGithubWorkflow;
    auto schema = core ? base::ScalarSchema::kCore : base::ScalarSchema::kYaml11;
    keep({path, plain, document.line, base::node_to_json(document, schema)}, diagnostics);
  }
}

void FileCollector::add_json(const std::string& path, std::string_view text,
                             base::Diagnostics& diagnostics) {
  base::json::Document::Options options;
  options.limits = limits_;
  auto document = base::json::Document::parse(text, options);
  if (!document) {
    diagnostics.skipped("policy-file-not-read", path, document.error().message());
    return;
  }
  auto line_of = [](base::json::Value value) {
    base::json::Writer json(0);
    base::json::write_json(json, value);
    return json.take();
  };
  auto objects = kubernetes_objects(document->root());
  for (base::json::Value object : objects) {
    keep({path, FileKind::kKubernetes, 1, line_of(object)}, diagnostics);
  }
  if (objects.empty()) keep({path, FileKind::kJson, 1, line_of(document->root())}, diagnostics);
}

void FileCollector::add_toml(const std::string& path, std::string_view text,
                             base::Diagnostics& diagnostics) {
  auto document = base::parse_toml(text, limits_);
  if (!document) {
    diagnostics.skipped("policy-file-not-read", path, document.error().message());
    return;
  }
  keep({path, FileKind::kToml, 1, base::node_to_json(*document, base::ScalarSchema::kToml)},
       diagnostics);
}

// Docker takes NAME.dockerignore beside the Dockerfile, else .dockerignore at the top of the build
// context; which folder that is the file does not say, so the nearest one upwards counts.
void FileCollector::finish_dockerfiles(base::Diagnostics& diagnostics) {
  for (const auto& [path, text] : dockerfiles_) {
    auto file = parse_dockerfile(text, limits_);
    if (!file) {
      diagnostics.skipped("policy-file-not-read", path, file.error().message());
      continue;
    }
    for (const DockerfileProblem& problem : file->problems) {
      diagnostics.skipped("bad-dockerfile", path + ":" + std::to_string(problem.line),
                          problem.message);
    }
    Dockerignore ignore;
    auto found = dockerignores_.find(path + ".dockerignore");
    for (std::string_view at = path; found == dockerignores_.end() && !at.empty();) {
      at = base::dirname(at);
      found =
          dockerignores_.find(at.empty() ? ".dockerignore" : std::string(at) + "/.dockerignore");
    }
    if (found != dockerignores_.end()) ignore = parse_dockerignore(found->second);
    keep({path, FileKind::kDockerfile, 1, dockerfile_document(*file, ignore)}, diagnostics);
  }
}

std::vector<PolicyFile> FileCollector::finish(base::Diagnostics& diagnostics) {
  finish_dockerfiles(diagnostics);
  dockerfiles_.clear();
  dockerignores_.clear();
  std::vector<PolicyFile> out;
  for (PolicyFile& file : files_) {
    bool values = file.kind == FileKind::kYaml && charts_.contains(base::dirname(file.path)) &&
                  base::basename(file.path).starts_with("values");
    if (values) file.kind = FileKind::kHelmValues;
    if (kinds_.has(file.kind)) out.push_back(std::move(file));
  }
  files_.clear();
  std::stable_sort(out.begin(), out.end(), [](const PolicyFile& a, const PolicyFile& b) {
    return a.path != b.path ? a.path < b.path : a.line < b.line;
  });
  return out;
}

}  // namespace bulkhead::posture
