// SPDX-License-Identifier: Apache-2.0
// docker-credential-NAME: programs that keep credentials (docker credential helpers protocol).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "oci/registry_config.h"

namespace bulkhead::oci {

// Asks `docker-credential-NAME get` for the credentials of a server. Empty credentials when it
// knows none. kInvalid for names outside [a-z0-9-], kNotFound when there is no such program,
// kTimeout, kLimit (more than 64 KiB of output), kDenied with the helper's message when it failed.
base::Result<Credentials> ask_credential_helper(std::string_view name, std::string_view server,
                                                uint32_t timeout_ms = 30'000);

}  // namespace bulkhead::oci
