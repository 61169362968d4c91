// SPDX-License-Identifier: Apache-2.0
// The history is not wanted, so there is nothing to negotiate: one object is asked for, one pack
// comes back. What a server may say is bounded, and everything it says is checked for its form.
#include "gitsync/wire/upload_pack.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr std::string_view kAgent = "agent=bulkhead";
constexpr uint64_t kMaxPreludeBytes = 16 << 20;  // everything before a pack begins

Error unexpected(std::string_view where, const Packet& packet) {
  if (packet.is_data()) {
    std::string_view line = packet.line();
    if (line.starts_with("ERR ")) {
      return Error(Code::kNetwork, "the server says: " + base::printable(line.substr(4), 300));
    }
    return Error(Code::kInvalid,
                 std::string(where) + ": unexpected \"" + base::printable(line, 100) + "\"");
  }
  return Error(Code::kInvalid, std::string(where) + ": ends too early");
}

// Takes the pack out of the side band (gitprotocol-pack(5), "Packfile Data").
class SideBandSource final : public base::Source {
 public:
  explicit SideBandSource(PacketReader reader) : reader_(std::move(reader)) {}

  Result<size_t> read(std::span<std::byte> out) override {
    while (rest_.empty()) {
      if (done_) return size_t{0};
      TRY(next_piece());
    }
    size_t count = std::min(out.size(), rest_.size());
    std::copy_n(base::as_bytes(rest_).begin(), count, out.begin());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  Status next_piece() {
    Packet packet = TRY(reader_.next());
    if (packet.kind == Packet::Kind::kFlush || packet.kind == Packet::Kind::kResponseEnd) {
      done_ = true;
      return {};
    }
    if (!packet.is_data() || packet.data.empty()) return unexpected("pack", packet);
    char band = packet.data.front();
    std::string_view payload = packet.data.substr(1);
    if (band == 1) {
      rest_ = payload;
      return {};
    }
    if (band == 2) return {};  // progress for people
    if (band != 3) return unexpected("pack", packet);
    return Error(Code::kNetwork, "the server says: " + base::printable(base::trim(payload), 300));
  }

  PacketReader reader_;
  std::string_view rest_;
  bool done_ = false;
};

// "<id> <name>[ symref-target:x][ peeled:<id>]" of version 2.
Result<RemoteRef> read_listed_ref(const Packet& packet) {
  auto parts = base::split(packet.line(), ' ');
  if (parts.size() < 2 || !is_object_id(parts[0])) return unexpected("list of refs", packet);
  RemoteRef ref{std::string(parts[1]), std::string(parts[0]), {}};
  for (size_t i = 2; i < parts.size(); ++i) {
    constexpr std::string_view kPeeled = "peeled:";
    if (!parts[i].starts_with(kPeeled)) continue;
    ref.peeled = parts[i].substr(kPeeled.size());
    if (!is_object_id(ref.peeled)) return unexpected("list of refs", packet);
  }
  return ref;
}

Status skip_shallow_lines(PacketReader& in, Packet::Kind end) {
  while (true) {
    Packet packet = TRY(in.next());
    if (packet.kind == end) return {};
    std::string_view line = packet.line();
    if (!packet.is_data() || !(line.starts_with("shallow ") || line.starts_with("unshallow "))) {
      return unexpected("shallow commits", packet);
    }
  }
}

// Up to where the pack begins in an answer of version 2.
Status skip_to_pack_v2(PacketReader& in) {
  while (true) {
    Packet packet = TRY(in.next());
    if (packet.is_data() && packet.line() == "packfile") return {};
    if (!packet.is_data() || packet.line() != "shallow-info") {
      return unexpected("answer to fetch", packet);
    }
    TRY(skip_shallow_lines(in, Packet::Kind::kDelimiter));
  }
}

Status skip_to_pack_v0(PacketReader& in, bool deepened) {
  if (deepened) TRY(skip_shallow_lines(in, Packet::Kind::kFlush));
  Packet packet = TRY(in.next());
  if (packet.is_data() && packet.line() == "NAK") return {};
  return unexpected("answer to fetch", packet);
}

}  // namespace

