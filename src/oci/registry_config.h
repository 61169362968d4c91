// SPDX-License-Identifier: Apache-2.0
// Credentials for registries where docker and podman keep them: config.json and auth.json.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::oci {

struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  // an OAuth2 refresh token, traded for access tokens
  std::string registry_token;  // an access token, sent as it is
  std::string source;          // the file or helper it came from, for messages

  bool empty() const {
    return username.empty() && password.empty() && identity_token.empty() && registry_token.empty();
  }
};

// One such file. Keys are "host[:port]" or, as podman writes, "host/namespace"; docker's older
// "https://host/v1/" means the host.
class AuthFile {
 public:
  // kInvalid when this is no JSON object or a secret cannot be decoded.
  static base::Result<AuthFile> parse(std::string_view text);

  // The entry for a repository: the longest namespace that fits.
  const Credentials* find(std::string_view registry, std::string_view repository) const;
  // The helper named for this registry alone, "" when none.
  std::string_view helper_for(std::string_view registry) const;
  // The helper for all registries, "" when none.
  const std::string& store() const { return store_; }

 private:
  std::map<std::string, Credentials, std::less<>> entries_;
  std::map<std::string, std::string, std::less<>> helpers_;
  std::string store_;
};

// The files in the order in which they are asked: REGISTRY_AUTH_FILE, DOCKER_CONFIG/config.json,
// XDG_RUNTIME_DIR/containers/auth.json, XDG_CONFIG_HOME/containers/auth.json (~/.config),
// ~/.docker/config.json.
std::vector<std::string> default_auth_files();

// What was found, or nothing: then access is anonymous. The note says what might be missing: a
// helper for all registries that cannot be started is no failure, public images need none.
struct FoundCredentials {
  Credentials credentials;
  std::string note;
};
base::Result<FoundCredentials> find_credentials(const std::vector<std::string>& files,
                                                std::string_view registry,
                                                std::string_view repository);

}  // namespace bulkhead::oci
