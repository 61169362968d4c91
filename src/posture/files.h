// SPDX-License-Identifier: Apache-2.0
// Which files of a tree a policy can judge, and their documents: what becomes input.files[].
//
// Feed it every file whose path it wants, then finish: a Dockerfile's document also tells of the
// .dockerignore beside or above it, so documents are ready only when the tree has been seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/limits.h"

namespace bulkhead::posture {

enum class FileKind : uint8_t {
  kDockerfile,
  kKubernetes,      // one entry an object
  kCompose,         // compose.yaml and its kin
  kGithubWorkflow,  // .github/workflows/*.yaml
  kGitlabCi,        // .gitlab-ci.yml
  kHelmChart,       // Chart.yaml
  kHelmValues,      // values.yaml beside a Chart.yaml
  kJson,            // any other
  kYaml,
  kToml,
};
std::string_view file_kind_name(FileKind kind);  // "dockerfile", "github-workflow", ...
std::optional<FileKind> find_file_kind(std::string_view name);

// Which kinds are asked for; none at the start.
class FileKinds {
 public:
  static FileKinds all();
  FileKinds& add(FileKind kind) {
    bits_ |= bit(kind);
    return *this;
  }
  bool has(FileKind kind) const { return (bits_ & bit(kind)) != 0; }
  bool any() const { return bits_ != 0; }

 private:
  static constexpr uint32_t bit(FileKind kind) { return 1u << static_cast<unsigned>(kind); }
  uint32_t bits_ = 0;
};

struct PolicyFile {
  std::string path;
  FileKind kind = FileKind::kYaml;
  uint32_t line = 1;     // where the document begins in the file
  std::string document;  // JSON on one line
};

class FileCollector {
 public:
  // Of one file, and of all documents together; what is above is a diagnostic, never half a
  // document.
  struct Bounds {
    uint64_t file_bytes = 4u << 20;
    uint64_t total_bytes = 64u << 20;
    size_t documents = 20'000;
  };
  explicit FileCollector(FileKinds kinds, Bounds bounds);
  explicit FileCollector(FileKinds kinds) : FileCollector(kinds, Bounds()) {}

  // Whether a file is worth reading, by its path alone (relative to the tree, no leading slash).
  // Folders that hold other people's files (.git, node_modules, vendor and the like) are not.
  bool wants(std::string_view path) const;
  // The whole text of a wanted file.
  void add(const std::string& path, std::string_view text, base::Diagnostics& diagnostics);
  // Documents sorted by path and line.
  std::vector<PolicyFile> finish(base::Diagnostics& diagnostics);

 private:
  enum class Shape : uint8_t { kNone, kDockerfile, kDockerignore, kYaml, kJson, kToml, kRefused };
  static Shape shape_of(std::string_view path);

  void add_yaml(const std::string& path, std::string_view text, base::Diagnostics& diagnostics);
  void add_json(const std::string& path, std::string_view text, base::Diagnostics& diagnostics);
  void add_toml(const std::string& path, std::string_view text, base::Diagnostics& diagnostics);
  void finish_dockerfiles(base::Diagnostics& diagnostics);
  void keep(PolicyFile file, base::Diagnostics& diagnostics);
  void refuse_more(const std::string& path, base::Diagnostics& diagnostics);

  FileKinds kinds_;
  Bounds bounds_;
  base::Limits limits_;
  uint64_t bytes_ = 0;
  bool full_ = false;
  std::vector<PolicyFile> files_;
  std::map<std::string, std::string, std::less<>> dockerfiles_;    // path -> text
  std::map<std::string, std::string, std::less<>> dockerignores_;  // path -> text
  std::set<std::string, std::less<>> charts_;                      // folders that hold a Chart.yaml
};

}  // namespace bulkhead::posture
