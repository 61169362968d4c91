// SPDX-License-Identifier: Apache-2.0
// From a request to the head of its answer: redirects (RFC 9110 section 15.4), asking again with
// credentials after 401, retries with exponential back-off and Retry-After (section 10.2.3).
//
// Redirects are followed here and not by libcurl, because what may go along differs: to another
// origin nothing but Accept goes, from https to http nothing goes at all.
#include "net/http_core.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "net/http_date.h"
#include "net/url.h"

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// So much of an unwanted body is read to keep the connection.
constexpr uint64_t kDrainBytes = 64 * 1024;

void sleep_ms(uint32_t delay_ms) {
  timespec left{delay_ms / 1000, static_cast<long>(delay_ms % 1000) * 1'000'000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_passing(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

// Seconds that the server wants us to wait. A date counts from the server's own Date, so that a
// wrong clock on either side does no harm.
std::optional<uint64_t> retry_after_s(const Headers& headers) {
  auto wanted = headers.find("Retry-After");
  if (!wanted) return std::nullopt;
  if (auto seconds = base::to_number<uint64_t>(*wanted)) return seconds;
  auto then = parse_http_date(*wanted);
  auto now = parse_http_date(headers.value_or("Date", ""));
  if (!then || !now) return std::nullopt;
  return *then > *now ? static_cast<uint64_t>(*then - *now) : 0;
}

void drain(Exchange& exchange) {
  std::array<std::byte, 4096> scratch;
  for (uint64_t total = 0; total < kDrainBytes;) {
    auto got = exchange.read(scratch);
    if (!got || *got == 0) return;
    total += *got;
  }
}

}  // namespace

HttpCore::HttpCore(HttpOptions given) : options(std::move(given)) {
  if (!options.sleep) options.sleep = sleep_ms;
  if (options.ca_file.empty()) {
    if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr) options.ca_file = file;
  }
}

// Doubles with each failure; half of it is random, so that a crowd does not come back as one.
uint32_t HttpCore::backoff_ms(uint32_t failures) const {
  const RetryPolicy& policy = options.retry;
  uint64_t full = static_cast<uint64_t>(policy.first_delay_ms)
                  << std::min<uint32_t>(failures > 0 ? failures - 1 : 0, 20);
  full = std::min<uint64_t>(full, policy.max_delay_ms);
  uint32_t random = 0;
  if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random)) random = 0;
  return static_cast<uint32_t>(full / 2 + random % (full / 2 + 1));
}

Result<Exchange::Message> HttpCore::compose(const HttpRequest& request, const Url& origin,
                                            const Url& url, bool at_origin) {
  Exchange::Message message;
  message.method = request.method;
  message.url = url;
  message.compressed = request.compressed && request.range_start == 0;
  Headers& fields = message.headers;
  if (at_origin) {
    message.unix_socket = request.unix_socket;
    message.body = request.body;
    fields = request.headers;
    std::string authorization;
    if (request.authorizer) {
      authorization = TRY(request.authorizer->authorization());
    } else if (!origin.user.empty() || !origin.password.empty()) {
      std::string pair = origin.user + ":" + origin.password;
      authorization = "Basic " + base::to_base64(base::as_bytes(pair));
    }
    if (!authorization.empty()) fields.set("Authorization", authorization);
  } else if (auto accept = request.headers.find("Accept")) {
    fields.set("Accept", *accept);
  }
  if (!request.if_none_match.empty()) fields.set("If-None-Match", request.if_none_match);
  if (request.range_start != 0) {
    fields.set("Range", "bytes=" + std::to_string(request.range_start) + "-");
    if (!request.if_range.empty()) fields.set("If-Range", request.if_range);
  }
  return message;
}

