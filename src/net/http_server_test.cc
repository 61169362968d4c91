// SPDX-License-Identifier: Apache-2.0
// The server against bytes written by hand, since what matters is what a hostile peer may send.
#include "net/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/fs.h"

namespace bulkhead::net {
namespace {

using base::Fd;

Fd connect_to(uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return fd;
}

void put(const Fd& fd, std::string_view text) {
  ssize_t sent = ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  EXPECT_GE(sent, 0);
}

std::string read_to_end(const Fd& fd) {
  std::string out;
  char chunk[4096];
  ssize_t got = 0;
  while ((got = ::recv(fd.get(), chunk, sizeof(chunk), 0)) > 0) {
    out.append(chunk, static_cast<size_t>(got));
  }
  return got < 0 ? out + "<reset>" : out;
}

std::string ask(uint16_t port, std::string_view request) {
  Fd fd = connect_to(port);
  put(fd, request);
  return read_to_end(fd);
}

// "status line|body" of the only response in text.
std::string summary(const std::string& text) {
  size_t line = text.find("\r\n");
  size_t body = text.find("\r\n\r\n");
  if (line == std::string::npos || body == std::string::npos) return text;
  return text.substr(0, line) + "|" + text.substr(body + 4);
}

// A source of so many bytes 'x', which fails at the end if told to.
class Xs final : public base::Source {
 public:
  Xs(uint64_t count, bool fail) : left_(count), fail_(fail) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t n = static_cast<size_t>(std::min<uint64_t>(left_, out.size()));
    std::fill_n(out.begin(), n, std::byte{'x'});
    left_ -= n;
    if (n == 0 && fail_) return base::Error(base::Code::kIo, "broken on purpose");
    return n;
  }

 private:
  uint64_t left_;
  bool fail_;
};

ServerResponse handle(const ServerRequest& request) {
  if (request.path() == "/echo") return ServerResponse::text(200, request.method + request.body);
  if (request.path() == "/query") {
    return ServerResponse::text(200, request.query_value("a").value_or("none"));
  }
  if (request.path() == "/split") {
    ServerResponse response = ServerResponse::text(200, "");
    response.headers.set("X-Bad", "a\r\nX-Injected: b");
    return response;
  }
  if (request.path() == "/throw") std::string().at(1) = 0;  // a library that throws
  if (request.path() == "/none") return ServerResponse::text(204, "ignored");
  ServerResponse response;
  if (request.path() == "/chunked") response.stream = std::make_unique<Xs>(70000, false);
  if (request.path() == "/broken-chunks") response.stream = std::make_unique<Xs>(10, true);
  if (request.path() == "/broken") {
    response.stream = std::make_unique<Xs>(10, true);
    response.stream_bytes = 20;
  }
  if (request.path() == "/sized") {
    response.stream = std::make_unique<Xs>(5, false);
    response.stream_bytes = 5;
  }
  if (!response.stream) response.status = 404;
  return response;
}

std::unique_ptr<HttpServer> start(ServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), handle);
  EXPECT_TRUE(server);
  return std::move(server).value();
}

TEST(HttpServer, Answers) {
  auto server = start();
  struct Case {
    const char* request;
    const char* expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"GET /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK|GET"},
           {"POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 200 OK|POSThi"},
           {"POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            "\r\n2\r\nhi\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK|POSThi"},
           {"HEAD /sized HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK|"},
           {"GET /sized HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK|xxxxx"},
           {"GET /none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 204 No Content|"},
           {"GET /query?b=1&a=x%20y+z HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK|x y z"},
           {"GET /query?a=%zz HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK|none"},
           {"GET /throw HTTP/1.0\r\n\r\n", "HTTP/1.1 500 Internal Server Error|internal error\n"},
       }) {
    EXPECT_EQ(summary(ask(server->port(), c.request)), c.expected) << c.request;
  }
  // Two requests sent at once over one connection.
  std::string both = ask(server->port(),
                         "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n"
                         "GET /sized HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(both.find("\r\n\r\nGETHTTP/1.1 200 OK"), std::string::npos) << both;
  EXPECT_TRUE(both.ends_with("xxxxx")) << both;
  std::string chunked =
      ask(server->port(), "GET /chunked HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(chunked.find("\r\n\r\n10000\r\nxxx"), std::string::npos);
  EXPECT_TRUE(chunked.ends_with("\r\n0\r\n\r\n"));
  EXPECT_EQ(ask(server->port(), "GET /split HTTP/1.0\r\n\r\n").find("Injected"), std::string::npos);
  // A failing source is seen as a broken connection, not as the end.
  std::string broken = ask(server->port(), "GET /broken HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(broken.ends_with("\r\n\r\nxxxxxxxxxx")) << broken;
  EXPECT_NE(broken.find("Content-Length: 20\r\n"), std::string::npos);
  EXPECT_TRUE(ask(server->port(), "GET /broken-chunks HTTP/1.0\r\n\r\n").ends_with("<reset>"));
  // A body announced with Expect.
  std::string expected = ask(server->port(),
                             "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                             "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_TRUE(expected.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")) << expected;
}

TEST(HttpServer, RefusesTooMuch) {
  ServerOptions options;
  options.max_header_bytes = 1000;
  options.max_body_bytes = 100;
  options.idle_timeout_ms = 1000;
  options.max_connections = 3;
  auto server = start(options);
  std::string line = "GET / HTTP/1.1\r\nX: ";
  EXPECT_TRUE(
      ask(server->port(), line + std::string(5000, 'a') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
  EXPECT_TRUE(ask(server->port(),
                  "POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'a'))
                  .starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(ask(server->port(), "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n200\r\n" +
                                      std::string(0x200, 'a') + "\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(ask(server->port(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(
      ask(server->port(), "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
          .starts_with("HTTP/1.1 400"));
  // A peer that never finishes its head is dropped.
  EXPECT_EQ(ask(server->port(), "GET / HTTP/1.1\r\nX: "), "");
  std::vector<Fd> crowd;
  for (int i = 0; i < 3; ++i) crowd.push_back(connect_to(server->port()));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  Fd refused = connect_to(server->port());
  char byte = 0;
  EXPECT_LE(::recv(refused.get(), &byte, 1, 0), 0);
}

TEST(HttpServer, StopsGracefully) {
  std::atomic<bool> entered{false};
  ServerOptions options;
  auto made = HttpServer::start(options, [&](const ServerRequest&) {
    entered = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return ServerResponse::text(200, "finished");
  });
  ASSERT_TRUE(made);
  auto server = std::move(made).value();
  Fd idle = connect_to(server->port());
  std::string answer;
  std::thread client([&] { answer = ask(server->port(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); });
  while (!entered) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  auto start_of_stop = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start_of_stop, std::chrono::seconds(4));
  client.join();
  EXPECT_EQ(summary(answer), "HTTP/1.1 200 OK|finished");
  EXPECT_EQ(read_to_end(idle), "");
}

TEST(HttpServer, SaysWhereItCannotListen) {
  ServerOptions options;
  options.unix_socket = "/proc/nonexistent/s";
  auto server = HttpServer::start(options, handle);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().message().find("cannot listen on /proc/nonexistent/s: "), 0u);
  options.unix_socket.clear();
  options.address = "not an address";
  EXPECT_FALSE(HttpServer::start(options, handle));
}

}  // namespace
}  // namespace bulkhead::net
