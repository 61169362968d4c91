// SPDX-License-Identifier: Apache-2.0
// Names of error codes, and the end of the road for CHECK.
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace bulkhead::base {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not found";
    case Code::kUnsupported: return "unsupported";
    case Code::kDenied: return "denied";
    case Code::kLimit: return "limit";
    case Code::kCorrupt: return "corrupt";
    case Code::kIo: return "io";
    case Code::kNetwork: return "network";
    case Code::kTimeout: return "timeout";
    case Code::kInternal: return "internal";
  }
  return "unknown";
}

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "bulkhead: internal error: %s does not hold (%s:%d); please report this\n",
               condition, file, line);
  std::abort();
}

}  // namespace bulkhead::base
