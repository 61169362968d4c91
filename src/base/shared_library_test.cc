// SPDX-License-Identifier: Apache-2.0
#include "base/shared_library.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(SharedLibrary, CallsAFunction) {
  auto library = SharedLibrary::open("libm.so.6", "libc6");
  ASSERT_TRUE(library) << library.error().message();
  double (*floor)(double) = nullptr;
  ASSERT_TRUE(library->bind("floor", floor));
  EXPECT_EQ(floor(2.5), 2.0);
}

TEST(SharedLibrary, NamesThePackageThatIsMissing) {
  auto library = SharedLibrary::open("libbulkhead-is-not-there.so.1", "libbulkhead-none");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code(), Code::kUnsupported);
  EXPECT_NE(library.error().message().find("install the package libbulkhead-none"),
            std::string::npos);
}

TEST(SharedLibrary, NamesTheFunctionThatIsMissing) {
  auto library = SharedLibrary::open("libm.so.6", "libc6");
  ASSERT_TRUE(library);
  void (*function)() = nullptr;
  auto bound = library->bind("bulkhead_has_no_such_function", function);
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().message().find("bulkhead_has_no_such_function"), std::string::npos);
  EXPECT_EQ(function, nullptr);
}

}  // namespace
}  // namespace bulkhead::base
