// SPDX-License-Identifier: Apache-2.0
// FakeRegistry: a small real registry on loopback (OCI distribution specification, the reading
// half) that can also misbehave in the ways real ones do. It has three servers: the registry, its
// token service and the storage that blobs may be redirected to.
//
//   FakeRegistry registry;
//   registry.add_layout("layout", "team/app");    // or add_blob, add_manifest
//   ... "127.0.0.1:PORT/team/app:1.0" is registry.host() + "/team/app:1.0"
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"

namespace bulkhead::testing {

class FakeRegistry {
 public:
  enum class Auth { kNone, kBasic, kBearer, kNegotiate };

  // How it treats requests; may be changed between them.
  struct Behaviour {
    Auth auth = Auth::kNone;
    std::string username = "user";
    std::string password = "p4ss:word";  // who knows it may read
    std::string identity_token;          // accepted by POST when set
    bool anonymous_pull = false;         // the token service gives tokens to anybody
    int token_lifetime_s = 300;
    bool tokens_expire = false;  // every token is good for one request only
    std::string realm;           // instead of the own token service

    bool redirect_blobs = false;  // to the storage, which refuses credentials
    bool ignore_ranges = false;
    size_t break_blobs_after = 0;  // bytes per connection; 0 never breaks
    bool spoil_blobs = false;      // the last byte differs
    bool cut_blobs = false;        // shorter by one byte, announced so
    uint32_t piece_delay_ms = 0;   // before every 64 KiB of a blob

    int busy_answers = 0;  // so many requests get busy_status first
    int busy_status = 429;
    std::string retry_after;
    bool no_head = false;  // 405
    bool no_digest_header = false;
    std::string wrong_digest_header;
  };

  FakeRegistry();
  ~FakeRegistry();
  FakeRegistry(const FakeRegistry&) = delete;
  FakeRegistry& operator=(const FakeRegistry&) = delete;

  std::string host() const;  // "127.0.0.1:PORT"
  void set(Behaviour behaviour);

  // Each gives the digest.
  std::string add_blob(std::string bytes);
  std::string add_manifest(const std::string& repository, const std::string& tag,
                           const std::string& media_type, std::string bytes);
  // Everything of an OCI layout directory: its blobs, and what its index.json names by their
  // reference names (else "latest").
  void add_layout(const std::string& directory, const std::string& repository);

  // "GET /v2/a/manifests/1 -> 200", with " auth" behind the path when credentials came along;
  // the token service's and storage's are marked "token:" and "storage:".
  std::vector<std::string> log() const;
  size_t count(std::string_view part) const;  // entries that contain it
  void clear_log();

 private:
  struct Manifest {
    std::string media_type;
    std::string bytes;
  };

  net::ServerResponse serve(const net::ServerRequest& request);
  net::ServerResponse answer(const net::ServerRequest& request);
  net::ServerResponse serve_token(const net::ServerRequest& request);
  net::ServerResponse serve_storage(const net::ServerRequest& request);
  net::ServerResponse manifest(const net::ServerRequest& request, const std::string& repository,
                               const std::string& selector);
  net::ServerResponse blob(const net::ServerRequest& request, const std::string& digest);
  net::ServerResponse token_for(const net::ServerRequest& request, std::string_view authorization);
  bool may_read(const net::ServerRequest& request);
  net::ServerResponse challenge() const;
  void note(std::string_view who, const net::ServerRequest& request, int status);

  mutable std::mutex mutex_;
  Behaviour behaviour_;
  std::map<std::string, std::string> blobs_;
  std::map<std::string, Manifest> manifests_;  // "repository:tag" and "repository@digest"
  std::map<std::string, int> tokens_;          // uses left
  int token_count_ = 0;
  std::vector<std::string> log_;
  std::unique_ptr<net::HttpServer> tokens_server_;
  std::unique_ptr<net::HttpServer> storage_server_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace bulkhead::testing
