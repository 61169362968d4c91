// SPDX-License-Identifier: Apache-2.0
// libcurl's multi interface, driven only while somebody waits: the head by send(), the body by
// read(). Nothing runs in the background, so a reader that pauses simply stops the sender (TCP's
// window fills) and memory stays bounded: libcurl is told to pause above kMaxSpare.
//
// A stall is measured here and not by CURLOPT_LOW_SPEED_TIME, because only the time spent waiting
// for the network counts; a reader that thinks for a minute is not the server's fault.
#include "net/http_exchange.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/text.h"
#include "net/curl_library.h"

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kMaxSpare = 512 * 1024;
constexpr long kReceiveBuffer = 128 * 1024;

bool is_transient(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return true;
    default: return false;
  }
}

std::string advice(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return " (give the authority's certificate as CA file if this server is yours)";
    case CURLE_COULDNT_RESOLVE_PROXY: return " (check http_proxy, https_proxy and no_proxy)";
    default: return "";
  }
}

const char* method_name(Method method) {
  return method == Method::kHead ? "HEAD" : method == Method::kPost ? "POST" : "GET";
}

}  // namespace

class Lane {
 public:
  explicit Lane(const CurlLibrary& curl)
      : curl_(curl), easy_(curl.easy_init()), multi_(curl.multi_init()) {}
  ~Lane() {
    detach();
    if (easy_ != nullptr) curl_.easy_cleanup(easy_);
    if (multi_ != nullptr) curl_.multi_cleanup(multi_);
    curl_.slist_free_all(fields_);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  bool sound() const { return easy_ != nullptr && multi_ != nullptr; }
  const CurlLibrary& curl() const { return curl_; }
  CURL* easy() { return easy_; }
  CURLM* multi() { return multi_; }
  char* message() { return message_; }
  const char* message() const { return message_; }

  template <typename T>
  void set(CURLoption option, T value) {
    curl_.easy_setopt(easy_, option, value);
  }
  template <typename T>
  T get(CURLINFO what) {
    T value{};
    curl_.easy_getinfo(easy_, what, &value);
    return value;
  }
  // libcurl copies each line but keeps the list, so the list lives as long as the transfer.
  bool add_field(const std::string& line) {
    curl_slist* grown = curl_.slist_append(fields_, line.c_str());
    if (grown != nullptr) fields_ = grown;
    return grown != nullptr;
  }
  bool attach() {
    set(CURLOPT_HTTPHEADER, fields_);
    attached_ = curl_.multi_add_handle(multi_, easy_) == CURLM_OK;
    return attached_;
  }
  void detach() {
    if (attached_) curl_.multi_remove_handle(multi_, easy_);
    attached_ = false;
  }
  // As new, but for the connections that are still alive.
  void reset() {
    detach();
    curl_.easy_reset(easy_);
    curl_.slist_free_all(fields_);
    fields_ = nullptr;
    message_[0] = '\0';
  }

 private:
  const CurlLibrary& curl_;
  CURL* easy_;
  CURLM* multi_;
  curl_slist* fields_ = nullptr;
  bool attached_ = false;
  char message_[CURL_ERROR_SIZE] = {};
};

Deadline::Deadline(uint32_t timeout_ms) {
  if (timeout_ms != 0) end_ = steady_clock::now() + milliseconds(timeout_ms);
}

uint64_t Deadline::left_ms() const {
  if (!end_) return UINT64_MAX;
  auto left = std::chrono::duration_cast<milliseconds>(*end_ - steady_clock::now());
  return left.count() > 0 ? static_cast<uint64_t>(left.count()) : 0;
}

Lanes::Lanes() = default;
Lanes::~Lanes() = default;

Result<std::unique_ptr<Lane>> Lanes::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto lane = std::move(idle_.back());
      idle_.pop_back();
      return lane;
    }
  }
  auto lane = std::make_unique<Lane>(*TRY(curl_library()));
  if (!lane->sound()) return Error(Code::kInternal, "out of memory");
  return lane;
}

void Lanes::give_back(std::unique_ptr<Lane> lane) {
  lane->reset();
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(lane));
}

struct Exchange::Callbacks {
  static size_t header(char* data, size_t, size_t count, void* self) {
    return static_cast<Exchange*>(self)->on_header({data, count});
  }
  static size_t body(char* data, size_t, size_t count, void* self) {
    return static_cast<Exchange*>(self)->on_body({data, count});
  }
};

