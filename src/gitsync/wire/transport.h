// SPDX-License-Identifier: Apache-2.0
// Connection: a conversation with the `git-upload-pack` of one repository, over HTTP or SSH.
// Internal to this room.
#pragma once

#include <memory>
#include <string>

#include "base/io.h"
#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {

class Connection {
 public:
  virtual ~Connection() = default;
  // What the server says first. Sources are valid until the next call.
  virtual base::Result<base::Source*> greeting() = 0;
  // Sends a request and gives the stream of the answer.
  virtual base::Result<base::Source*> request(const std::string& body) = 0;
};

// The remote and limits must outlive the connection.
base::Result<std::unique_ptr<Connection>> connect_http(const Location& location,
                                                       const Remote& remote, const Limits& limits,
                                                       net::HttpClient& http,
                                                       const Deadline& deadline);
base::Result<std::unique_ptr<Connection>> connect_ssh(const Location& location,
                                                      const Remote& remote,
                                                      const Deadline& deadline);

}  // namespace bulkhead::gitsync
