// SPDX-License-Identifier: Apache-2.0
// Access to a registry: answers its challenges with Basic or a bearer token (the distribution
// project's token protocol, by GET, and by OAuth2 POST where there is an identity token).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/challenge.h"
#include "net/http_client.h"
#include "oci/registry_config.h"

namespace bulkhead::oci {

// Access tokens by token service, service, scope and user: whoever scans many images of a registry
// shares one. Safe to use from several threads.
class TokenCache {
 public:
  std::optional<std::string> find(const std::string& key);
  void put(const std::string& key, std::string token, std::chrono::seconds lifetime);
  void drop(const std::string& key);

 private:
  struct Token {
    std::string value;
    std::chrono::steady_clock::time_point good_until;
  };
  static constexpr size_t kMaxTokens = 1024;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;
};

class RegistryAuth final : public net::Authorizer {
 public:
  struct Settings {
    std::string registry;  // as in the reference, for messages and credential files
    std::string repository;
    bool secure = true;  // reached by https: then its token service must be, too
    // Asked once, when the registry first wants credentials.
    std::function<base::Result<FoundCredentials>()> credentials;
    std::shared_ptr<TokenCache> tokens;  // shared between registries
  };
  RegistryAuth(net::HttpClient client, Settings settings);

  base::Result<std::string> authorization() override;
  base::Result<bool> challenged(const net::HttpResponse& response) override;

  // What a person should know when access was refused: which credentials were used, or that none
  // were found and where to put them.
  std::string advice() const;

 private:
  struct TokenRequest {
    std::string realm;
    std::string service;
    std::string scope;
    std::string key() const { return realm + "\n" + service + "\n" + scope; }
  };

  base::Status find_credentials();
  base::Result<bool> use_bearer(const net::Challenge& challenge);
  base::Status fetch_token(const TokenRequest& wanted);
  base::Result<net::HttpRequest> oauth_request(const TokenRequest& wanted) const;
  base::Result<net::HttpRequest> token_request(const TokenRequest& wanted) const;
  base::Status read_token(const TokenRequest& wanted, const net::HttpResponse& response);
  std::string cache_key(const TokenRequest& wanted) const;
  std::string advice_text() const;  // with the mutex held

  mutable std::mutex mutex_;  // several layers may be fetched at once
  net::HttpClient client_;
  Settings settings_;
  std::optional<FoundCredentials> found_;
  std::optional<TokenRequest> wanted_;  // the token that requests carry
  bool basic_ = false;
};

}  // namespace bulkhead::oci
