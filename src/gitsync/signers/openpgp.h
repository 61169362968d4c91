// SPDX-License-Identifier: Apache-2.0
// OpenPGP signatures, by the installed gpgv. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"

namespace bulkhead::gitsync {

// The keyring is a file of public keys, armoured or not. gpgv judges expiry at the present time.
Signature judge_openpgp(std::string_view armoured, std::string_view payload,
                        const std::string& keyring, const Deadline& deadline);

// What gpgv's status lines say; apart, because they quote what strangers wrote. `ran_well` is
// whether it ended with 0.
Signature read_gpgv_status(std::string_view status, bool ran_well);

}  // namespace bulkhead::gitsync
