// SPDX-License-Identifier: Apache-2.0
// What a client and the sources it has opened share: the options, the connections, and the way from
// a request to the head of its answer. Internal to this room.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "net/http_client.h"
#include "net/http_exchange.h"
#include "net/url.h"

namespace bulkhead::net {

class HttpCore {
 public:
  // The head of an answer with its body still to come, or what went wrong.
  struct Opened {
    static Opened failed(base::Error error) {
      Opened out;
      out.error = std::move(error);
      return out;
    }
    std::unique_ptr<Exchange> exchange;
    HttpResponse response;
    std::optional<base::Error> error;
    bool transient = false;
    bool unreachable = false;
  };

  explicit HttpCore(HttpOptions given);

  // One attempt, over redirects and at most one 401.
  Opened once(const HttpRequest& request, const Deadline& deadline);
  // Attempts until one succeeds or the policy ends. The deadline must outlive the exchange.
  Opened persistently(const HttpRequest& request, const Deadline& deadline, bool resuming);
  // How long to wait after so many failures in a row.
  uint32_t backoff_ms(uint32_t failures) const;

  HttpOptions options;
  Lanes lanes;

 private:
  base::Result<Exchange::Message> compose(const HttpRequest& request, const Url& origin,
                                          const Url& url, bool at_origin);
  base::Result<Url> next_hop(const Exchange& exchange, const HttpRequest& request);
};

}  // namespace bulkhead::net
