// SPDX-License-Identifier: Apache-2.0
// HttpServer: HTTP/1.1 on a TCP address or a Unix socket, for the API, the console, webhooks and
// the fake registry of the tests. A handler turns a request into a response; large bodies are
// pulled from a Source while they are sent. Everything a peer can make grow is bounded.
//
// TLS is not here yet. Its place: a second stream type in http_server.cc beside the plain one, and
// a member of ServerOptions with certificate and key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/io.h"
#include "base/result.h"
#include "net/headers.h"

namespace bulkhead::net {

struct ServerRequest {
  std::string method;  // as sent: "GET"
  std::string target;  // as sent: "/v2/?n=1"
  Headers headers;
  std::string body;
  std::string peer;  // address without port; "" on a Unix socket

  std::string_view path() const;   // of the target, still encoded
  std::string_view query() const;  // without '?'
  // A form field of the query, decoded; nullopt when absent or badly encoded.
  std::optional<std::string> query_value(std::string_view name) const;
};

struct ServerResponse {
  int status = 200;
  Headers headers;  // Content-Length, Transfer-Encoding, Connection and Date are the server's
  std::string body;
  // When set, the body instead of `body`. An error from it breaks the connection, so that the peer
  // sees an incomplete message rather than a wrong one.
  std::unique_ptr<base::Source> stream;
  std::optional<uint64_t> stream_bytes;  // known length; else chunked

  static ServerResponse text(int status, std::string_view body);
};

// Called from the server's threads, several at once; may block.
using Handler = std::function<ServerResponse(const ServerRequest&)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;               // 0: any free one, see HttpServer::port()
  std::string unix_socket;         // when set, listen there (mode 0600) and not on TCP
  uint32_t threads = 2;            // also how many handlers run at once
  uint32_t max_connections = 256;  // more are closed at once
  uint32_t max_requests = 1000;    // over one connection
  uint32_t max_header_bytes = 16 * 1024;
  uint64_t max_body_bytes = 1 << 20;
  uint32_t idle_timeout_ms = 30'000;     // until the head of a request is complete
  uint32_t request_timeout_ms = 30'000;  // for its body
  uint32_t write_timeout_ms = 30'000;    // for the peer to take one piece of the response
  uint32_t stop_grace_ms = 5'000;        // for running requests when the server stops
};

class HttpServer {
 public:
  // Listens and serves on its own threads when this returns.
  static base::Result<std::unique_ptr<HttpServer>> start(ServerOptions options, Handler handler);
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);  // use start()
  ~HttpServer();                                    // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  // Takes no more connections, closes idle ones, lets running requests finish within the grace.
  void stop();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace bulkhead::net
