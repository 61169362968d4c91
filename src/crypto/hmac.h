// SPDX-License-Identifier: Apache-2.0
// HMAC (RFC 2104), and comparing secrets.
#pragma once

#include "base/bytes.h"
#include "crypto/digest.h"

namespace bulkhead::crypto {

base::Bytes hmac(Algorithm algorithm, base::ByteView key, base::ByteView message);

// Takes the same time wherever two texts of one length differ.
bool equal_in_constant_time(base::ByteView a, base::ByteView b);

}  // namespace bulkhead::crypto
