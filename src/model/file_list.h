// SPDX-License-Identifier: Apache-2.0
// FileList: the paths that a package owns, about a quarter of the size of their text. Copies share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/shared_text.h"

namespace bulkhead::model {

class FileList {
 public:
  FileList() = default;
  // Sorts. Leading "/" or "./" are dropped, and so are empty paths, repetitions, directories (paths
  // that another one continues) and paths longer than 4096 bytes or with a newline in them.
  explicit FileList(std::vector<std::string_view> paths);
  FileList(std::initializer_list<std::string_view> paths)
      : FileList(std::vector<std::string_view>(paths)) {}

  bool empty() const { return packed_.empty(); }
  // In order; the view is valid during the call. Stops when f returns false.
  template <typename F>
  void each(F&& f) const {
    Cursor cursor(packed_);
    while (cursor.next()) {
      if (!f(std::string_view(cursor.path))) return;
    }
  }
  std::vector<std::string> paths() const;
  // Adds those of another list.
  void merge(const FileList& other);

  // The packed form, and back from whatever claims to be one: bytes that no FileList wrote end it.
  std::string_view packed() const { return packed_; }
  static FileList from_packed(base::SharedText packed);

  bool operator==(const FileList&) const = default;

 private:
  struct Cursor {
    explicit Cursor(std::string_view packed) : rest(packed) {}
    bool next();

    std::string path;
    std::string_view rest;
  };

  base::SharedText packed_;
};

}  // namespace bulkhead::model
