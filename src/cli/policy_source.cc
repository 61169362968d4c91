// SPDX-License-Identifier: Apache-2.0
// Tells what a policy source is and gathers its files.
#include "cli/policy_source.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/text.h"
#include "cli/policy_store.h"
#include "crypto/digest.h"
#include "gitsync/gitsync.h"
#include "net/http_client.h"
#include "policy/bundle.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxSignersBytes = 1 << 20;
constexpr uint64_t kMaxKeyBytes = 64 << 10;

// Repositories are kept apart by address and ref.
base::Result<std::string> cache_of(const gitsync::Remote& remote) {
  std::string key = remote.url + "\n" + remote.ref;
  return TRY(base::cache_directory()) + "/policies/" +
         crypto::sha256_hex(base::as_bytes(key)).substr(0, 32);
}

// An address without the user and password that may stand in it.
std::string without_credentials(std::string_view url) {
  auto scheme = base::cut(url, "://");
  if (!scheme) return std::string(url);
  std::string_view rest = scheme->second;
  std::string_view host = rest.substr(0, rest.find('/'));
  size_t at = host.rfind('@');
  if (at != host.npos) rest.remove_prefix(at + 1);
  return std::string(scheme->first) + "://" + std::string(rest);
}

gitsync::Credentials credentials_of(const Invocation& invocation) {
  gitsync::Credentials out;
  out.token_file = invocation.value("policy-token");
  out.ssh_key_file = invocation.value("policy-ssh-key");
  out.known_hosts_file = invocation.value("policy-known-hosts");
  out.ssh_agent = !base::environment("SSH_AUTH_SOCK").empty();
  return out;
}

// Who may sign; naming anybody means that unsigned commits are refused.
base::Status set_signers(const Invocation& invocation, gitsync::Remote& remote) {
  auto text_of = [&](const char* flag) {
    return base::read_file(invocation.value(flag), kMaxSignersBytes)
        .context("--" + std::string(flag));
  };
  if (invocation.has("policy-signers")) remote.allowed_signers = TRY(text_of("policy-signers"));
  if (invocation.has("policy-gpg-keyring")) {
    remote.openpgp_keyring = invocation.value("policy-gpg-keyring");
    // Here a missing file is the mistake of whoever calls; later it would be the commit's.
    TRY(base::open_regular(remote.openpgp_keyring).context("--policy-gpg-keyring"));
  }
  remote.require_signed = invocation.has("policy-signers") || invocation.has("policy-gpg-keyring");
  if (!invocation.has("policy-revoked")) return {};
  if (!invocation.has("policy-signers")) {
    return base::Error(base::Code::kInvalid,
                       "--policy-revoked takes keys from those of --policy-signers FILE");
  }
  remote.revoked_keys = TRY(text_of("policy-revoked"));
  return {};
}

base::Result<PolicySource> read_repository(const Invocation& invocation,
                                           const std::string& source) {
  gitsync::Remote remote = TRY(policy_remote(invocation, source));
  std::string cache = TRY(cache_of(remote));
  net::HttpClient http{net::HttpOptions()};
  base::SystemClock clock;
  gitsync::Limits limits;
  PolicySource out;
  auto approve = [&](const gitsync::Commit& commit, const gitsync::Tree& tree) -> base::Status {
    TRY(check_policy_tree(tree).context("commit " + commit.id));
    if (!invocation.has("quiet")) complain_about(tree.diagnostics);
    out.files = tree.files;
    return {};
  };
  gitsync::Commit commit = TRY(gitsync::pull(remote, cache, limits, {http, clock}, approve));
  out.identity = identity_of(remote, commit);
  return out;
}

base::Result<PolicySource> read_archive(const std::string& path) {
  base::FdSource file(TRY(base::open_regular(path)));
  PolicySource out;
  for (policy::BundleFile& part : TRY_AT(path, policy::unpack_bundle(file, {}))) {
    std::string name = part.path;
    TRY(check_policy_name(name).context(path));
    if (out.files.emplace(std::move(part.path), std::move(part.bytes)).second) continue;
    return base::Error(base::Code::kInvalid,
                       path + ": the bundle has " + base::printable(name, 200) + " twice");
  }
  return out;
}

}  // namespace

bool is_repository(std::string_view source) {
  constexpr std::array<std::string_view, 4> kSchemes = {"https://", "http://", "ssh://", "file://"};
  for (std::string_view scheme : kSchemes) {
    if (source.starts_with(scheme)) return true;
  }
  // git@host:path, as git itself writes it; a path with a colon has a slash before it.
  size_t colon = source.find(':');
  return colon != source.npos && source.find('@') < colon && source.find('/') > colon;
}

