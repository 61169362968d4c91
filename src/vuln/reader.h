// SPDX-License-Identifier: Apache-2.0
// A feed reader: one file in readers/ with one FeedReader named after the file's stem.
//
// Reading is cut into chunks, so that the builder can spread all chunks of all feeds over threads
// and still join the results in a fixed order.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "vuln/record.h"

namespace bulkhead::vuln {

// An opened feed.
class Feed {
 public:
  virtual ~Feed() = default;
  virtual size_t chunks() const = 0;
  // Thread-safe. Broken records are diagnostics of the batch; an error means the chunk is lost.
  virtual base::Status read(size_t chunk, Batch& batch) const = 0;
};

struct FeedInput {
  std::string path;     // relative to the mirror's root; also names the feed in diagnostics
  base::ByteView bytes; // outlives the feed
};

struct FeedReader {
  std::string_view name;
  std::string_view summary;
  std::string_view globs;  // paths it reads, separated by spaces
  bool first_hand = false; // a distribution's own statements: they win over conversions of them
  // The name of the source in the database: "osv:npm", "debian".
  std::string (*source)(std::string_view path);
  base::Result<std::unique_ptr<Feed>> (*open)(const FeedInput& input);
};

// All readers, sorted by name (generated from readers/*.cc).
std::span<const FeedReader* const> feed_readers();
const FeedReader* find_feed_reader(std::string_view path);

// A feed that is read in one go.
class WholeFeed final : public Feed {
 public:
  using Read = base::Status (*)(const FeedInput& input, Batch& batch);
  WholeFeed(FeedInput input, Read call) : input_(std::move(input)), read_(call) {}
  size_t chunks() const override { return 1; }
  base::Status read(size_t, Batch& batch) const override { return read_(input_, batch); }

 private:
  FeedInput input_;
  Read read_;
};

}  // namespace bulkhead::vuln
