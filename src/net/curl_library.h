// SPDX-License-Identifier: Apache-2.0
// libcurl, opened when something first needs it. Internal to this room.
//
// It brings some thirty libraries with it (TLS, Kerberos, LDAP, SSH, ...), whose loading takes as
// long as scanning an unchanged local image. So the program is not linked to it, and a scan that
// asks no network does not pay for it. Types and constants come from curl's own header.
#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace bulkhead::net {

// The functions of libcurl that this room calls, each named as there without "curl_".
struct CurlLibrary {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_pause) easy_pause = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_multi_init) multi_init = nullptr;
  decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
  decltype(&::curl_multi_add_handle) multi_add_handle = nullptr;
  decltype(&::curl_multi_remove_handle) multi_remove_handle = nullptr;
  decltype(&::curl_multi_perform) multi_perform = nullptr;
  decltype(&::curl_multi_info_read) multi_info_read = nullptr;
  decltype(&::curl_multi_poll) multi_poll = nullptr;
  decltype(&::curl_multi_strerror) multi_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
  decltype(&::curl_url) url = nullptr;
  decltype(&::curl_url_cleanup) url_cleanup = nullptr;
  decltype(&::curl_url_set) url_set = nullptr;
  decltype(&::curl_url_get) url_get = nullptr;
  decltype(&::curl_url_strerror) url_strerror = nullptr;
  decltype(&::curl_free) free = nullptr;
};

// The library, opened and initialised once in the life of the process, for any thread. kUnsupported
// says what to install when it is missing or too old.
base::Result<const CurlLibrary*> curl_library();

// What curl_library() does with "libcurl.so.4".
base::Result<CurlLibrary> open_curl_library(const char* file);

}  // namespace bulkhead::net
