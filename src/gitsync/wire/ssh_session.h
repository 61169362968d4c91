// SPDX-License-Identifier: Apache-2.0
// One SSH session that runs one command, over libssh2 (opened on first use). Internal to this room.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {

class SshSession {
 public:
  // Connects, checks the host's key against known_hosts (there is no trust on first use), shows who
  // we are, and starts the command. Location and deadline must outlive the session.
  static base::Result<std::unique_ptr<SshSession>> start(const Location& location,
                                                         const Credentials& credentials,
                                                         const std::string& command,
                                                         const Deadline& deadline);
  struct State;
  explicit SshSession(std::unique_ptr<State> state);  // use start()
  ~SshSession();

  base::Status write(std::string_view bytes);
  // What the command writes; 0 at its end. An end right at the start is an error with what it wrote
  // to its stderr.
  base::Result<size_t> read(std::span<std::byte> out);

 private:
  std::unique_ptr<State> state_;
};

// RSA keys: kUnsupported, because libssh2 of Debian 12 signs with SHA-1 for them. Apart, because it
// reads a file.
base::Status check_private_key(std::string_view text, const std::string& path);

}  // namespace bulkhead::gitsync
