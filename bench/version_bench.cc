// SPDX-License-Identifier: Apache-2.0
// Version comparison as matching does it: an installed version against a fixed one of the same
// package, so that they differ late. Items are comparisons; the target is 20 million a second and
// core.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "version/scheme.h"

namespace {

using bulkhead::version::Scheme;

struct Typical {
  std::string_view scheme;
  std::vector<std::string_view> versions;  // installed, fixed, installed, fixed, ...
};

const std::vector<Typical>& typical() {
  static const std::vector<Typical> kTypical = {
      {"apk",
       {"1.2.4-r0", "1.2.4-r2", "1.2.5_git20230717-r4", "1.2.5_git20230717-r5", "3.1.4-r5",
        "3.1.4-r6", "9.5_p1-r0", "9.5_p2-r0", "1.36.1-r29", "1.36.1-r30"}},
      {"bitnami", {"1.21.0-3", "1.21.0-10", "6.7.2", "6.7.2-7", "15.4.0-0", "15.4.1-0"}},
      {"composer",
       {"v5.4.20", "v5.4.21", "2.4.6-p3", "2.4.6-p4", "1.0.0-beta2", "1.0.0-RC1", "8.5.12",
        "8.5.14"}},
      {"cran", {"1.0.12", "1.0.13", "7.3-60", "7.3-61", "0.4.24", "0.4.23"}},
      {"deb",
       {"1.1.1n-0+deb11u4", "1.1.1n-0+deb11u5", "2:8.2.3995-1ubuntu2.16", "2:8.2.3995-1ubuntu2.9",
        "2.36-9+deb12u4", "2.36-9+deb12u7", "1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u1",
        "252.22-1~deb12u1", "252.6-1", "7.88.1-10+deb12u5", "7.88.1-9"}},
      {"gem",
       {"6.1.7.4", "6.1.7.6", "2.2.8.1", "2.2.8", "7.0.0.rc1", "7.0.0", "1.13.10", "1.13.9"}},
      {"go",
       {"v1.8.1", "1.8.3", "1.21.3", "1.21.0-0", "0.17.0", "0.23.0",
        "v0.0.0-20220314234659-1baeb1ce4c0b", "0.0.0-20211108221036-ceb1ce70b4fa",
        "2.0.3+incompatible", "2.0.0"}},
      {"hackage", {"2.1.0.0", "2.1.1.0", "0.11.5.3", "0.11.5.2", "1.4.100.2", "1.4.100.3"}},
      {"hex", {"1.7.10", "1.7.11", "1.0.0-rc.1", "1.0.0", "3.11.2", "3.11.1"}},
      {"maven",
       {"2.14.1", "2.15.0", "5.3.20.RELEASE", "5.3.21", "9.4.43.v20210629", "9.4.41.v20210516",
        "4.1.68.Final", "4.1.77.Final", "1.2-SNAPSHOT", "1.2", "31.1-jre", "32.0.0-android",
        "2.0.0-M1", "2.0.0"}},
      {"nuget",
       {"13.0.1", "13.0.3", "6.0.0-preview.7.21377.19", "6.0.0-rc.1.21451.13", "5.0.0.1", "5.0.0"}},
      {"pacman", {"3.1.4-1", "3.1.4-2", "1:1.2.13-2", "1:1.3-1", "6.6.3.arch1-1", "6.6.3.arch2-1"}},
      {"pep440",
       {"2.31.0", "2.32.0", "1.26.18", "1.26.5", "4.2.9", "4.2.10", "1.0rc1", "1.0", "3.2.1.post1",
        "3.2.1", "23.3.2", "23.3"}},
      {"pub", {"1.2.3", "1.2.4", "2.0.0-nullsafety.0", "2.0.0-nullsafety.1", "0.13.6", "0.13.5"}},
      {"rpm",
       {"1:1.1.1k-9.el8_7", "1:1.1.1k-12.el8_9", "4.18.0-513.9.1.el8_9", "4.18.0-513.11.1.el8_9",
        "7.76.1-26.el9_3.2", "7.76.1-26.el9_3.3", "2.34-83.el9.7", "2.34-100.el9"}},
      {"semver",
       {"4.17.20", "4.17.21", "7.5.1", "7.5.2", "1.2.3-beta.11", "1.2.3-beta.9", "18.2.0", "18.2.1",
        "0.2.1", "0.2.0"}},
  };
  return kTypical;
}

void compare_pairs(benchmark::State& state, const Scheme& scheme,
                   const std::vector<std::string_view>& versions) {
  for (auto _ : state) {
    for (size_t i = 0; i + 1 < versions.size(); i += 2) {
      benchmark::DoNotOptimize(scheme.compare(versions[i], versions[i + 1]) < 0);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(versions.size() / 2));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const Typical& entry : typical()) {
    const Scheme* scheme = bulkhead::version::find_scheme(entry.scheme);
    if (scheme == nullptr) continue;
    benchmark::RegisterBenchmark(std::string(entry.scheme).c_str(), [scheme, &entry](auto& state) {
      compare_pairs(state, *scheme, entry.versions);
    });
  }
  benchmark::RunSpecifiedBenchmarks();
}