Exchange::Exchange(Lanes& lanes, const HttpOptions& options, const Deadline& deadline)
    : lanes_(lanes), options_(options), deadline_(deadline) {}

Exchange::~Exchange() {
  if (lane_) lanes_.give_back(std::move(lane_));
}

Error Exchange::fail(Code code, bool transient, std::string what) {
  transient_ = transient;
  done_ = true;
  return Error(code, std::string(method_name(message_.method)) + " " + message_.url.display() +
                         ": " + std::move(what));
}

Error Exchange::failure(int curl_code) {
  auto code = static_cast<CURLcode>(curl_code);
  if (too_many_headers_) {
    return fail(Code::kLimit, false,
                "more than " + std::to_string(options_.max_header_bytes) + " bytes of headers");
  }
  // libcurl calls it that when a header line does not fit into its buffer of 100 KiB.
  if (!head_done_ && code == CURLE_OUT_OF_MEMORY) {
    return fail(Code::kLimit, false, "the headers of the answer are too large");
  }
  const char* detail =
      lane_->message()[0] != '\0' ? lane_->message() : lane_->curl().easy_strerror(code);
  std::string what = redact_urls(base::printable(detail, 300)) + advice(code);
  Code kind = code == CURLE_OPERATION_TIMEDOUT         ? Code::kTimeout
              : code == CURLE_UNSUPPORTED_PROTOCOL     ? Code::kUnsupported
              : code == CURLE_SSL_CACERT_BADFILE       ? Code::kInvalid
              : code == CURLE_PEER_FAILED_VERIFICATION ? Code::kDenied
                                                       : Code::kNetwork;
  auto sent_after = lane_->get<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T);
  unreachable_ = sent_after == 0 && is_transient(code);
  return fail(kind, is_transient(code), std::move(what));
}

Status Exchange::configure() {
  Lane& lane = *lane_;
  std::string url = message_.url.to_string();
  lane.set(CURLOPT_URL, url.c_str());
  lane.set(CURLOPT_PROTOCOLS_STR, "http,https");
  // One exchange a connection leaves HTTP/2 nothing to multiplex, and its stream window would have
  // libcurl hold up to 32 MiB for a reader that pauses; with HTTP/1.1 TCP holds the sender back.
  lane.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  lane.set(CURLOPT_ERRORBUFFER, lane.message());
  lane.set(CURLOPT_NOSIGNAL, 1L);
  lane.set(CURLOPT_TCP_KEEPALIVE, 1L);
  lane.set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
  lane.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout_ms));
  lane.set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  lane.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (options_.insecure) {
    lane.set(CURLOPT_SSL_VERIFYPEER, 0L);
    lane.set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!options_.ca_file.empty()) lane.set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!message_.unix_socket.empty()) {
    lane.set(CURLOPT_UNIX_SOCKET_PATH, message_.unix_socket.c_str());
  }
  // The proxies of the environment are for other machines.
  if (!message_.unix_socket.empty() || message_.url.is_loopback()) lane.set(CURLOPT_PROXY, "");
  lane.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (message_.compressed) lane.set(CURLOPT_ACCEPT_ENCODING, "");
  if (message_.method == Method::kHead) lane.set(CURLOPT_NOBODY, 1L);
  if (message_.method == Method::kPost) {
    lane.set(CURLOPT_POST, 1L);
    lane.set(CURLOPT_POSTFIELDS, message_.body.data());
    lane.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message_.body.size()));
  }
  lane.set(CURLOPT_HEADERFUNCTION, &Callbacks::header);
  lane.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  lane.set(CURLOPT_WRITEFUNCTION, &Callbacks::body);
  lane.set(CURLOPT_WRITEDATA, static_cast<void*>(this));

  bool added = lane.add_field("Expect:");
  for (const auto& [name, value] : message_.headers) {
    if (!Headers::is_valid_name(name) || !Headers::is_valid_value(value)) {
      return fail(Code::kInvalid, false, "a request header has control characters");
    }
    // "Name;" is libcurl's way to send a field without a value.
    added = added && lane.add_field(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!added || !lane.attach()) return fail(Code::kInternal, false, "out of memory");
  return {};
}

Status Exchange::send(Message message) {
  message_ = std::move(message);
  auto lane = lanes_.take();
  if (!lane) return fail(lane.error().code(), false, lane.error().message());
  lane_ = std::move(*lane);
  TRY(configure());
  while (!head_done_) {
    Status status = pump();
    if (status) continue;
    // A connection that broke behind the head is the reader's matter.
    if (!head_done_) return status;
    failed_ = std::move(status).error();
  }
  return {};
}

