// SPDX-License-Identifier: Apache-2.0
// Opening by dlopen: all symbols are resolved at once (a library with missing parts fails here, not
// in the middle of work) and stay private to it.
#include "base/shared_library.h"

#include <dlfcn.h>

namespace bulkhead::base {
namespace {

std::string loader_message() {
  const char* message = ::dlerror();
  return message != nullptr ? message : "unknown reason";
}

}  // namespace

Result<SharedLibrary> SharedLibrary::open(const std::string& file, std::string_view package) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return Error(Code::kUnsupported, file + " cannot be loaded; install the package " +
                                         std::string(package) + " (" + loader_message() + ")");
  }
  return SharedLibrary(handle, file);
}

Result<void*> SharedLibrary::symbol(const char* name) const {
  void* address = ::dlsym(handle_, name);
  if (address == nullptr) {
    return Error(Code::kUnsupported, file_ + " has no " + name + ": it is of another version");
  }
  return address;
}

}  // namespace bulkhead::base
