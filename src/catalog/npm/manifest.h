// SPDX-License-Identifier: Apache-2.0
// package.json: what a package says of itself, and what a project of a source tree asks for.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "catalog/cataloger.h"
#include "model/package.h"

namespace bulkhead::catalog::npm {

// "license" and the older "licenses", as declared.
std::vector<std::string> licences_of(base::json::Value manifest);
// "author", else the first of "maintainers", else the first of "contributors": "Name <mail>".
std::string supplier_of(base::json::Value manifest);

// One thing a project asks for.
struct Request {
  std::string_view key;      // what the project's code calls it
  std::string_view written;  // "^1.0.0", or for an alias of another package "npm:real@^1.0.0"
  const model::Package* package = nullptr;  // the real one, with the requirement on it
};

// A project: a package.json of a source tree.
struct Project {
  std::string_view path;
  std::string_view directory;  // of the package.json, "" at the top
  int32_t layer = -1;
  const model::Package* self = nullptr;  // nullptr when it has no valid name
  std::vector<Request> requests;
};

// Whether a file is a package.json or pnpm-workspace.yaml of a source tree, and how it is read into
// facts from which Projects is made.
bool tells_of_project(const FileInfo& file);
void read_project(const File& file, FileFacts& out, base::Diagnostics& diagnostics);

// The projects of a tree, and which of them the lock file of a directory speaks for.
class Projects {
 public:
  explicit Projects(std::span<const Placed> files);

  // The project beside the lock file and its workspace members.
  std::vector<const Project*> locked_by(std::string_view directory);
  // Whether there is a named project in a directory below another ("" for that one itself).
  bool has(std::string_view directory, std::string_view below) const;
  const std::vector<Project>& all() const { return all_; }

  // Whether a project of the tree has the name of that package.
  bool is_own(const model::Package& package) const;
  // Whether a lock file that does not know what is asked for is out of date: it does not list
  // projects of the tree and local directories.
  bool is_wish(const Request& request) const;

 private:
  bool is_member(std::string_view root, std::string_view directory);

  std::vector<Project> all_;  // sorted by directory
  std::map<std::string_view, std::vector<std::string_view>, std::less<>> workspaces_;
  std::set<std::string> names_;       // of the projects
  uint64_t glob_budget_ = 2'000'000;  // patterns tried; hostile trees could ask for any number
};

// Removes what a lock file says of packages of the project itself that have a package.json.
void drop_told(const Projects& projects, std::vector<model::Package>& packages);

// Appends packages for requests of a project; a name asked for in several sections gives one, its
// requirements joined by ", ".
void take_requests(const Project& project, std::span<const Request* const> requests,
                   std::vector<model::Package>& out);

}  // namespace bulkhead::catalog::npm
