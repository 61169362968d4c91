// SPDX-License-Identifier: Apache-2.0
// A JSON Writer whose text goes to a sink that can fail: documents larger than memory should hold.
#pragma once

#include <functional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace bulkhead::base::json {

class Stream {
 public:
  using Out = std::function<Status(std::string_view)>;
  // out must outlive the stream.
  Stream(const Out& out, unsigned indent);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Writer& writer() { return writer_; }
  // After a failure nothing more is written; long loops ask, so that they can stop early.
  bool failed() const { return !status_; }
  // Ends the document with a line feed and says whether all of it was taken.
  Status finish();

 private:
  const Out& out_;
  Status status_;
  Writer writer_;
};

}  // namespace bulkhead::base::json
