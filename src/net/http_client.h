// SPDX-License-Identifier: Apache-2.0
// HttpClient: requests over http, https and Unix sockets, made to survive real networks.
//
// One mechanism serves everything: a response whose body is pulled. A document is such a body read
// to its end within a bound, a download is one read piece by piece; both are retried, resumed in
// the middle and followed over redirects by the same code. Safe to use from several threads.
//
// Secrets never appear in an Error: user information and queries of URLs are left out, header
// fields and bodies are never quoted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/io.h"
#include "base/result.h"
#include "net/headers.h"

namespace bulkhead::net {

enum class Method { kGet, kHead, kPost };

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;       // filled by fetch() only
  std::string shown_url;  // where the answer came from, after redirects, without secrets

  bool ok() const { return status >= 200 && status < 300; }
};

// Credentials of one origin. The client asks before every attempt, also when a broken download is
// resumed an hour later, and never sends the answer to another origin than that of the request.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // The value of the Authorization field; "" sends none.
  virtual base::Result<std::string> authorization() = 0;
  // The origin said 401. True: authorization() now has something else to offer, try once more.
  virtual base::Result<bool> challenged(const HttpResponse& response) = 0;
};

struct HttpRequest {
  Method method = Method::kGet;
  std::string url;          // user:password@ in it becomes Basic authorization for its own origin
  std::string unix_socket;  // path of a socket to connect to instead of the URL's host
  Headers headers;          // for this origin only; elsewhere just Accept goes along
  std::string body;         // kPost
  // Shared, because a download that is still being read may outlive whoever began it.
  std::shared_ptr<Authorizer> authorizer;

  std::string if_none_match;  // an ETag: 304 when it still holds
  uint64_t range_start =
      0;  // continue a download of which so much is there already: 206, or 200 from 0
  std::string if_range;     // ETag or date that the earlier part had
  bool compressed = false;  // offer content codings; such a body cannot be resumed
  // The bytes behind this URL never change (content-addressed): resume without an ETag.
  bool immutable = false;
  // Redirects to another host or port are refused.
  bool same_host = false;
  // May be repeated without harm; GET and HEAD always are.
  bool idempotent = false;

  std::optional<uint64_t> expected_bytes;  // another length is an error before anything is read
  uint64_t max_bytes = UINT64_MAX;         // of the body, after decoding
  uint32_t total_timeout_ms = 0;           // over all attempts and redirects; 0: only stalls count

  bool is_repeatable() const { return method != Method::kPost || idempotent; }
};

struct RetryPolicy {
  uint32_t max_attempts = 5;          // in a row without progress
  uint32_t max_connect_attempts = 3;  // when the server cannot even be reached: fail soon
  uint32_t first_delay_ms = 500;      // doubles each time, half of it random
  uint32_t max_delay_ms = 20'000;
  uint32_t max_retry_after_ms = 60'000;  // a server that wants more is not waited for
};

struct HttpOptions {
  std::string user_agent = "bulkhead";
  std::string ca_file;    // PEM; "" takes SSL_CERT_FILE or the system's
  bool insecure = false;  // accept any certificate: only when the user asked for it by name
  uint32_t connect_timeout_ms = 15'000;
  uint32_t stall_timeout_ms = 30'000;  // less than min_stall_bytes in this time of waiting
  uint32_t min_stall_bytes = 32 * 1024;
  uint32_t max_redirects = 5;
  uint32_t max_header_bytes = 256 * 1024;
  RetryPolicy retry;
  std::function<void(uint32_t delay_ms)> sleep;  // empty: really sleep
};

class HttpCore;
class Exchange;
class Deadline;

// The body of a response, pulled from the network as it is read. A broken connection is resumed
// where it stopped, if the server can and the bytes are provably the same.
class HttpSource final : public base::Source {
 public:
  // Only HttpClient::open makes usable ones.
  HttpSource(std::shared_ptr<HttpCore> core, HttpRequest request);
  ~HttpSource() override;
  const HttpResponse& response() const { return response_; }
  // Bytes of the whole body, if announced.
  std::optional<uint64_t> size() const { return size_; }
  // Whether the last failure of read() was one that a repetition may cure.
  bool transient() const { return transient_; }
  base::Result<size_t> read(std::span<std::byte> out) override;

 private:
  friend class HttpClient;
  base::Status begin();
  base::Error fail(base::Error error);
  bool resumable() const;
  base::Status resume(base::Error cause);
  base::Status continue_with(const HttpResponse& response);

  std::shared_ptr<HttpCore> core_;  // shared: a source may outlive its client
  HttpRequest request_;
  std::unique_ptr<Deadline> deadline_;
  std::unique_ptr<Exchange> exchange_;
  HttpResponse response_;
  std::optional<uint64_t> size_;
  uint64_t received_ = 0;  // of the body, also before range_start
  uint64_t to_skip_ = 0;   // bytes that a server without ranges sends again
  uint64_t received_at_failure_ = 0;
  uint32_t failures_ = 0;  // in a row
  bool transient_ = false;
  bool done_ = false;
  std::optional<base::Error> failed_;
};

class HttpClient {
 public:
  // Copies share their connections.
  explicit HttpClient(HttpOptions options);

  // The whole answer in memory, at most request.max_bytes (and never more than kMaxDocument).
  // A status is no error: 404 is an answer.
  static constexpr uint64_t kMaxDocument = 1ull << 30;
  base::Result<HttpResponse> fetch(const HttpRequest& request);
  // The answer's head, and its body to pull.
  base::Result<std::unique_ptr<HttpSource>> open(HttpRequest request);
  // The body handed on piece by piece; an error of the sink ends the download.
  using Sink = std::function<base::Status(base::ByteView)>;
  base::Result<HttpResponse> download(HttpRequest request, const Sink& sink);

 private:
  std::shared_ptr<HttpCore> core_;
};

}  // namespace bulkhead::net
