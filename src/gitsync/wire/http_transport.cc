// SPDX-License-Identifier: Apache-2.0
// Git over HTTP (gitprotocol-http(5)), smart form only: one GET for the greeting, one POST for each
// request. Redirects are followed for the greeting and within the host only; where it leads is
// where the requests go then, as servers that add ".git" to a path expect.
#include <utility>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/text.h"
#include "gitsync/wire/transport.h"
#include "net/url.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr std::string_view kService = "/info/refs";
constexpr std::string_view kAdvertisement = "application/x-git-upload-pack-advertisement";
constexpr std::string_view kAnswer = "application/x-git-upload-pack-result";

// Sends the same credentials with every request to the origin; a refusal is final.
class TokenAuthorizer final : public net::Authorizer {
 public:
  explicit TokenAuthorizer(std::string field) : field_(std::move(field)) {}
  Result<std::string> authorization() override { return field_; }
  Result<bool> challenged(const net::HttpResponse&) override { return false; }

 private:
  std::string field_;
};

Result<std::shared_ptr<net::Authorizer>> authorizer(const Credentials& credentials) {
  if (credentials.token_file.empty()) return std::shared_ptr<net::Authorizer>();
  std::string text = TRY_AT("token file", base::read_file(credentials.token_file, 64 << 10));
  std::string_view token = base::trim(text);
  if (token.empty() || !net::Headers::is_valid_value(token)) {
    return Error(Code::kInvalid, "token file " + credentials.token_file + ": not one line of text");
  }
  std::string pair = credentials.user + ":" + std::string(token);
  std::string field = credentials.bearer ? "Bearer " + std::string(token)
                                         : "Basic " + base::to_base64(base::as_bytes(pair));
  return std::shared_ptr<net::Authorizer>(std::make_shared<TokenAuthorizer>(std::move(field)));
}

Error refused(const net::HttpResponse& response, const Credentials& credentials) {
  std::string where = response.shown_url + ": status " + std::to_string(response.status);
  if (response.status == 401 || response.status == 403) {
    return Error(Code::kDenied,
                 where + (credentials.token_file.empty()
                              ? ": the server wants credentials, and no token file "
                                "is given"
                              : ": the server refuses the token of " + credentials.token_file));
  }
  if (response.status == 404) {
    return Error(Code::kNotFound,
                 where + ": there is no such repository, or not without other credentials");
  }
  return Error(Code::kNetwork, where);
}

Status check_answer(const net::HttpResponse& response, std::string_view type,
                    const Credentials& credentials) {
  if (!response.ok()) return refused(response, credentials);
  std::string_view sent = response.headers.value_or("Content-Type", "");
  if (auto parameters = base::cut(sent, ";")) sent = base::trim(parameters->first);
  if (base::equals_ignore_case(sent, type)) return {};
  return Error(Code::kInvalid, response.shown_url + ": answers with \"" +
                                   base::printable(sent, 100) +
                                   "\", so it is no git repository over smart HTTP");
}

class HttpConnection final : public Connection {
 public:
  HttpConnection(std::string url, const Remote& remote, uint64_t max_bytes, net::HttpClient& http,
                 const Deadline& deadline, std::shared_ptr<net::Authorizer> authorizer)
      : url_(std::move(url)),
        credentials_(remote.credentials),
        max_bytes_(max_bytes),
        http_(http),
        deadline_(deadline),
        authorizer_(std::move(authorizer)) {}

  Result<base::Source*> greeting() override {
    net::HttpRequest request =
        TRY(prepare(url_ + std::string(kService) + "?service=git-upload-pack"));
    request.same_host = true;
    request.headers.add("Accept", kAdvertisement);
    source_ = TRY(http_.open(std::move(request)));
    TRY(check_answer(source_->response(), kAdvertisement, credentials_));
    TRY(follow(source_->response().shown_url));
    return source_.get();
  }

  Result<base::Source*> request(const std::string& body) override {
    source_.reset();  // its connection serves this one
    net::HttpRequest request = TRY(prepare(url_ + "/git-upload-pack"));
    request.method = net::Method::kPost;
    request.idempotent = true;  // nothing is changed on the server
    request.body = body;
    request.headers.add("Content-Type", "application/x-git-upload-pack-request");
    request.headers.add("Accept", kAnswer);
    source_ = TRY(http_.open(std::move(request)));
    TRY(check_answer(source_->response(), kAnswer, credentials_));
    return source_.get();
  }

 private:
  Result<net::HttpRequest> prepare(std::string url) const {
    TRY(deadline_.check());
    net::HttpRequest request;
    request.url = std::move(url);
    request.authorizer = authorizer_;
    request.max_bytes = max_bytes_;
    request.total_timeout_ms = deadline_.left_ms();
    request.headers.add("Git-Protocol", "version=2");
    return request;
  }

  // Takes over where the greeting was found (shown without its query).
  Status follow(std::string_view shown_url) {
    if (auto query = base::cut(shown_url, "?")) shown_url = query->first;
    if (!shown_url.ends_with(kService)) {
      return Error(Code::kNetwork,
                   std::string(shown_url) + ": redirected to what is no repository");
    }
    url_ = shown_url.substr(0, shown_url.size() - kService.size());
    return {};
  }

  std::string url_;
  const Credentials& credentials_;
  uint64_t max_bytes_;
  net::HttpClient& http_;
  const Deadline& deadline_;
  std::shared_ptr<net::Authorizer> authorizer_;
  std::unique_ptr<net::HttpSource> source_;
};

}  // namespace

Result<std::unique_ptr<Connection>> connect_http(const Location& location, const Remote& remote,
                                                 const Limits& limits, net::HttpClient& http,
                                                 const Deadline& deadline) {
  auto credentials = TRY(authorizer(remote.credentials));
  // The side band adds a little to the pack; a list of refs is bounded by its reader.
  uint64_t max_bytes = limits.max_pack_bytes + limits.max_pack_bytes / 64 + (32 << 20);
  return std::unique_ptr<Connection>(std::make_unique<HttpConnection>(
      location.url, remote, max_bytes, http, deadline, std::move(credentials)));
}

}  // namespace bulkhead::gitsync
