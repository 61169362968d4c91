// SPDX-License-Identifier: Apache-2.0
// connect(2) without blocking, so that a silent address costs at most the time that is left.
#include "net/tcp.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using std::chrono::steady_clock;

// 0, or the errno of why not.
int connect_one(const Fd& fd, const addrinfo& address, steady_clock::time_point end) {
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) return ETIMEDOUT;
    pollfd wait{fd.get(), POLLOUT, 0};
    int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return errno;
    if (ready > 0) break;
  }
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

Result<Fd> connect_tcp(const std::string& host, uint16_t port, uint32_t timeout_ms) {
  auto end = steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string where = host + " port " + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &raw);
  if (failed != 0) return Error(Code::kNetwork, where + ": " + ::gai_strerror(failed));
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, ::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* address = raw; address != nullptr; address = address->ai_next) {
    Fd fd(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) continue;
    error = connect_one(fd, *address, end);
    if (error == 0) {
      int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      if (::fcntl(fd.get(), F_SETFL, 0) != 0) return base::errno_error("set up a socket", "");
      return fd;
    }
  }
  return Error(error == ETIMEDOUT ? Code::kTimeout : Code::kNetwork,
               where + ": " + std::strerror(error));  // NOLINT: single-threaded use
}

}  // namespace bulkhead::net
