// SPDX-License-Identifier: Apache-2.0
// OpenSSL's names for our algorithms. For this room only.
#pragma once

#include <openssl/evp.h>

#include "crypto/digest.h"

namespace bulkhead::crypto {

const EVP_MD* evp(Algorithm algorithm);

}  // namespace bulkhead::crypto
