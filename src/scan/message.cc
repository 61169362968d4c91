// SPDX-License-Identifier: Apache-2.0
// Each packet: for every field its length (4 bytes, little-endian) and its bytes; descriptors
// travel as SCM_RIGHTS (unix(7)).
#include "scan/message.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace bulkhead::scan {
namespace {
constexpr size_t kMaxPacketBytes = 64 * 1024;
}

base::Status send_message(const base::Fd& socket, const Message& message) {
  std::string packet;
  for (const std::string& field : message.fields) {
    for (int i = 0; i < 4; ++i) packet += static_cast<char>(field.size() >> (8 * i));
    packet += field;
  }
  if (packet.size() > kMaxPacketBytes) {
    return base::Error(base::Code::kLimit,
                       "message of " + std::to_string(packet.size()) + " bytes");
  }
  iovec data{packet.data(), packet.size()};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (message.fd.valid()) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    int fd = message.fd.get();
    std::memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
  }
  while (::sendmsg(socket.get(), &header, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return base::errno_error("send", "message");
  }
  return {};
}

base::Result<std::optional<Message>> receive_message(const base::Fd& socket) {
  std::string packet(kMaxPacketBytes, '\0');
  iovec data{packet.data(), packet.size()};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = 0;
  while ((got = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC)) < 0) {
    if (errno == ECONNRESET) return std::optional<Message>();
    if (errno != EINTR) return base::errno_error("receive", "message");
  }
  if (got == 0) return std::optional<Message>();
  Message message;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(c), sizeof(fd));
    message.fd = base::Fd(fd);
  }
  packet.resize(static_cast<size_t>(got));
  base::ByteReader in(base::as_bytes(packet));
  while (in.remaining() != 0) {
    auto size = in.little<uint32_t>();
    auto field = size ? in.take(*size) : std::nullopt;
    if (!field) return base::Error(base::Code::kInvalid, "malformed message");
    message.fields.emplace_back(base::as_text(*field));
  }
  return std::optional<Message>(std::move(message));
}

}  // namespace bulkhead::scan
