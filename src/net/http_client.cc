// SPDX-License-Identifier: Apache-2.0
// Bodies: pulled, resumed by Range and If-Range when the connection breaks (RFC 9110 sections 14.2
// and 13.1.5), bounded, and never continued with bytes of another version.
#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "net/http_core.h"

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// So much progress makes earlier failures forgotten.
constexpr uint64_t kProgressBytes = 64 * 1024;

struct ContentRange {
  uint64_t start = 0;
  std::optional<uint64_t> total;
};

// "bytes 500-999/1234", "bytes 500-999/*" (RFC 9110 section 14.4).
std::optional<ContentRange> content_range(const Headers& headers) {
  auto field = headers.value_or("Content-Range", "");
  if (!field.starts_with("bytes ")) return std::nullopt;
  auto slash = base::cut(field.substr(6), "/");
  if (!slash) return std::nullopt;
  auto bounds = base::cut(slash->first, "-");
  if (!bounds) return std::nullopt;
  auto start = base::to_number<uint64_t>(bounds->first);
  if (!start) return std::nullopt;
  return ContentRange{*start, base::to_number<uint64_t>(slash->second)};
}

// A validator that If-Range may carry; "" when there is none.
std::string_view validator(const Headers& headers) {
  auto tag = headers.value_or("ETag", "");
  if (!tag.empty()) return tag.starts_with("W/") ? std::string_view() : tag;
  return headers.value_or("Last-Modified", "");
}

}  // namespace

HttpSource::HttpSource(std::shared_ptr<HttpCore> core, HttpRequest request)
    : core_(std::move(core)),
      request_(std::move(request)),
      deadline_(std::make_unique<Deadline>(request_.total_timeout_ms)) {}

HttpSource::~HttpSource() = default;

Error HttpSource::fail(Error error) {
  failed_ = error;
  exchange_.reset();
  return error;
}

Status HttpSource::begin() {
  HttpCore::Opened opened = core_->persistently(request_, *deadline_, false);
  if (opened.error) {
    transient_ = opened.transient;
    return fail(std::move(*opened.error));
  }
  exchange_ = std::move(opened.exchange);
  response_ = std::move(opened.response);
  if (!response_.headers.has("Content-Encoding")) {
    size_ = base::to_number<uint64_t>(response_.headers.value_or("Content-Length", ""));
  }
  if (response_.status == 206) {
    auto range = content_range(response_.headers);
    if (!range || range->start != request_.range_start) {
      return fail(Error(Code::kNetwork, response_.shown_url + ": another range than asked for"));
    }
    received_ = request_.range_start;
    size_ = range->total;
  }
  received_at_failure_ = received_;
  if (!response_.ok()) return {};
  if (request_.expected_bytes && size_ && *size_ != *request_.expected_bytes) {
    return fail(Error(Code::kCorrupt,
                      response_.shown_url + ": has " + std::to_string(*size_) + " bytes where " +
                          std::to_string(*request_.expected_bytes) + " are expected"));
  }
  if (request_.method != Method::kHead && size_ && *size_ > request_.max_bytes) {
    return fail(Error(Code::kLimit, response_.shown_url + ": " + std::to_string(*size_) +
                                        " bytes, more than the limit of " +
                                        std::to_string(request_.max_bytes)));
  }
  return {};
}

bool HttpSource::resumable() const {
  if (request_.method != Method::kGet || (response_.status != 200 && response_.status != 206)) {
    return false;
  }
  if (response_.headers.has("Content-Encoding")) return false;
  if (request_.immutable) return true;
  return !validator(response_.headers).empty() &&
         !base::equals_ignore_case(response_.headers.value_or("Accept-Ranges", ""), "none");
}

Status HttpSource::resume(Error cause) {
  if (received_ - received_at_failure_ >= kProgressBytes) failures_ = 0;
  received_at_failure_ = received_;
  if (++failures_ >= core_->options.retry.max_attempts) return fail(std::move(cause));
  uint32_t delay_ms = core_->backoff_ms(failures_);
  if (delay_ms >= deadline_->left_ms()) return fail(std::move(cause));
  core_->options.sleep(delay_ms);

  HttpRequest rest = request_;
  rest.if_none_match.clear();
  rest.range_start = received_;
  rest.if_range = request_.immutable ? std::string() : std::string(validator(response_.headers));
  exchange_.reset();  // gives its connection back before another one is made
  HttpCore::Opened opened = core_->persistently(rest, *deadline_, true);
  if (opened.error) {
    transient_ = opened.transient;
    return fail(std::move(*opened.error));
  }
  exchange_ = std::move(opened.exchange);
  return continue_with(opened.response);
}

