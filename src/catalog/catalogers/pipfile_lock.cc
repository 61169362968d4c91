// SPDX-License-Identifier: Apache-2.0
// Pipfile.lock of pipenv (https://github.com/pypa/pipfile#pipfilelock): JSON with the packages of
// "default", "develop" and, since pipenv 2022, any further category, each pinned by "version".
// Which of them are asked for directly stands in the Pipfile beside it; the graph is not recorded.
#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/documents.h"
#include "catalog/json_lines.h"
#include "catalog/python/lock.h"
#include "catalog/url.h"

namespace bulkhead::catalog::catalogers::pipfile_lock {
namespace {

using base::json::Value;

Want wants(const FileInfo& file) {
  return file.base == "Pipfile.lock" || file.base == "Pipfile" ? Want::kWhole : Want::kNone;
}

void fill(model::Package& package, Value entry) {
  set_vcs_url(package, entry["git"].string_or(""), entry["ref"].string_or(""));
  std::string_view file = entry["file"].string_or("");
  if (file.find("://") != file.npos) set_download_url(package, file);
  if (entry["hashes"].size() == 1) {
    entry["hashes"].each([&](Value hash) { package.digest = hash.string_or(""); });
  }
}

void read_lock(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  auto document = open_lock_json(file, diagnostics);
  if (!document) return;
  python::mark_lock(out, python::Flags::kKnown);
  LineFinder lines(base::as_text(file.bytes));
  bool full = false;
  document->root().each_member([&](std::string_view category, Value packages) {
    if (category == "_meta") return;
    lines.find(category, true);
    packages.each_member([&](std::string_view name, Value entry) {
      std::string_view version = python::pinned_version(entry["version"].string_or(""));
      model::Package package =
          python::locked_package(name, version, out.path, lines.find(name, true));
      if (package.type.empty() || !entry.is_object() || full) return;
      full = is_full(file, out, diagnostics);
      if (full) return;
      package.dev = category != "default";
      fill(package, entry);
      out.packages.push_back(std::move(package));
    });
  });
}

void read(const File& file, FileFacts& out, base::Diagnostics& diagnostics) {
  if (file.info.base == "Pipfile.lock") return read_lock(file, out, diagnostics);
  auto root = base::parse_toml(base::as_text(file.bytes), {});
  if (root) python::mark_project(out, python::read_pipfile(*root));
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "pipfile_lock",
    .summary = "Pipfile.lock of pipenv",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = python::join_locks,
};

}  // namespace bulkhead::catalog::catalogers::pipfile_lock
