// SPDX-License-Identifier: Apache-2.0
#include "net/http_date.h"

#include <gtest/gtest.h>

namespace bulkhead::net {
namespace {

TEST(HttpDate, ReadsAndWrites) {
  for (const char* text : {"Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT",
                           "Wed, 31 Dec 1969 23:59:59 GMT", "Tue, 29 Feb 2028 12:00:00 GMT"}) {
    auto time = parse_http_date(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(format_http_date(*time), text);
  }
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 66 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 UTC"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace bulkhead::net
