// SPDX-License-Identifier: Apache-2.0
// Where the real test cases and feeds lie: BULKHEAD_CASES and BULKHEAD_FEEDS, else ../shared beside
// the checkout. Tests that need them are skipped when they are absent (ctest counts and names
// them), on a machine that is nobody's continuous integration.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace bulkhead::testing {

inline constexpr int kSkip = 77;

// In continuous integration (CI=true) they must be there: what was not tried must not pass for what
// worked.
inline bool must_be_there() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}
// The exit code of a program whose cases are absent.
inline int absent(const char* what) {
  std::printf("no cases: BULKHEAD_CASES or ../shared/cases should have %s\n", what);
  return must_be_there() ? 1 : kSkip;
}
// The same inside a GoogleTest test.
#define SKIP_WITHOUT(folder)                                              \
  do {                                                                    \
    if (!(folder).empty()) break;                                         \
    if (bulkhead::testing::must_be_there()) FAIL() << "absent: " #folder; \
    GTEST_SKIP() << "absent: " #folder;                                   \
  } while (false)

inline std::string shared_folder(const char* variable, const char* name) {
  const char* set = std::getenv(variable);
  std::string path = set != nullptr && *set != '\0'
                         ? set
                         : std::string(BULKHEAD_SOURCE_DIR) + "/../shared/" + name;
  return std::filesystem::is_directory(path) ? path : "";
}
// Empty when absent.
inline std::string cases_folder(const char* corpus) {
  std::string root = shared_folder("BULKHEAD_CASES", "cases");
  if (root.empty()) return "";
  std::string path = root + "/" + corpus;
  return std::filesystem::is_directory(path) ? path : "";
}
inline std::string feeds_folder() { return shared_folder("BULKHEAD_FEEDS", "feeds"); }

// Counts the cases of a corpus, lists the misses, decides by the share that must pass.
class CaseCount {
 public:
  void pass() { ++total_; }
  void miss(const std::string& what) {
    ++total_;
    ++missed_;
    if (missed_ <= 200) std::printf("MISS %s\n", what.c_str());
  }
  // A case of a kind that is not read yet: counted apart and named.
  void not_yet(const std::string& kind) {
    ++not_yet_;
    std::printf("not yet read: %s\n", kind.c_str());
  }
  int finish(double required) const {
    if (not_yet_ != 0) std::printf("%zu cases of types not yet read\n", not_yet_);
    std::printf("%zu of %zu\n", total_ - missed_, total_);
    if (total_ == 0) return 1;
    double share = static_cast<double>(total_ - missed_) / static_cast<double>(total_);
    return share + 1e-12 >= required ? 0 : 1;
  }

 private:
  size_t total_ = 0;
  size_t missed_ = 0;
  size_t not_yet_ = 0;
};

}  // namespace bulkhead::testing
