// SPDX-License-Identifier: Apache-2.0
#include "net/tcp.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bulkhead::net {
namespace {

TEST(Tcp, ConnectsOrSaysWhyNot) {
  base::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  uint16_t port = ntohs(address.sin_port);

  auto connected = connect_tcp("127.0.0.1", port, 5000);
  ASSERT_TRUE(connected) << connected.error().message();
  base::Fd accepted(::accept(listener.get(), nullptr, nullptr));
  ASSERT_TRUE(base::write_all(*connected, base::as_bytes("hi")));
  char text[2];
  EXPECT_EQ(::read(accepted.get(), text, 2), 2);

  listener.reset();
  auto refused = connect_tcp("127.0.0.1", port, 5000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Code::kNetwork);
  EXPECT_NE(refused.error().message().find("127.0.0.1 port"), std::string::npos);
  EXPECT_FALSE(connect_tcp("no-such-host.invalid", 1, 5000));
}

}  // namespace
}  // namespace bulkhead::net
