// SPDX-License-Identifier: Apache-2.0
// A file that is written aside and appears under its name only when it is complete.
//
// Until then it has no name at all where the file system can do that (O_TMPFILE), so that nothing
// is left behind by a process that is interrupted or killed. Elsewhere it has a temporary name,
// which the destructor removes.
#pragma once

#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::base {

class NewFile {
 public:
  // Open for reading and writing, for the owner only. Temporary names, where they are needed, are
  // `prefix` with a few characters behind; the file can be committed to the same directory. Errors
  // call it what is `shown`.
  static Result<NewFile> create(std::string prefix, std::string_view shown);

  NewFile() = default;
  NewFile(NewFile&& other) noexcept { swap(other); }
  NewFile& operator=(NewFile&& other) noexcept {
    swap(other);
    return *this;
  }
  ~NewFile();

  bool valid() const { return fd_.valid(); }
  const Fd& fd() const { return fd_; }
  // Gives the file its name, in place of a file that has it; once. errno's Error.
  Status commit(const std::string& target);

 private:
  void swap(NewFile& other) noexcept;
  bool link_temporary();

  Fd fd_;
  std::string prefix_;
  std::string temporary_;  // "" while the file has no name
};

}  // namespace bulkhead::base
