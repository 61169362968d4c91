// SPDX-License-Identifier: Apache-2.0
// The client's side of git-upload-pack: protocol version 2 (gitprotocol-v2(5)), and version 0
// (gitprotocol-pack(5)) for servers that know no better. Internal to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/io.h"
#include "base/result.h"
#include "gitsync/wire/pkt_line.h"
#include "gitsync/wire/transport.h"

namespace bulkhead::gitsync {

struct RemoteRef {
  std::string name;
  std::string id;
  std::string peeled;  // what an annotated tag points to, or ""
};

struct Wanted {
  std::string id;
  uint32_t depth = 0;         // so many commits deep; 0: all of the history
  bool commits_only = false;  // leave trees and files out, where the server can
};

// One conversation: refs, then at most one fetch.
class UploadPack {
 public:
  static constexpr uint64_t kMaxRefBytes = 16 << 20;
  static constexpr size_t kMaxRefs = 200'000;

  explicit UploadPack(Connection& connection) : connection_(connection) {}  // use open()
  // Reads the greeting. The connection outlives this.
  static base::Result<std::unique_ptr<UploadPack>> open(Connection& connection);

  // Refs whose name begins with one of the prefixes.
  base::Result<std::vector<RemoteRef>> refs(const std::vector<std::string>& prefixes);
  // The pack, to be read to its end. What the server says against it is the error of fetch() or of
  // the reading.
  base::Result<std::unique_ptr<base::Source>> fetch(const Wanted& wanted);

 private:
  bool gives(const std::string& id) const;
  base::Status read_greeting(PacketReader& in);
  base::Status read_capabilities(PacketReader& in);
  base::Status read_advertisement(PacketReader& in, Packet first);
  base::Status check_object_format() const;
  std::string fetch_v2(const Wanted& wanted) const;
  base::Result<std::string> fetch_v0(const Wanted& wanted) const;
  bool has(std::string_view capability) const { return capabilities_.contains(capability); }

  Connection& connection_;
  bool version_2_ = false;
  std::set<std::string, std::less<>> capabilities_;  // "shallow", "fetch=shallow", "agent=..."
  std::vector<RemoteRef> advertised_;                // version 0
};

}  // namespace bulkhead::gitsync