Result<std::unique_ptr<UploadPack>> UploadPack::open(Connection& connection) {
  auto session = std::make_unique<UploadPack>(connection);
  base::Source* source = TRY(connection.greeting());
  PacketReader in(*source, kMaxRefBytes);
  TRY(session->read_greeting(in));
  TRY(session->check_object_format());
  return session;
}

Status UploadPack::read_greeting(PacketReader& in) {
  Packet first = TRY(in.next());
  // Over HTTP the service may be named first.
  if (first.is_data() && first.line() == "# service=git-upload-pack") {
    Packet flush = TRY(in.next());
    if (flush.kind != Packet::Kind::kFlush) return unexpected("greeting", flush);
    first = TRY(in.next());
  }
  if (first.is_data() && first.line() == "version 2") {
    version_2_ = true;
    return read_capabilities(in);
  }
  if (first.is_data() && first.line() == "version 1") first = TRY(in.next());
  return read_advertisement(in, first);
}

Status UploadPack::read_capabilities(PacketReader& in) {
  while (true) {
    Packet packet = TRY(in.next());
    if (packet.kind == Packet::Kind::kFlush) return {};
    if (!packet.is_data()) return unexpected("greeting", packet);
    // "fetch=shallow filter": each feature becomes one word.
    auto pair = base::cut(packet.line(), "=");
    if (!pair) {
      capabilities_.emplace(packet.line());
      continue;
    }
    capabilities_.emplace(pair->first);
    for (std::string_view feature : base::split(pair->second, ' ')) {
      capabilities_.insert(std::string(pair->first) + "=" + std::string(feature));
    }
  }
}

Status UploadPack::read_advertisement(PacketReader& in, Packet packet) {
  bool first = true;
  for (; packet.kind != Packet::Kind::kFlush; packet = TRY(in.next()), first = false) {
    if (!packet.is_data()) return unexpected("greeting", packet);
    std::string_view line = packet.line();
    if (first) {
      if (auto parts = base::cut(line, std::string_view("\0", 1))) {
        for (std::string_view word : base::split(parts->second, ' ')) capabilities_.emplace(word);
        line = parts->first;
      }
    }
    if (line.starts_with("shallow ")) continue;
    auto parts = base::cut(line, " ");
    if (!parts || !is_object_id(parts->first)) return unexpected("greeting", packet);
    std::string_view name = parts->second;
    if (name == "capabilities^{}") continue;  // an empty repository
    if (name.ends_with("^{}")) {
      name.remove_suffix(3);
      if (advertised_.empty() || advertised_.back().name != name) {
        return unexpected("greeting", packet);
      }
      advertised_.back().peeled = parts->first;
      continue;
    }
    if (advertised_.size() >= kMaxRefs) return Error(Code::kLimit, "the server has too many refs");
    advertised_.push_back({std::string(name), std::string(parts->first), {}});
  }
  return {};
}

Status UploadPack::check_object_format() const {
  for (const std::string& word : capabilities_) {
    if (word.starts_with("object-format=") && word != "object-format=sha1") {
      return Error(Code::kUnsupported,
                   "the repository uses " + base::printable(word, 64) + "; only sha1 is supported");
    }
  }
  return {};
}

// Version 0 gives only what a ref names, unless it says otherwise.
bool UploadPack::gives(const std::string& id) const {
  return version_2_ || has("allow-reachable-sha1-in-want") || has("allow-any-sha1-in-want") ||
         std::ranges::find(advertised_, id, &RemoteRef::id) != advertised_.end();
}

