// SPDX-License-Identifier: Apache-2.0
// One request and its answer over libcurl, nothing more: no retry, no redirect, no credentials of
// its own accord. Internal to this room; HttpClient is what others use.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/headers.h"
#include "net/http_client.h"
#include "net/url.h"

namespace bulkhead::net {

// The point in time after which an operation is given up.
class Deadline {
 public:
  explicit Deadline(uint32_t timeout_ms);  // 0: never
  bool passed() const { return left_ms() == 0; }
  uint64_t left_ms() const;  // UINT64_MAX when there is none

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

// A pair of curl handles. They keep connections alive, so they are kept for the next request.
class Lane;

// The lanes that nobody uses at the moment. One lane serves one exchange at a time, which makes
// keep-alive work without sharing connections between threads (libcurl cannot).
class Lanes {
 public:
  Lanes();
  ~Lanes();
  // kUnsupported when there is no libcurl.
  base::Result<std::unique_ptr<Lane>> take();
  void give_back(std::unique_ptr<Lane> lane);

 private:
  static constexpr size_t kMaxIdle = 8;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> idle_;
};

class Exchange {
 public:
  struct Message {
    Method method = Method::kGet;
    Url url;
    std::string unix_socket;
    Headers headers;
    std::string body;
    bool compressed = false;
  };

  // The lanes and options outlive the exchange.
  Exchange(Lanes& lanes, const HttpOptions& options, const Deadline& deadline);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Sends and waits for the head of the answer.
  base::Status send(Message message);
  int status() const { return status_; }
  const Headers& headers() const { return headers_; }
  const Url& url() const { return message_.url; }
  // Up to out.size() bytes of the body; 0 at its end.
  base::Result<size_t> read(std::span<std::byte> out);
  // Whether the failure may pass: connection refused, reset, stalled.
  bool transient() const { return transient_; }
  // The request never left: no name, no connection.
  bool unreachable() const { return unreachable_; }

 private:
  struct Callbacks;  // what libcurl calls

  base::Status configure();
  base::Status pump();
  base::Status finish(int curl_code);
  base::Error failure(int curl_code);
  base::Error fail(base::Code code, bool transient, std::string what);
  size_t on_header(std::string_view line);
  size_t on_body(std::string_view bytes);

  Lanes& lanes_;
  const HttpOptions& options_;
  const Deadline& deadline_;
  std::unique_ptr<Lane> lane_;
  Message message_;
  int status_ = 0;
  Headers headers_;
  size_t header_bytes_ = 0;
  bool head_done_ = false;
  bool done_ = false;
  bool too_many_headers_ = false;
  bool transient_ = false;
  bool unreachable_ = false;
  bool paused_ = false;
  std::optional<base::Error> failed_;  // shown once the bytes before it are handed out

  // Body bytes go straight to the reader's buffer; what does not fit waits here.
  std::span<std::byte> target_;
  size_t target_used_ = 0;
  std::vector<std::byte> spare_;
  size_t spare_used_ = 0;

  std::chrono::milliseconds stalled_{0};
  uint64_t stall_bytes_ = 0;
};

}  // namespace bulkhead::net
