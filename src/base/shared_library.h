// SPDX-License-Identifier: Apache-2.0
// SharedLibrary: a library that is opened on first use, so that commands which never need it do not
// pay for loading it (its dependencies included) at every start.
//
// The owner room keeps one table of typed functions, filled once:
//   struct Table { decltype(&::git_odb_open) odb_open = nullptr; };
//   auto library = TRY(SharedLibrary::open("libgit2.so.1.5", "libgit2-1.5"));
//   TRY(library.bind("git_odb_open", table.odb_open));
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::base {

class SharedLibrary {
 public:
  // Looks where the dynamic loader looks. kUnsupported when the library is missing or unusable,
  // naming the Debian package that brings it.
  static Result<SharedLibrary> open(const std::string& file, std::string_view package);

  // The function of that name. The caller vouches for its type, best by decltype of the header's
  // declaration. kUnsupported when the library has no such function.
  template <typename Function>
  Status bind(const char* name, Function*& out) const {
    void* address = TRY(symbol(name));
    out = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  SharedLibrary(void* handle, std::string file) : handle_(handle), file_(std::move(file)) {}
  Result<void*> symbol(const char* name) const;

  // Never closed: libraries leave threads, thread-local data and exit handlers behind.
  void* handle_;
  std::string file_;
};

}  // namespace bulkhead::base
