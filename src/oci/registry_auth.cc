// SPDX-License-Identifier: Apache-2.0
// A registry says what it wants by a 401 with WWW-Authenticate. Nothing is sent before it asks, so
// credentials never reach a registry (or its token service) that would serve without them.
//
// The realm of a bearer challenge is chosen by the registry and receives the user's password: that
// is the protocol. What we add is that it may not be plain http when the registry is https.
#include "oci/registry_auth.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "net/url.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr uint64_t kMaxAnswerBytes = 1 << 20;
constexpr size_t kMaxTokenBytes = 128 * 1024;
constexpr size_t kMaxScopeBytes = 4096;
constexpr uint32_t kTokenTimeoutMs = 60'000;
// What the protocol promises when it says nothing, and how long before its end a token is renewed.
constexpr int64_t kDefaultLifetimeS = 60;
constexpr int64_t kMaxLifetimeS = 24 * 3600;
constexpr int64_t kRenewBeforeS = 10;

std::string basic(const Credentials& credentials) {
  std::string pair = credentials.username + ":" + credentials.password;
  return "Basic " + base::to_base64(base::as_bytes(pair));
}

bool has_password(const Credentials& credentials) {
  return !credentials.username.empty() || !credentials.password.empty();
}

// The reason in the body of a token service's refusal: {"details": ...}, {"error": ...} or
// errors[].
std::string refusal(std::string_view body) {
  auto document = base::json::Document::parse(body.substr(0, 64 * 1024));
  if (!document) return {};
  auto root = document->root();
  for (std::string_view name : {"details", "error_description", "message", "error"}) {
    if (auto text = root[name].string()) return ": " + base::printable(*text, 300);
  }
  std::string out;
  root["errors"].each([&](base::json::Value error) {
    if (out.empty()) out = ": " + base::printable(error["message"].string_or(""), 300);
  });
  return out;
}

void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += "&";
  form.append(name).append("=").append(net::percent_encode(value));
}

}  // namespace

std::optional<std::string> TokenCache::find(const std::string& key) {
  std::lock_guard lock(mutex_);
  auto found = tokens_.find(key);
  if (found == tokens_.end() || steady_clock::now() >= found->second.good_until) {
    return std::nullopt;
  }
  return found->second.value;
}

void TokenCache::put(const std::string& key, std::string token, seconds lifetime) {
  std::lock_guard lock(mutex_);
  auto now = steady_clock::now();
  if (tokens_.size() >= kMaxTokens) {
    std::erase_if(tokens_, [&](const auto& entry) { return now >= entry.second.good_until; });
    if (tokens_.size() >= kMaxTokens) tokens_.clear();
  }
  tokens_.insert_or_assign(key, Token{std::move(token), now + lifetime});
}

void TokenCache::drop(const std::string& key) {
  std::lock_guard lock(mutex_);
  tokens_.erase(key);
}

RegistryAuth::RegistryAuth(net::HttpClient client, Settings settings)
    : client_(std::move(client)), settings_(std::move(settings)) {
  if (!settings_.tokens) settings_.tokens = std::make_shared<TokenCache>();
}

std::string RegistryAuth::cache_key(const TokenRequest& wanted) const {
  const Credentials& user = found_->credentials;
  // Identity tokens are secrets; their users are told apart by the place they come from.
  return wanted.key() + "\n" + user.username + "\n" + user.source;
}

Result<std::string> RegistryAuth::authorization() {
  std::lock_guard lock(mutex_);
  if (basic_) return basic(found_->credentials);
  if (!wanted_) return std::string();
  if (!found_->credentials.registry_token.empty()) {
    return "Bearer " + found_->credentials.registry_token;
  }
  auto token = settings_.tokens->find(cache_key(*wanted_));
  if (!token) {
    // Expired between two layers: renewed without another round of 401.
    TRY(fetch_token(*wanted_));
    token = settings_.tokens->find(cache_key(*wanted_));
  }
  return "Bearer " + token.value_or("");
}

Status RegistryAuth::find_credentials() {
  if (found_) return {};
  found_ = settings_.credentials ? TRY(settings_.credentials()) : FoundCredentials();
  return {};
}

Result<bool> RegistryAuth::challenged(const net::HttpResponse& response) {
  std::lock_guard lock(mutex_);
  auto challenges = net::challenges_of(response.headers);
  if (challenges.empty()) return false;
  TRY(find_credentials());
  auto offered = [&](std::string_view scheme) {
    return std::ranges::find(challenges, scheme, &net::Challenge::scheme);
  };
  if (auto bearer = offered("bearer"); bearer != challenges.end()) return use_bearer(*bearer);
  if (offered("basic") == challenges.end()) {
    return Error(Code::kUnsupported,
                 settings_.registry + " wants '" + base::printable(challenges[0].scheme, 50) +
                     "' authentication; Basic and Bearer are what is understood");
  }
  bool fresh = !basic_ && has_password(found_->credentials);
  basic_ = basic_ || fresh;
  return fresh;
}