Result<std::vector<RemoteRef>> UploadPack::refs(const std::vector<std::string>& prefixes) {
  if (!version_2_) {
    std::vector<RemoteRef> out;
    for (const RemoteRef& ref : advertised_) {
      if (std::ranges::any_of(prefixes, [&](auto& p) { return ref.name.starts_with(p); })) {
        out.push_back(ref);
      }
    }
    return out;
  }
  if (!has("ls-refs")) return Error(Code::kUnsupported, "the server cannot list its refs");
  std::string body;
  put_packet(body, "command=ls-refs\n");
  if (has("agent")) put_packet(body, kAgent);
  if (has("object-format")) put_packet(body, "object-format=sha1");
  body += kDelimiterPacket;
  put_packet(body, "peel\n");
  for (const std::string& prefix : prefixes) put_packet(body, "ref-prefix " + prefix + "\n");
  body += kFlushPacket;

  base::Source* source = TRY(connection_.request(body));
  PacketReader in(*source, kMaxRefBytes);
  std::vector<RemoteRef> out;
  while (true) {
    Packet packet = TRY(in.next());
    if (packet.kind == Packet::Kind::kFlush) return out;
    if (!packet.is_data()) return unexpected("list of refs", packet);
    if (out.size() >= kMaxRefs) return Error(Code::kLimit, "the server has too many refs");
    out.push_back(TRY(read_listed_ref(packet)));
  }
}

std::string UploadPack::fetch_v2(const Wanted& wanted) const {
  std::string body;
  put_packet(body, "command=fetch\n");
  if (has("agent")) put_packet(body, kAgent);
  if (has("object-format")) put_packet(body, "object-format=sha1");
  body += kDelimiterPacket;
  put_packet(body, "no-progress\n");
  put_packet(body, "ofs-delta\n");
  put_packet(body, "want " + wanted.id + "\n");
  if (wanted.depth != 0 && has("fetch=shallow")) {
    put_packet(body, "deepen " + std::to_string(wanted.depth) + "\n");
  }
  if (wanted.commits_only && has("fetch=filter")) put_packet(body, "filter tree:0\n");
  put_packet(body, "done\n");
  body += kFlushPacket;
  return body;
}

Result<std::string> UploadPack::fetch_v0(const Wanted& wanted) const {
  if (!has("side-band-64k"))
    return Error(Code::kUnsupported, "the server is too old (no side band)");
  bool filtered = wanted.commits_only && has("filter");
  std::string body;
  std::string line = "want " + wanted.id + " side-band-64k no-progress";
  if (has("ofs-delta")) line += " ofs-delta";
  // Some servers insist; as nothing is offered to build upon, the answer is the same.
  if (has("multi_ack_detailed")) line += " multi_ack_detailed";
  if (has("shallow")) line += " shallow";
  if (filtered) line += " filter";
  if (has("object-format=sha1")) line += " object-format=sha1";
  line += " " + std::string(kAgent);
  put_packet(body, line + "\n");
  if (wanted.depth != 0 && has("shallow")) {
    put_packet(body, "deepen " + std::to_string(wanted.depth) + "\n");
  }
  if (filtered) put_packet(body, "filter tree:0\n");
  body += kFlushPacket;
  put_packet(body, "done\n");
  return body;
}

Result<std::unique_ptr<base::Source>> UploadPack::fetch(const Wanted& wanted) {
  if (!gives(wanted.id)) {
    return Error(Code::kUnsupported,
                 "the server gives only what a branch or tag names, and none "
                 "names " +
                     wanted.id);
  }
  std::string body = version_2_ ? fetch_v2(wanted) : TRY(fetch_v0(wanted));
  base::Source* source = TRY(connection_.request(body));
  // The pack itself is bounded by who reads it.
  PacketReader prelude(*source, kMaxPreludeBytes);
  if (version_2_) {
    TRY(skip_to_pack_v2(prelude));
  } else {
    TRY(skip_to_pack_v0(prelude, wanted.depth != 0 && has("shallow")));
  }
  return std::unique_ptr<base::Source>(
      std::make_unique<SideBandSource>(PacketReader(*source, UINT64_MAX)));
}

}  // namespace bulkhead::gitsync
