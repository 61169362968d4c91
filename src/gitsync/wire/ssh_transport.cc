// SPDX-License-Identifier: Apache-2.0
// Git over SSH: the server's git-upload-pack is started with the path, and one stream carries
// greeting, requests and answers (gitprotocol-pack(5), SSH Transport).
#include <utility>

#include "gitsync/wire/ssh_session.h"
#include "gitsync/wire/transport.h"

namespace bulkhead::gitsync {
namespace {

using base::Result;

// For the shell at the other end, as git quotes it.
std::string quote(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '!') {
      out.append("'\\").append(1, c).append("'");
    } else {
      out.push_back(c);
    }
  }
  return out + "'";
}

class SshConnection final : public Connection, private base::Source {
 public:
  explicit SshConnection(std::unique_ptr<SshSession> session) : session_(std::move(session)) {}

  Result<base::Source*> greeting() override { return static_cast<base::Source*>(this); }
  Result<base::Source*> request(const std::string& body) override {
    TRY(session_->write(body));
    return static_cast<base::Source*>(this);
  }

 private:
  Result<size_t> read(std::span<std::byte> out) override { return session_->read(out); }

  std::unique_ptr<SshSession> session_;
};

}  // namespace

Result<std::unique_ptr<Connection>> connect_ssh(const Location& location, const Remote& remote,
                                                const Deadline& deadline) {
  auto session = TRY(SshSession::start(location, remote.credentials,
                                       "git-upload-pack " + quote(location.path), deadline));
  return std::unique_ptr<Connection>(std::make_unique<SshConnection>(std::move(session)));
}

}  // namespace bulkhead::gitsync
