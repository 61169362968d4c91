// SPDX-License-Identifier: Apache-2.0
// Messages between the scanner and the process that opens things for it: a handful of strings and
// at most one file descriptor, over a SOCK_SEQPACKET pair.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::scan {

struct Message {
  std::vector<std::string> fields;
  base::Fd fd;
};

// At most 64 KiB of fields.
base::Status send_message(const base::Fd& socket, const Message& message);
// nullopt when the other side has closed.
base::Result<std::optional<Message>> receive_message(const base::Fd& socket);

}  // namespace bulkhead::scan
