// SPDX-License-Identifier: Apache-2.0
// How fast layers come off: inflating alone, walking a tar alone, and both. The input is made here:
// 200 MB in files of mixed sizes, text that packs about 3:1 between bytes that do not pack. A real
// layer can be measured with BULKHEAD_BENCH_LAYER=FILE.
#include <benchmark/benchmark.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <cstdlib>

#include "archive/compress.h"
#include "archive/tar.h"
#include "base/check.h"
#include "base/fs.h"
#include "tests/support/tar_writer.h"

namespace {

using namespace bulkhead;

const std::string& plain_tar() {
  static const std::string tar = [] {
    testing::TarWriter writer;
    uint32_t random = 1;
    auto next = [&random] {
      random ^= random << 13;
      random ^= random >> 17;
      return random ^= random << 5;
    };
    for (int i = 0; writer.bytes().size() < (200u << 20); ++i) {
      std::string content;
      size_t size = size_t{1} << (6 + next() % 13);
      while (content.size() < size) {
        if (next() % 3 == 0) {
          content += static_cast<char>(next());
        } else {
          content += "the quick brown fox jumps over";
          content.resize(content.size() - next() % 28);
        }
      }
      std::string package = "usr/lib/package" + std::to_string(i / 20);
      writer.file(package + "/file" + std::to_string(i), content);
    }
    return writer.finish();
  }();
  return tar;
}

// 3 million empty files would take too long to make: a tenth of it.
const std::string& empty_files() {
  static const std::string tar = [] {
    testing::TarWriter writer;
    for (int i = 0; i < 300'000; ++i) {
      writer.file("var/data/" + std::to_string(i % 1000) + "/" + std::to_string(i), "");
    }
    return writer.finish();
  }();
  return tar;
}

std::string gzip(const std::string& plain) {
  std::string out(plain.size() + (1 << 20), '\0');
  std::vector<uint8_t> level(ISAL_DEF_LVL3_DEFAULT);
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 3;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<uint32_t>(level.size());
  stream.end_of_stream = 1;
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uint32_t>(plain.size());
  stream.next_out = reinterpret_cast<uint8_t*>(out.data());
  stream.avail_out = static_cast<uint32_t>(out.size());
  CHECK(isal_deflate(&stream) == COMP_OK && stream.avail_in == 0);
  out.resize(stream.total_out);
  return out;
}

const std::string& packed(bool zstd) {
  static const std::string as_gzip = [] {
    if (const char* path = std::getenv("BULKHEAD_BENCH_LAYER")) {
      return base::read_file(path, uint64_t{4} << 30).value();
    }
    return gzip(plain_tar());
  }();
  if (!zstd) return as_gzip;
  static const std::string as_zstd = [] {
    std::string out(ZSTD_compressBound(plain_tar().size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain_tar().data(), plain_tar().size(), 3));
    return out;
  }();
  return as_zstd;
}

base::Limits no_limits() {
  base::Limits limits;
  limits.max_bytes = ~uint64_t{0};
  return limits;
}

void inflate(benchmark::State& state, bool zstd) {
  std::vector<std::byte> out(static_cast<size_t>(state.range(0)) << 10);
  int64_t total = 0;
  const std::string& layer = packed(zstd);  // made before the clock starts
  for (auto _ : state) {
    base::MemorySource memory(base::as_bytes(layer));
    auto source = archive::inflate_source(memory, no_limits()).value();
    while (size_t got = source->read(out).value()) total += static_cast<int64_t>(got);
  }
  state.SetBytesProcessed(total);
}
void inflate_gzip(benchmark::State& state) { inflate(state, false); }
void inflate_zstd(benchmark::State& state) { inflate(state, true); }
BENCHMARK(inflate_gzip)->Arg(16)->Arg(64)->Arg(256)->Arg(1024)->Unit(benchmark::kMillisecond);
BENCHMARK(inflate_zstd)->Arg(16)->Arg(256)->Unit(benchmark::kMillisecond);

// Returns the bytes of content, or of the archive where content is skipped.
int64_t walk(base::Source& source, bool read) {
  archive::TarReader tar(source, {});
  int64_t total = 0;
  while (tar.next().value()) {
    if (!read) total += 512 + static_cast<int64_t>(tar.entry().stored_size);
    while (read) {
      base::ByteView piece = tar.read_piece().value();
      if (piece.empty()) break;
      total += static_cast<int64_t>(piece.size());
      benchmark::DoNotOptimize(piece.data());
    }
  }
  return total;
}

void walk_tar(benchmark::State& state) {
  int64_t total = 0;
  const std::string& layer = plain_tar();
  for (auto _ : state) {
    base::MemorySource memory(base::as_bytes(layer));
    total += walk(memory, state.range(0) != 0);
  }
  state.SetBytesProcessed(total);
}
BENCHMARK(walk_tar)->ArgName("read")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void walk_empty_files(benchmark::State& state) {
  int64_t entries = 0;
  const std::string& layer = empty_files();
  for (auto _ : state) {
    base::MemorySource memory(base::as_bytes(layer));
    archive::TarReader tar(memory, {});
    while (tar.next().value()) ++entries;
  }
  state.SetItemsProcessed(entries);
}
BENCHMARK(walk_empty_files)->Unit(benchmark::kMillisecond);

void walk_layer(benchmark::State& state) {
  int64_t total = 0;
  const std::string& layer = packed(state.range(1) != 0);
  for (auto _ : state) {
    base::MemorySource memory(base::as_bytes(layer));
    auto source = archive::inflate_source(memory, no_limits()).value();
    total += walk(*source, state.range(0) != 0);
  }
  state.SetBytesProcessed(total);
}
BENCHMARK(walk_layer)->ArgNames({"read", "zstd"})->ArgsProduct({{0, 1}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
