// SPDX-License-Identifier: Apache-2.0
// Ownership of what OpenSSL makes.
#pragma once

namespace bulkhead::crypto {

// Deleter of a std::unique_ptr: calls OpenSSL's own function.
template <auto function>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};

}  // namespace bulkhead::crypto
