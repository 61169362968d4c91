// SPDX-License-Identifier: Apache-2.0
// WWW-Authenticate fields and URLs: what a server says before anything about it is known.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "net/challenge.h"
#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace net = bulkhead::net;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const net::Challenge& challenge : net::parse_challenges(text)) {
    CHECK(!challenge.scheme.empty());
    CHECK(challenge.parameters.size() <= net::kMaxParameters);
  }
  net::redact_urls(text);
  if (auto url = net::Url::parse(text)) {
    // What was read can be written and read again to the same.
    auto again = net::Url::parse(url->to_string());
    CHECK(again.has_value() && again->same_origin(*url) && again->path == url->path);
  }
  auto base = net::Url::parse("https://registry.example.com/v2/");
  if (auto url = base->resolve(text)) CHECK(url->user.empty() && url->password.empty());
  return 0;
}
