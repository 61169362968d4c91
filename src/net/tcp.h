// SPDX-License-Identifier: Apache-2.0
// A plain TCP connection, for protocols that a library of another room speaks over it.
#pragma once

#include <cstdint>
#include <string>

#include "base/fs.h"
#include "base/result.h"

namespace bulkhead::net {

// Tries the addresses of the host in turn. The descriptor is blocking. kNetwork, kTimeout.
base::Result<base::Fd> connect_tcp(const std::string& host, uint16_t port, uint32_t timeout_ms);

}  // namespace bulkhead::net
