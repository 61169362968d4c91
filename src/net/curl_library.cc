// SPDX-License-Identifier: Apache-2.0
// dlopen(3) and dlsym(3). Once it works the library stays open: its exit handlers would outlive a
// dlclose(3). For the same reason it is never cleaned up; the end of the process does that.
#include "net/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Result;

Error unusable(std::string_view why) {
  return Error(Code::kUnsupported,
               "registries and downloads need libcurl 7.85 or newer (Debian's package libcurl4): " +
                   std::string(why));
}

// Looks functions up one after the other and remembers the first that is not there.
class Symbols {
 public:
  explicit Symbols(void* library) : library_(library) {}

  template <typename Function>
  Symbols& find(const char* name, Function& out) {
    out = reinterpret_cast<Function>(::dlsym(library_, name));
    if (out == nullptr && missing_ == nullptr) missing_ = name;
    return *this;
  }
  const char* missing() const { return missing_; }

 private:
  void* library_;
  const char* missing_ = nullptr;
};

}  // namespace

Result<CurlLibrary> open_curl_library(const char* file) {
  void* library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return unusable(why != nullptr ? why : file);
  }
  CurlLibrary curl;
  Symbols symbols(library);
  symbols.find("curl_global_init", curl.global_init)
      .find("curl_easy_init", curl.easy_init)
      .find("curl_easy_cleanup", curl.easy_cleanup)
      .find("curl_easy_reset", curl.easy_reset)
      .find("curl_easy_setopt", curl.easy_setopt)
      .find("curl_easy_getinfo", curl.easy_getinfo)
      .find("curl_easy_pause", curl.easy_pause)
      .find("curl_easy_strerror", curl.easy_strerror)
      .find("curl_multi_init", curl.multi_init)
      .find("curl_multi_cleanup", curl.multi_cleanup)
      .find("curl_multi_add_handle", curl.multi_add_handle)
      .find("curl_multi_remove_handle", curl.multi_remove_handle)
      .find("curl_multi_perform", curl.multi_perform)
      .find("curl_multi_info_read", curl.multi_info_read)
      .find("curl_multi_poll", curl.multi_poll)
      .find("curl_multi_strerror", curl.multi_strerror)
      .find("curl_slist_append", curl.slist_append)
      .find("curl_slist_free_all", curl.slist_free_all)
      .find("curl_url", curl.url)
      .find("curl_url_cleanup", curl.url_cleanup)
      .find("curl_url_set", curl.url_set)
      .find("curl_url_get", curl.url_get)
      .find("curl_url_strerror", curl.url_strerror)
      .find("curl_free", curl.free);
  if (symbols.missing() != nullptr) {
    ::dlclose(library);
    return unusable(std::string(file) + " has no " + symbols.missing());
  }
  return curl;
}

Result<const CurlLibrary*> curl_library() {
  // State of the whole process, because libcurl's own is that too.
  static const Result<CurlLibrary> opened = [] {
    auto curl = open_curl_library("libcurl.so.4");
    if (curl && curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      curl = unusable("it cannot be initialised");
    }
    return curl;
  }();
  if (!opened) return opened.error();
  return &*opened;
}

}  // namespace bulkhead::net
