// SPDX-License-Identifier: Apache-2.0
// docker's config.json (auths, credHelpers, credsStore) and its sibling auth.json of podman,
// buildah and skopeo (containers-auth.json(5)), whose keys may name a namespace. Both are read by
// one set of rules, since either is a link to the other on many machines.
#include "oci/registry_config.h"

#include <cstdlib>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "oci/registry_helper.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint64_t kMaxFileBytes = 4 << 20;

// docker.io goes by several names in these files.
std::string canonical_host(std::string_view host) {
  std::string out = base::lower(host);
  bool hub = out == "index.docker.io" || out == "registry-1.docker.io";
  return hub ? "docker.io" : out;
}

std::string canonical_key(std::string_view key) {
  bool is_url = false;
  for (std::string_view scheme : {"https://", "http://"}) {
    if (!key.starts_with(scheme)) continue;
    key.remove_prefix(scheme.size());
    is_url = true;
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  auto parts = base::cut(key, "/");
  if (!parts) return canonical_host(key);
  bool api = parts->second == "v1" || parts->second == "v2";
  if (is_url || api) return canonical_host(parts->first);
  return canonical_host(parts->first) + "/" + std::string(parts->second);
}

// "auth": base64 of "user:password". Some writers pad the password with NUL.
Status decode_pair(std::string_view encoded, Credentials& out) {
  auto raw = base::from_base64(base::trim(encoded));
  auto pair = raw ? base::cut(base::as_text(*raw), ":") : std::nullopt;
  if (!pair) return Error(Code::kInvalid, "'auth' is not base64 of user:password");
  std::string_view password = pair->second;
  while (password.ends_with('\0')) password.remove_suffix(1);
  out.username = pair->first;
  out.password = password;
  return {};
}

Result<Credentials> read_entry(base::json::Value entry) {
  Credentials out;
  out.username = entry["username"].string_or("");
  out.password = entry["password"].string_or("");
  out.identity_token = entry["identitytoken"].string_or("");
  out.registry_token = entry["registrytoken"].string_or("");
  std::string_view pair = entry["auth"].string_or("");
  if (!pair.empty()) TRY(decode_pair(pair, out));
  return out;
}

}  // namespace

Result<AuthFile> AuthFile::parse(std::string_view text) {
  base::json::Document::Options options;
  options.limits.max_bytes = kMaxFileBytes;
  options.allow_duplicate_keys = true;
  auto document = TRY(base::json::Document::parse(text, options));
  auto root = document.root();
  if (!root.is_object()) return Error(Code::kInvalid, "not a JSON object");
  AuthFile file;
  Status status;
  root["auths"].each_member([&](std::string_view key, base::json::Value entry) {
    auto read = read_entry(entry);
    if (!read && status) {
      status = std::move(read).error().context("auths of " + base::printable(key, 100));
    }
    // An empty entry only says that a store knows more; it must not hide another spelling's secret.
    if (read && !read->empty()) file.entries_.emplace(canonical_key(key), std::move(*read));
  });
  TRY(status);
  root["credHelpers"].each_member([&](std::string_view key, base::json::Value helper) {
    file.helpers_.emplace(canonical_key(key), helper.string_or(""));
  });
  file.store_ = root["credsStore"].string_or("");
  return file;
}

const Credentials* AuthFile::find(std::string_view registry, std::string_view repository) const {
  std::string key = canonical_host(registry) + "/" + std::string(repository);
  while (true) {
    if (auto found = entries_.find(key); found != entries_.end()) return &found->second;
    size_t slash = key.rfind('/');
    if (slash == std::string::npos) return nullptr;
    key.resize(slash);
  }
}

std::string_view AuthFile::helper_for(std::string_view registry) const {
  auto found = helpers_.find(canonical_host(registry));
  return found == helpers_.end() ? std::string_view() : found->second;
}

std::vector<std::string> default_auth_files() {
  std::vector<std::string> out;
  std::string home = base::environment("HOME");
  auto add = [&](const std::string& folder, std::string_view rest) {
    if (!folder.empty()) out.push_back(folder + std::string(rest));
  };
  add(base::environment("REGISTRY_AUTH_FILE"), "");
  add(base::environment("DOCKER_CONFIG"), "/config.json");
  add(base::environment("XDG_RUNTIME_DIR"), "/containers/auth.json");
  std::string config = base::environment("XDG_CONFIG_HOME");
  add(config.empty() && !home.empty() ? home + "/.config" : config, "/containers/auth.json");
  add(home, "/.docker/config.json");
  return out;
}

Result<FoundCredentials> find_credentials(const std::vector<std::string>& files,
                                          std::string_view registry, std::string_view repository) {
  FoundCredentials out;
  std::string server = canonical_host(registry);
  if (server == "docker.io") server = "https://index.docker.io/v1/";  // docker login's name for it
  for (const std::string& path : files) {
    auto text = base::read_file(path, kMaxFileBytes);
    if (!text && text.error().code() == Code::kNotFound) continue;
    if (!text) return std::move(text).error().context("registry credentials");
    AuthFile file = TRY_AT("registry credentials in " + path, AuthFile::parse(*text));
    if (std::string_view helper = file.helper_for(registry); !helper.empty()) {
      out.credentials = TRY_AT(path, ask_credential_helper(helper, server));
    } else if (const Credentials* entry = file.find(registry, repository)) {
      out.credentials = *entry;
      out.credentials.source = path;
    } else if (!file.store().empty()) {
      auto stored = ask_credential_helper(file.store(), server);
      if (stored) out.credentials = std::move(*stored);
      if (!stored) out.note = path + ": " + stored.error().message();
    }
    if (!out.credentials.empty()) return out;
  }
  return out;
}

}  // namespace bulkhead::oci
