// SPDX-License-Identifier: Apache-2.0
// The first failure of the sink is kept; what comes after it is dropped.
#include "base/json_stream.h"

#include <utility>

namespace bulkhead::base::json {

Stream::Stream(const Out& out, unsigned indent)
    : out_(out), writer_(indent, [this](std::string_view text) {
        if (status_) status_ = out_(text);
      }) {}

Status Stream::finish() {
  writer_.finish();
  if (status_) status_ = out_("\n");
  return std::move(status_);
}

}  // namespace bulkhead::base::json