base::Result<gitsync::Remote> policy_remote(const Invocation& invocation,
                                            const std::string& source) {
  gitsync::Remote remote;
  // "URL//folder" names a folder of the repository.
  size_t scheme = source.find("://");
  size_t folder = source.find("//", scheme == source.npos ? 0 : scheme + 3);
  remote.url = source.substr(0, folder);
  if (folder != source.npos) remote.subdirectory = source.substr(folder + 2);
  // "#REF" after all of it is short for --policy-ref.
  std::string& last = folder == source.npos ? remote.url : remote.subdirectory;
  size_t mark = last.rfind('#');
  if (mark != last.npos) {
    remote.ref = last.substr(mark + 1);
    last.resize(mark);
  }
  remote.ref = invocation.value("policy-ref", remote.ref);
  remote.credentials = credentials_of(invocation);
  remote.insecure = invocation.has("insecure");
  TRY(set_signers(invocation, remote));
  return remote;
}

model::PolicyIdentity identity_of(const gitsync::Remote& remote, const gitsync::Commit& commit) {
  model::PolicyIdentity out;
  out.source = without_credentials(remote.url);
  if (!remote.subdirectory.empty()) out.source += "//" + remote.subdirectory;
  out.ref = remote.ref;
  out.commit = commit.id;
  out.author = commit.author.name + " <" + commit.author.email + ">";
  out.time = base::format_time(commit.committer.time);
  const gitsync::Signature& signature = commit.decisive();
  bool verified = signature.state == gitsync::SignatureState::kVerified;
  out.signature = signature.kind == gitsync::SignatureKind::kNone
                      ? "none"
                      : std::string(gitsync::signature_state_name(signature.state));
  if (verified) out.signer = signature.signer;
  for (const gitsync::Claim& claim : commit.claims) {
    out.approvals.push_back(claim.key + ": " + claim.value);
  }
  return out;
}

base::Result<std::vector<policy::VerificationKey>> policy_keys(const Invocation& invocation) {
  std::vector<policy::VerificationKey> out;
  if (!invocation.has("policy-key")) {
    for (const char* flag : {"policy-key-algorithm", "policy-key-id", "policy-key-scope"}) {
      if (!invocation.has(flag)) continue;
      return base::Error(base::Code::kInvalid,
                         "--" + std::string(flag) + " says more about --policy-key FILE");
    }
    return out;
  }
  policy::VerificationKey key;
  key.id = invocation.value("policy-key-id");
  key.algorithm = invocation.value("policy-key-algorithm", "RS256");
  key.scope = invocation.value("policy-key-scope");
  key.key = TRY_AT("--policy-key", base::read_file(invocation.value("policy-key"), kMaxKeyBytes));
  out.push_back(std::move(key));
  return out;
}

namespace {

base::Result<PolicySource> gather(const Invocation& invocation, const std::string& source,
                                  PolicyFiles which) {
  if (is_repository(source)) return read_repository(invocation, source);
  for (const Flag& flag : kRepositoryFlags) {
    if (!invocation.has(flag.name)) continue;
    return base::Error(base::Code::kInvalid,
                       "--" + std::string(flag.name) + " is for repositories; " + source +
                           " is a path (file:///... names a repository on this machine)");
  }
  struct stat info{};
  if (::stat(source.c_str(), &info) != 0) return base::errno_error("open", source);
  PolicySource out;
  if (S_ISDIR(info.st_mode)) {
    if (auto kept = TRY(PolicyStore::read(source, which))) return std::move(*kept);
    out.files = TRY(read_policy_directory(source, which));
  } else {
    out = TRY(read_archive(source));
  }
  if (out.identity.source.empty()) out.identity.source = source;
  return out;
}

}  // namespace

base::Result<PolicySource> read_policy_source(const Invocation& invocation,
                                              const std::string& source) {
  std::vector<policy::VerificationKey> keys = TRY(policy_keys(invocation));
  PolicyFiles which = keys.empty() ? PolicyFiles::kOfPolicy : PolicyFiles::kEverything;
  PolicySource out = TRY(gather(invocation, source, which));
  out.options.keys = std::move(keys);
  if (out.options.keys.empty() && out.files.contains(".signatures.json") &&
      !invocation.has("quiet")) {
    complain(source + ": the bundle is signed, but not verified; --policy-key FILE verifies it");
  }
  return out;
}

}  // namespace bulkhead::cli