Result<Url> HttpCore::next_hop(const Exchange& exchange, const HttpRequest& request) {
  const Url& from = exchange.url();
  auto location = exchange.headers().find("Location");
  if (!location) return Error(Code::kNetwork, from.display() + ": redirect without Location");
  Url to = TRY_AT(from.display() + ": redirect", from.resolve(*location));
  if (from.scheme == "https" && to.scheme == "http") {
    return Error(Code::kDenied, from.display() + ": redirect from https to http (" + to.display() +
                                    ") is refused");
  }
  if (request.same_host && (from.host != to.host || from.port != to.port)) {
    return Error(Code::kDenied,
                 from.display() + ": redirect to another host (" + to.display() + ") is refused");
  }
  if (!request.unix_socket.empty() && !from.same_origin(to)) {
    return Error(Code::kDenied, from.display() + ": redirect from a local socket to " +
                                    to.display() + " is refused");
  }
  return to;
}

HttpCore::Opened HttpCore::once(const HttpRequest& request, const Deadline& deadline) {
  auto origin = Url::parse(request.url);
  if (!origin) return Opened::failed(std::move(origin).error());
  Url url = *origin;
  bool at_origin = true;
  bool asked = false;
  for (uint32_t hops = 0;;) {
    auto message = compose(request, *origin, url, at_origin);
    if (!message) return Opened::failed(std::move(message).error());
    auto exchange = std::make_unique<Exchange>(lanes, options, deadline);
    if (Status sent = exchange->send(std::move(*message)); !sent) {
      Opened failed = Opened::failed(std::move(sent).error());
      failed.transient = exchange->transient();
      failed.unreachable = exchange->unreachable();
      return failed;
    }
    HttpResponse response{exchange->status(), exchange->headers(), {}, url.display()};
    if (response.status == 401 && at_origin && request.authorizer && !asked) {
      asked = true;
      auto again = request.authorizer->challenged(response);
      if (!again) return Opened::failed(std::move(again).error());
      if (*again) {
        drain(*exchange);
        continue;
      }
    }
    if (!is_redirect(response.status) || request.method == Method::kPost) {
      Opened opened;
      opened.exchange = std::move(exchange);
      opened.response = std::move(response);
      return opened;
    }
    if (++hops > options.max_redirects) {
      return Opened::failed(Error(
          Code::kNetwork,
          url.display() + ": more than " + std::to_string(options.max_redirects) + " redirects"));
    }
    auto next = next_hop(*exchange, request);
    if (!next) return Opened::failed(std::move(next).error());
    drain(*exchange);
    // Once left, the origin is not trusted again: who sent us back may be anybody.
    at_origin = at_origin && url.same_origin(*next);
    url = std::move(*next);
  }
}

HttpCore::Opened HttpCore::persistently(const HttpRequest& request, const Deadline& deadline,
                                        bool resuming) {
  const RetryPolicy& policy = options.retry;
  for (uint32_t attempts = 1;; ++attempts) {
    Opened opened = once(request, deadline);
    bool again = opened.error ? opened.transient : is_passing(opened.response.status);
    if (!again || !(request.is_repeatable() || opened.unreachable)) return opened;
    bool fail_soon = opened.unreachable && !resuming;
    if (attempts >= (fail_soon ? std::min(policy.max_connect_attempts, policy.max_attempts)
                               : policy.max_attempts)) {
      if (opened.error && attempts > 1) {
        opened.error = Error(opened.error->code(), opened.error->message() + " (tried " +
                                                       std::to_string(attempts) + " times)");
      }
      return opened;
    }
    uint64_t delay_ms = backoff_ms(attempts);
    if (auto wanted_s = retry_after_s(opened.response.headers)) {
      if (*wanted_s > policy.max_retry_after_ms / 1000) return opened;
      delay_ms = std::max<uint64_t>(delay_ms, *wanted_s * 1000);
    }
    if (delay_ms >= deadline.left_ms()) return opened;
    if (opened.exchange) drain(*opened.exchange);
    opened.exchange.reset();
    options.sleep(static_cast<uint32_t>(delay_ms));
  }
}

}  // namespace bulkhead::net
