// SPDX-License-Identifier: Apache-2.0
// One view of the two kinds of blob.
#include "oci/transport.h"

namespace bulkhead::oci {

std::unique_ptr<base::Source> OpenedBlob::source() && {
  if (!file.valid()) return std::move(stream);
  return std::make_unique<base::RangeSource>(std::move(file), offset, size);
}

}  // namespace bulkhead::oci
