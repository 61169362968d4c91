// SPDX-License-Identifier: Apache-2.0
// Looks a commit's tree over before it is taken for a policy. Links of a tree are never followed,
// so one that stands where a file would count leaves out what the author sees in a checkout.
#include <optional>
#include <string_view>

#include "base/link_path.h"
#include "base/text.h"
#include "cli/policy_source.h"

namespace bulkhead::cli {
namespace {

// The path in the tree that a link leads to; nullopt when it leads out of it.
std::optional<std::string> target_in_tree(std::string_view link, std::string_view target) {
  if (target.starts_with('/')) return std::nullopt;
  return base::path_in_tree(base::dirname(link), target);
}

// A link with another name than a policy file's counts when it is, or may be, one to a directory:
// not when the tree holds a file there, nor when a name outside of it has an ending.
bool may_be_directory(const gitsync::Tree& tree, std::string_view link, std::string_view target) {
  if (auto inside = target_in_tree(link, target)) return !tree.files.contains(*inside);
  std::string_view name = base::basename(target);
  return name.empty() || name == "." || name == ".." || name.find('.', 1) == name.npos;
}

bool link_counts(const gitsync::Tree& tree, const std::string& link, const std::string& target) {
  // A signature speaks about every file, and this one would escape it.
  if (tree.files.contains(".signatures.json")) return true;
  std::string_view folder = base::dirname(link);
  std::string_view name = base::basename(link);
  if (folder.starts_with('.') || folder.find("/.") != folder.npos) return false;
  if (counts_as_policy(name)) return true;
  return !name.starts_with('.') && may_be_directory(tree, link, target);
}

}  // namespace

base::Status check_policy_tree(const gitsync::Tree& tree) {
  for (const auto& [link, target] : tree.links) {
    if (!link_counts(tree, link, target)) continue;
    return base::Error(base::Code::kUnsupported,
                       base::printable(link, 400) + " is a symbolic link to " +
                           base::printable(target, 400) +
                           ", and links of a repository are not followed; commit what it names "
                           "itself in its place");
  }
  for (const auto& [path, bytes] : tree.files) TRY(check_policy_name(path));
  return {};
}

}  // namespace bulkhead::cli
