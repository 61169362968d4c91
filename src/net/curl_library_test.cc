// SPDX-License-Identifier: Apache-2.0
#include "net/curl_library.h"

#include <gtest/gtest.h>

namespace bulkhead::net {
namespace {

TEST(CurlLibrary, IsOpenedOnce) {
  auto first = curl_library();
  ASSERT_TRUE(first) << first.error().message();
  auto second = curl_library();
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
  EXPECT_STREQ((*first)->easy_strerror(CURLE_OK), "No error");
}

TEST(CurlLibrary, SaysWhatToInstallWhenItIsMissing) {
  auto opened = open_curl_library("libno-such-thing.so.4");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), base::Code::kUnsupported);
  EXPECT_NE(opened.error().message().find("libcurl4"), std::string::npos);
  EXPECT_NE(opened.error().message().find("libno-such-thing.so.4"), std::string::npos);
}

TEST(CurlLibrary, NamesTheFunctionThatAnotherLibraryLacks) {
  auto opened = open_curl_library("libc.so.6");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), base::Code::kUnsupported);
  EXPECT_NE(opened.error().message().find("curl_global_init"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::net
