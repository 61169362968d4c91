// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over its corpus as an ordinary test: every file as it is, cut at up to 64
// places, and with single bytes changed at up to 256 places. Deterministic, no libFuzzer needed.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& bytes) {
  // A heap copy of the exact size lets AddressSanitizer see one byte past the end.
  std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void mutate(const std::string& bytes) {
  size_t cuts = std::max<size_t>(1, bytes.size() / 64);
  for (size_t at = 0; at < bytes.size(); at += cuts) run(bytes.substr(0, at));
  size_t steps = std::max<size_t>(1, bytes.size() / 256);
  uint32_t random = 2463534242;
  for (size_t at = 0; at < bytes.size(); at += steps) {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    std::string changed = bytes;
    changed[at] = static_cast<char>(random);
    run(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
      run(bytes);
      if (bytes.size() <= 256 * 1024) mutate(bytes);
      ++files;
    }
  }
  std::printf("%zu corpus files\n", files);
  return files == 0 ? 1 : 0;
}