// Checks that an answer is the rest of what is being read.
Status HttpSource::continue_with(const HttpResponse& response) {
  auto changed = [&] {
    return fail(Error(Code::kNetwork,
                      response.shown_url + ": changed while it was being downloaded, start again"));
  };
  auto tag = response_.headers.find("ETag");
  auto tag_now = response.headers.find("ETag");
  bool same_tag = !tag || !tag_now || *tag == *tag_now;
  if (response.status == 206) {
    auto range = content_range(response.headers);
    bool same_size = range && (!range->total || !size_ || *range->total == *size_);
    if (!range || range->start != received_ || !same_size || !same_tag) return changed();
    to_skip_ = 0;
    return {};
  }
  if (response.status == 200) {
    bool proven =
        request_.immutable || (tag && tag_now && *tag == *tag_now && !tag->starts_with("W/"));
    if (!proven) return changed();
    to_skip_ = received_;
    return {};
  }
  return fail(
      Error(Code::kNetwork, response.shown_url + ": broke off after " + std::to_string(received_) +
                                " bytes, and asking for the rest was answered with status " +
                                std::to_string(response.status)));
}

Result<size_t> HttpSource::read(std::span<std::byte> out) {
  if (failed_) return *failed_;
  if (done_) return size_t{0};
  bool whole = response_.ok();
  uint64_t limit = whole
                       ? std::min(request_.max_bytes, request_.expected_bytes.value_or(UINT64_MAX))
                       : request_.max_bytes;
  while (true) {
    auto got = exchange_->read(out);
    bool early = got && *got == 0 && whole && request_.method == Method::kGet &&
                 request_.expected_bytes && received_ < *request_.expected_bytes;
    if (got && !early) {
      if (*got == 0) {
        done_ = true;
        exchange_.reset();
        return size_t{0};
      }
      size_t again = static_cast<size_t>(std::min<uint64_t>(to_skip_, *got));
      to_skip_ -= again;
      size_t fresh = *got - again;
      if (fresh == 0) continue;
      if (again != 0) std::copy_n(out.begin() + static_cast<ptrdiff_t>(again), fresh, out.begin());
      received_ += fresh;
      if (received_ > limit) {
        return fail(Error(Code::kLimit,
                          response_.shown_url + ": more than " + std::to_string(limit) + " bytes"));
      }
      return fresh;
    }
    Error cause = early ? Error(Code::kNetwork,
                                response_.shown_url + ": ended after " + std::to_string(received_) +
                                    " of " + std::to_string(*request_.expected_bytes) + " bytes")
                        : std::move(got).error();
    transient_ = early || exchange_->transient();
    if (!transient_ || !resumable()) return fail(std::move(cause));
    TRY(resume(std::move(cause)));
  }
}

HttpClient::HttpClient(HttpOptions options)
    : core_(std::make_shared<HttpCore>(std::move(options))) {}

Result<std::unique_ptr<HttpSource>> HttpClient::open(HttpRequest request) {
  auto source = std::make_unique<HttpSource>(core_, std::move(request));
  TRY(source->begin());
  return source;
}

Result<HttpResponse> HttpClient::fetch(const HttpRequest& request) {
  HttpRequest bounded = request;
  bounded.max_bytes = std::min(request.max_bytes, kMaxDocument);
  std::array<std::byte, 16 * 1024> chunk;
  for (uint32_t attempts = 1;; ++attempts) {
    auto source = TRY(open(bounded));
    HttpResponse response = source->response();
    while (true) {
      auto got = source->read(chunk);
      if (got && *got == 0) return response;
      if (got) {
        response.body.append(base::as_text(std::span(chunk).first(*got)));
        continue;
      }
      // Broken, and the server could not prove that the rest would be of the same document.
      bool again = source->transient() && request.is_repeatable() && !source->resumable();
      if (!again || attempts >= core_->options.retry.max_attempts) return std::move(got).error();
      break;
    }
    core_->options.sleep(core_->backoff_ms(attempts));
  }
}

Result<HttpResponse> HttpClient::download(HttpRequest request, const Sink& sink) {
  auto source = TRY(open(std::move(request)));
  std::array<std::byte, 64 * 1024> chunk;
  while (true) {
    size_t got = TRY(source->read(chunk));
    if (got == 0) return source->response();
    TRY(sink(std::span(chunk).first(got)));
  }
}

}  // namespace bulkhead::net