Result<bool> RegistryAuth::use_bearer(const net::Challenge& challenge) {
  TokenRequest wanted{std::string(challenge.parameter("realm")),
                      std::string(challenge.parameter("service")),
                      std::string(challenge.parameter("scope"))};
  if (wanted.scope.empty()) wanted.scope = "repository:" + settings_.repository + ":pull";
  if (wanted.scope.size() > kMaxScopeBytes || wanted.service.size() > kMaxScopeBytes) {
    return Error(Code::kLimit, settings_.registry + ": challenge is too long");
  }
  std::string where = settings_.registry + " names an unusable token service";
  net::Url realm = TRY_AT(where, net::Url::parse(wanted.realm));
  if (settings_.secure && realm.scheme != "https") {
    return Error(Code::kDenied, settings_.registry + " is https, but its token service " +
                                    realm.display() + " is not: nothing is sent there");
  }
  bool static_token = !found_->credentials.registry_token.empty();
  if (static_token && wanted_) return false;  // was sent and refused
  bool refused = wanted_ && wanted_->key() == wanted.key();
  wanted_ = wanted;
  if (static_token) return true;
  if (refused) settings_.tokens->drop(cache_key(wanted));
  if (settings_.tokens->find(cache_key(wanted))) return true;
  TRY(fetch_token(wanted));
  return true;
}

Result<net::HttpRequest> RegistryAuth::oauth_request(const TokenRequest& wanted) const {
  net::Url url = TRY(net::Url::parse(wanted.realm));
  net::HttpRequest request;
  request.method = net::Method::kPost;
  request.url = url.to_string();
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  add_field(request.body, "grant_type", "refresh_token");
  add_field(request.body, "service", wanted.service);
  add_field(request.body, "client_id", "bulkhead");
  add_field(request.body, "scope", wanted.scope);
  add_field(request.body, "refresh_token", found_->credentials.identity_token);
  request.idempotent = true;
  return request;
}

Result<net::HttpRequest> RegistryAuth::token_request(const TokenRequest& wanted) const {
  net::Url url = TRY(net::Url::parse(wanted.realm));
  if (!wanted.service.empty()) add_field(url.query, "service", wanted.service);
  for (std::string_view scope : base::split(wanted.scope, ' ')) {
    if (!scope.empty()) add_field(url.query, "scope", scope);
  }
  net::HttpRequest request;
  if (const Credentials& user = found_->credentials; has_password(user)) {
    if (!user.username.empty()) add_field(url.query, "account", user.username);
    request.headers.set("Authorization", basic(user));
  }
  request.url = url.to_string();
  return request;
}

Status RegistryAuth::fetch_token(const TokenRequest& wanted) {
  bool oauth = !found_->credentials.identity_token.empty();
  net::HttpRequest request = TRY(oauth ? oauth_request(wanted) : token_request(wanted));
  request.max_bytes = kMaxAnswerBytes;
  request.total_timeout_ms = kTokenTimeoutMs;
  std::string where = "token service of " + settings_.registry;
  auto response = TRY_AT(where, client_.fetch(request));
  bool no_oauth = oauth && (response.status == 404 || response.status == 405);
  if (no_oauth && has_password(found_->credentials)) {
    request = TRY(token_request(wanted));
    request.max_bytes = kMaxAnswerBytes;
    request.total_timeout_ms = kTokenTimeoutMs;
    response = TRY_AT(where, client_.fetch(request));
  }
  return read_token(wanted, response);
}

Status RegistryAuth::read_token(const TokenRequest& wanted, const net::HttpResponse& response) {
  if (response.status == 400 || response.status == 401 || response.status == 403) {
    return Error(Code::kDenied, settings_.registry + ": the token service " + response.shown_url +
                                    " refuses access to " + settings_.repository + " (status " +
                                    std::to_string(response.status) + refusal(response.body) +
                                    "); " + advice_text());
  }
  if (!response.ok()) {
    return Error(Code::kNetwork, settings_.registry + ": the token service " + response.shown_url +
                                     " answered with status " + std::to_string(response.status) +
                                     refusal(response.body));
  }
  auto document = TRY_AT("answer of the token service " + response.shown_url,
                         base::json::Document::parse(response.body));
  auto root = document.root();
  std::string_view token = root["token"].string_or(root["access_token"].string_or(""));
  if (token.empty() || token.size() > kMaxTokenBytes || !net::Headers::is_valid_value(token)) {
    return Error(Code::kInvalid,
                 "answer of the token service " + response.shown_url + ": no usable token in it");
  }
  int64_t lifetime_s = root["expires_in"].integer().value_or(kDefaultLifetimeS);
  lifetime_s = std::clamp(lifetime_s, kDefaultLifetimeS, kMaxLifetimeS) - kRenewBeforeS;
  settings_.tokens->put(cache_key(wanted), std::string(token), seconds(lifetime_s));
  return {};
}

std::string RegistryAuth::advice() const {
  std::lock_guard lock(mutex_);
  return advice_text();
}

std::string RegistryAuth::advice_text() const {
  if (found_ && !found_->credentials.empty()) {
    return "the credentials from " + found_->credentials.source +
           " are not enough: log in again, or as somebody who may read it";
  }
  std::string out = "no credentials were found: log in with `docker login " + settings_.registry +
                    "` or `podman login " + settings_.registry +
                    "`, or name a file that has them in REGISTRY_AUTH_FILE";
  if (found_ && !found_->note.empty()) out += " (" + found_->note + ")";
  return out;
}

}  // namespace bulkhead::oci
