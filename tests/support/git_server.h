// SPDX-License-Identifier: Apache-2.0
// GitServer: a repository over smart HTTP on loopback, answered by git itself, that can misbehave
// in the ways servers and attackers do.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/http_server.h"

namespace bulkhead::testing {

class GitServer {
 public:
  struct Behaviour {
    bool version_2 = true;
    std::string authorization;    // the field that is wanted, or ""
    std::string redirect;         // where GET is sent to, or ""
    std::string content_type;     // instead of the right one
    std::string greeting;         // instead of git's
    std::string answer;           // to POST, instead of git's
    size_t cut_answer = 0;        // so many bytes are missing at its end
    size_t spoil_answer = 0;      // that byte, from its end, is another
    uint32_t piece_delay_ms = 0;  // before every 100 bytes of an answer
  };
  struct Seen {
    std::string method;
    std::string target;
    std::string authorization;
    std::string body;
  };

  // Serves the repository in a directory as /repo.
  explicit GitServer(std::string directory);
  ~GitServer();

  std::string url() const;
  uint16_t port() const { return server_->port(); }
  void set(Behaviour behaviour);
  std::vector<Seen> seen() const;

 private:
  net::ServerResponse serve(const net::ServerRequest& request);
  net::ServerResponse git(const Behaviour& behaviour, const net::ServerRequest& request);

  std::string directory_;
  mutable std::mutex mutex_;
  Behaviour behaviour_;
  std::vector<Seen> seen_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace bulkhead::testing