// Lets libcurl work once, then waits for the network if nothing came of it.
Status Exchange::pump() {
  // First of all: a server that drips a byte now and then always shows progress.
  if (deadline_.passed()) {
    return fail(Code::kTimeout, false, "not finished within the time allowed");
  }
  const CurlLibrary& curl = lane_->curl();
  uint64_t before = stall_bytes_;
  int running = 0;
  if (CURLMcode code = curl.multi_perform(lane_->multi(), &running); code != CURLM_OK) {
    return fail(Code::kInternal, false, curl.multi_strerror(code));
  }
  int left = 0;
  while (CURLMsg* event = curl.multi_info_read(lane_->multi(), &left)) {
    if (event->msg == CURLMSG_DONE) return finish(event->data.result);
  }
  if (stall_bytes_ != before) return {};

  uint64_t wait_ms = std::min<uint64_t>({deadline_.left_ms(), options_.stall_timeout_ms, 1000});
  auto start = steady_clock::now();
  curl.multi_poll(lane_->multi(), nullptr, 0, static_cast<int>(wait_ms), nullptr);
  stalled_ += std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  if (stalled_.count() < options_.stall_timeout_ms) return {};
  if (stall_bytes_ < options_.min_stall_bytes) {
    return fail(
        Code::kTimeout, true,
        "next to no data for " + std::to_string(options_.stall_timeout_ms / 1000) + " seconds");
  }
  stalled_ = milliseconds(0);
  stall_bytes_ = 0;
  return {};
}

Status Exchange::finish(int curl_code) {
  lane_->detach();
  done_ = true;
  if (curl_code != CURLE_OK) return failure(curl_code);
  if (!head_done_) return fail(Code::kNetwork, true, "the server sent no answer");
  return {};
}

// One header line with its line end. A status line starts over: 1xx answers come before the real
// one.
size_t Exchange::on_header(std::string_view line) {
  size_t count = line.size();
  header_bytes_ += count;
  stall_bytes_ += count;
  if (header_bytes_ > options_.max_header_bytes) {
    too_many_headers_ = true;
    return 0;
  }
  if (head_done_) return count;  // trailer fields after the body
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    return count;
  }
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (!line.empty()) {
    if (auto field = base::cut(line, ":")) {
      headers_.add(base::trim(field->first), base::trim(field->second));
    }
    return count;
  }
  auto status = lane_->get<long>(CURLINFO_RESPONSE_CODE);
  if (status >= 200) {
    status_ = static_cast<int>(status);
    head_done_ = true;
  }
  return count;
}

size_t Exchange::on_body(std::string_view bytes) {
  size_t direct = std::min(bytes.size(), target_.size() - target_used_);
  size_t rest = bytes.size() - direct;
  if (rest != 0 && spare_.size() - spare_used_ + rest > kMaxSpare && spare_.size() != spare_used_) {
    paused_ = true;
    return CURL_WRITEFUNC_PAUSE;  // all of it comes again
  }
  if (direct != 0) std::memcpy(target_.data() + target_used_, bytes.data(), direct);
  target_used_ += direct;
  auto view = base::as_bytes(bytes.substr(direct));
  spare_.insert(spare_.end(), view.begin(), view.end());
  stall_bytes_ += bytes.size();
  return bytes.size();
}

Result<size_t> Exchange::read(std::span<std::byte> out) {
  size_t ready = std::min(spare_.size() - spare_used_, out.size());
  if (ready != 0) {
    std::memcpy(out.data(), spare_.data() + spare_used_, ready);
    spare_used_ += ready;
    if (spare_used_ == spare_.size()) {
      spare_.clear();
      spare_used_ = 0;
    }
    return ready;
  }
  if (failed_) return *failed_;
  target_ = out;
  target_used_ = 0;
  Status status;
  if (paused_) {
    paused_ = false;
    CURLcode code = lane_->curl().easy_pause(lane_->easy(), CURLPAUSE_CONT);
    if (code != CURLE_OK) status = finish(code);
  }
  while (target_used_ == 0 && !done_ && status) status = pump();
  target_ = {};
  if (!status) failed_ = std::move(status).error();
  if (target_used_ == 0 && failed_) return *failed_;
  return target_used_;
}

}  // namespace bulkhead::net
