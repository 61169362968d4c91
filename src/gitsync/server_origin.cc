// SPDX-License-Identifier: Apache-2.0
// A server is asked for one commit without history. Only when another commit was in force before is
// history fetched too, commits alone where the server can, to see that the new one descends from
// it: first a short piece, which nearly always is enough, then all of it.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/fs.h"
#include "base/text.h"
#include "gitsync/history.h"
#include "gitsync/object_store.h"
#include "gitsync/origin.h"
#include "gitsync/wire/transport.h"
#include "gitsync/wire/upload_pack.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint32_t kFirstDepth = 64;

class ServerOrigin final : public Origin {
 public:
  ServerOrigin(const Location& location, const Remote& remote, const Limits& limits,
               Environment environment, const Deadline& deadline)
      : location_(location),
        remote_(remote),
        limits_(limits),
        environment_(environment),
        deadline_(deadline) {}

  Result<std::string> resolve(const std::string& ref) override {
    if (is_object_id(ref)) return ref;
    TRY(connect());
    std::vector<std::string> names = candidates(ref);
    auto refs = TRY(session_->refs(names));
    std::vector<std::optional<std::string>> found;
    for (const std::string& name : names) {
      auto match = std::ranges::find(refs, name, &RemoteRef::name);
      found.push_back(match == refs.end() ? std::nullopt : std::optional(match->id));
    }
    return choose(ref, found);
  }

  Status fetch(const std::string& id, const std::string& pack_file) override {
    return fetch_pack({.id = id, .depth = 1, .commits_only = false}, pack_file);
  }

  Result<bool> descends(const std::string& tip, const std::string& commit,
                        const std::string& ancestor, const std::string& scratch) override {
    for (uint32_t depth : {kFirstDepth, 0u}) {
      std::string objects = scratch + "/depth-" + std::to_string(depth);
      TRY(base::make_directories(objects));
      std::string pack = objects + "/received.pack";
      TRY(fetch_pack({.id = tip, .depth = depth, .commits_only = true}, pack));
      TRY(index_pack(pack, objects, limits_, deadline_));
      ObjectStore store = TRY(ObjectStore::open(objects));
      if (TRY(reaches(store, commit, ancestor, deadline_))) return true;
    }
    return false;
  }

 private:
  // A fresh conversation, unless there is one in which nothing was fetched yet.
  Status connect() {
    if (session_) return {};
    if (location_.kind == Location::Kind::kHttp) {
      connection_ = TRY(connect_http(location_, remote_, limits_, environment_.http, deadline_));
    } else {
      connection_ = TRY(connect_ssh(location_, remote_, deadline_));
    }
    session_ = TRY(UploadPack::open(*connection_));
    return {};
  }

  Status fetch_pack(const Wanted& wanted, const std::string& pack_file) {
    TRY(connect());
    auto session = std::exchange(session_, nullptr);  // good for one fetch
    auto pack = TRY(session->fetch(wanted));
    base::Fd out(::open(pack_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out.valid()) return base::errno_error("make", pack_file);
    std::array<std::byte, 64 << 10> piece;
    uint64_t total = 0;
    while (true) {
      size_t got = TRY(pack->read(piece));
      if (got == 0) return {};
      total += got;
      if (total > limits_.max_pack_bytes) {
        return Error(Code::kLimit, "the server sends more than the limit of " +
                                       std::to_string(limits_.max_pack_bytes) + " bytes");
      }
      TRY(deadline_.check());
      TRY(base::write_all(out, std::span(piece).first(got)));
    }
  }

  const Location& location_;
  const Remote& remote_;
  const Limits& limits_;
  Environment environment_;
  const Deadline& deadline_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<UploadPack> session_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_server(const Location& location, const Remote& remote,
                                            const Limits& limits, Environment environment,
                                            const Deadline& deadline) {
  return std::unique_ptr<Origin>(
      std::make_unique<ServerOrigin>(location, remote, limits, environment, deadline));
}

}  // namespace bulkhead::gitsync
