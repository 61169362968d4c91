// SPDX-License-Identifier: Apache-2.0
// Which files have to be read once more because a link gives them a name that somebody wants, while
// the names they have in their layer are none: known when all layers are. Most images have no such
// link, and no layer is then read twice.
//
//   symbolic links    app/package-lock.json -> ../locks/real.txt; a directory on the way of a
//                     package database, var/lib/dpkg -> ../../usr/lib/sysimage/dpkg
//   hard links        to a file of a lower layer
//
// A file that its readers find under its own name already is not read again under that of a
// symbolic link: its packages would count twice.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "scan/links/view.h"

namespace bulkhead::scan {

// A file, or everything below a directory, to be read under another name.
struct LinkRead {
  std::string real;         // as the layer has it
  std::string name;         // as catalogers want it
  int32_t layer = -1;       // from which on the name leads there
  bool below = false;       // real is a directory
  bool maybe = false;       // whether there is such a directory is not known
  bool hard = false;        // a hard link
  int hops = 0;             // hard links followed so far
  std::string target = {};  // as the link has it, for messages
};

class LinkPlan {
 public:
  // Links that are followed in one tree; more are reported.
  static constexpr size_t kMaxReads = 10'000;
  static constexpr int kMaxHops = 8;

  // What is to be read of the layers of the view. Links that lead nowhere are reported, those to
  // package databases that are not there excepted: every distribution has some.
  LinkPlan(LinkView& view, catalog::TreeKind kind, base::Diagnostics& diagnostics);

  bool empty() const { return by_layer_.empty(); }
  // The reads of the layer, which are then no longer part of the plan.
  std::vector<LinkRead> take(int32_t layer);
  // What was to be read is in this layer a hard link, to the read's target.
  void chase(LinkRead read, int32_t layer);
  // What was to be read was not found, or is no file.
  void fail(const LinkRead& read, std::string_view why);

 private:
  void plan_databases();
  bool plan_database(const std::string& path);  // true: it is a file that will be read
  void plan_directory(const LinkRead& read);
  void plan_links_below(const LinkRead& directory);
  void plan_log(const std::string& path);
  bool too_far(std::string_view path);
  void plan_symlinks();
  void plan_hard_links();
  void plan_symlink(const std::string& path, const std::string& target);
  bool add(LinkRead read, int32_t layer);
  bool is_read(std::string_view name, std::string_view real);

  LinkView& view_;
  catalog::TreeKind kind_;
  base::Diagnostics& diagnostics_;
  std::map<int32_t, std::vector<LinkRead>> by_layer_;
  std::multimap<std::string, std::string, std::less<>> names_;  // real path -> names it is read by
  size_t reads_ = 0;
};

}  // namespace bulkhead::scan
