// SPDX-License-Identifier: Apache-2.0
// libssh2 in blocking mode, each call with the time that is left. The host's key is the first thing
// looked at: nothing of ours goes to a host that is not known. Which key a host shows is
// negotiated, so it is asked for one of the types that known_hosts has.
#include "gitsync/wire/ssh_session.h"

#include <libssh2.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/shared_library.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "gitsync/signers/ssh_key.h"
#include "gitsync/wire/known_hosts.h"
#include "net/tcp.h"

namespace bulkhead::gitsync {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using base::Status;

#define BULKHEAD_LIBSSH2_FUNCTIONS(X)       \
  X(libssh2_init)                           \
  X(libssh2_session_init_ex)                \
  X(libssh2_session_free)                   \
  X(libssh2_session_disconnect_ex)          \
  X(libssh2_session_set_timeout)            \
  X(libssh2_session_method_pref)            \
  X(libssh2_session_handshake)              \
  X(libssh2_session_hostkey)                \
  X(libssh2_session_last_error)             \
  X(libssh2_userauth_publickey_fromfile_ex) \
  X(libssh2_agent_init)                     \
  X(libssh2_agent_connect)                  \
  X(libssh2_agent_list_identities)          \
  X(libssh2_agent_get_identity)             \
  X(libssh2_agent_userauth)                 \
  X(libssh2_agent_free)                     \
  X(libssh2_channel_open_ex)                \
  X(libssh2_channel_setenv_ex)              \
  X(libssh2_channel_process_startup)        \
  X(libssh2_channel_read_ex)                \
  X(libssh2_channel_write_ex)               \
  X(libssh2_channel_free)

struct LibSsh2 {
#define BULKHEAD_DECLARE(name) decltype(&::name) name = nullptr;
  BULKHEAD_LIBSSH2_FUNCTIONS(BULKHEAD_DECLARE)
#undef BULKHEAD_DECLARE
};

namespace {

Result<LibSsh2> load_libssh2() {
  auto library = TRY(base::SharedLibrary::open("libssh2.so.1", "libssh2-1"));
  LibSsh2 ssh;
#define BULKHEAD_BIND(name) TRY(library.bind(#name, ssh.name));
  BULKHEAD_LIBSSH2_FUNCTIONS(BULKHEAD_BIND)
#undef BULKHEAD_BIND
  if (ssh.libssh2_init(0) != 0) return Error(Code::kInternal, "libssh2 does not start");
  return ssh;
}

// Once for the process: the library has global state of its own.
Result<const LibSsh2*> libssh2() {
  static const Result<LibSsh2> loaded = load_libssh2();
  if (!loaded) return loaded.error();
  return &*loaded;
}

// Best first. RSA is not here: libssh2 of Debian 12 knows it with SHA-1 only.
constexpr std::string_view kHostKeyTypes[] = {"ssh-ed25519", "ecdsa-sha2-nistp256",
                                              "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};

std::string fingerprint(std::string_view wire) {
  std::string text =
      base::to_base64(crypto::digest(crypto::Algorithm::kSha256, base::as_bytes(wire)));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

struct Hosts {
  KnownHosts known;
  std::string files;  // for messages
};

Result<Hosts> read_known_hosts(const Credentials& credentials) {
  constexpr uint64_t kMaxBytes = 16 << 20;
  Hosts out;
  if (!credentials.known_hosts_file.empty()) {
    out.files = credentials.known_hosts_file;
    out.known.add(TRY_AT("known hosts", base::read_file(out.files, kMaxBytes)));
    return out;
  }
  std::vector<std::string> files;
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    files.push_back(std::string(home) + "/.ssh/known_hosts");
  }
  files.push_back("/etc/ssh/ssh_known_hosts");
  out.files = base::join(files, " or ");
  for (const std::string& file : files) {
    auto text = base::read_file(file, kMaxBytes);
    if (!text && text.error().code() == Code::kNotFound) continue;
    out.known.add(TRY_AT("known hosts", std::move(text)));
  }
  return out;
}

// The types to ask the host for: those it is known by, or all when it is not known at all.
Result<std::string> wanted_types(const Hosts& hosts, const Location& location) {
  auto known = hosts.known.types(location.host, location.port);
  std::vector<std::string> wanted;
  for (std::string_view type : kHostKeyTypes) {
    if (known.empty() || std::ranges::find(known, type) != known.end()) wanted.emplace_back(type);
  }
  if (!wanted.empty()) return base::join(wanted, ",");
  return Error(Code::kUnsupported,
               location.host + " is known in " + hosts.files + " by keys of type " +
                   base::printable(base::join(known, ", "), 100) +
                   " only, which are not supported here; add its ssh-ed25519 key");
}

Status check_host_key(const Hosts& hosts, const Location& location, std::string_view wire) {
  std::string shown = location.host + " shows the key " + fingerprint(wire);
  switch (hosts.known.check(location.host, location.port, wire)) {
    case KnownHosts::Verdict::kKnown: return {};
    case KnownHosts::Verdict::kUnknown:
      return Error(Code::kDenied, shown + ", which is not in " + hosts.files +
                                      "; compare it with what the host's owner says and add it");
    case KnownHosts::Verdict::kChanged:
      return Error(Code::kDenied, shown + ", and another one is in " + hosts.files +
                                      ": somebody may be in between");
    case KnownHosts::Verdict::kRevoked:
      return Error(Code::kDenied, shown + ", which " + hosts.files + " says is revoked");
  }
  return Error(Code::kInternal, shown);
}

}  // namespace

struct SshSession::State {
  State(const LibSsh2& library, const Location& where, const Deadline& end)
      : ssh(library), location(where), deadline(end) {}
  ~State() {
    if (session == nullptr) return;
    ssh.libssh2_session_set_timeout(session, 1000);  // a farewell nobody has to wait for
    if (channel != nullptr) ssh.libssh2_channel_free(channel);
    ssh.libssh2_session_disconnect_ex(session, SSH_DISCONNECT_BY_APPLICATION, "done", "");
    ssh.libssh2_session_free(session);
  }

  // Gives the next call the time that is left.
  Status arm() {
    TRY(deadline.check());
    constexpr uint32_t kStallMs = 30'000;
    ssh.libssh2_session_set_timeout(session,
                                    static_cast<long>(std::min(deadline.left_ms(), kStallMs)));
    return {};
  }
  Error failure(std::string_view doing) {
    char* message = nullptr;
    int error = ssh.libssh2_session_last_error(session, &message, nullptr, 0);
    std::string text = location.host + ": " + std::string(doing);
    if (message != nullptr) text += ": " + base::printable(message, 200);
    return Error(error == LIBSSH2_ERROR_TIMEOUT ? Code::kTimeout : Code::kNetwork, text);
  }

  Status handshake(const Credentials& credentials);
  Status authenticate(const Credentials& credentials);
  Status try_key_file(const Credentials& credentials);
  Status try_agent();
  Status start(const std::string& command);
  std::string complaint();

  const LibSsh2& ssh;
  const Location& location;
  const Deadline& deadline;
  Fd socket;
  LIBSSH2_SESSION* session = nullptr;
  LIBSSH2_CHANNEL* channel = nullptr;
  bool got_anything = false;
};

Status SshSession::State::handshake(const Credentials& credentials) {
  Hosts hosts = TRY(read_known_hosts(credentials));
  std::string types = TRY(wanted_types(hosts, location));
  socket = TRY(net::connect_tcp(location.host, location.port, deadline.left_ms()));
  session = ssh.libssh2_session_init_ex(nullptr, nullptr, nullptr, nullptr);
  if (session == nullptr) return Error(Code::kInternal, "libssh2 does not start a session");
  if (ssh.libssh2_session_method_pref(session, LIBSSH2_METHOD_HOSTKEY, types.c_str()) != 0) {
    return failure("choose types of host keys");
  }
  TRY(arm());
  if (ssh.libssh2_session_handshake(session, socket.get()) != 0) return failure("SSH handshake");
  size_t size = 0;
  int type = 0;
  const char* key = ssh.libssh2_session_hostkey(session, &size, &type);
  if (key == nullptr) return failure("read the host's key");
  return check_host_key(hosts, location, {key, size});
}

Status SshSession::State::try_key_file(const Credentials& credentials) {
  std::string text = TRY_AT("SSH key", base::read_file(credentials.ssh_key_file, 64 << 10));
  TRY(check_private_key(text, credentials.ssh_key_file));
  std::string passphrase;
  if (!credentials.ssh_passphrase_file.empty()) {
    passphrase = TRY_AT("SSH passphrase", base::read_file(credentials.ssh_passphrase_file, 4096));
    while (passphrase.ends_with('\n') || passphrase.ends_with('\r')) passphrase.pop_back();
  }
  TRY(arm());
  int failed = ssh.libssh2_userauth_publickey_fromfile_ex(
      session, location.user.c_str(), static_cast<unsigned>(location.user.size()), nullptr,
      credentials.ssh_key_file.c_str(), passphrase.c_str());
  std::fill(passphrase.begin(), passphrase.end(), '\0');
  if (failed == 0) return {};
  return Error(Code::kDenied, failure("the SSH key " + credentials.ssh_key_file +
                                      " was not accepted for " + location.user)
                                  .message());
}

Status SshSession::State::try_agent() {
  constexpr int kMaxTries = 6;  // servers hang up after about so many
  LIBSSH2_AGENT* agent = ssh.libssh2_agent_init(session);
  if (agent == nullptr) return failure("SSH agent");
  std::unique_ptr<LIBSSH2_AGENT, decltype(ssh.libssh2_agent_free)> owner(agent,
                                                                         ssh.libssh2_agent_free);
  if (ssh.libssh2_agent_connect(agent) != 0) {
    return Error(Code::kDenied, "there is no SSH agent (SSH_AUTH_SOCK)");
  }
  if (ssh.libssh2_agent_list_identities(agent) != 0) return failure("SSH agent");
  libssh2_agent_publickey* identity = nullptr;
  libssh2_agent_publickey* before = nullptr;
  int tries = 0;
  while (tries < kMaxTries && ssh.libssh2_agent_get_identity(agent, &identity, before) == 0) {
    before = identity;
    auto blob = std::as_bytes(std::span(identity->blob, identity->blob_len));
    base::ByteReader in(blob);
    auto type = take_ssh_string(in);
    if (type && *type == "ssh-rsa") continue;  // SHA-1 only, see check_private_key
    ++tries;
    TRY(arm());
    if (ssh.libssh2_agent_userauth(agent, location.user.c_str(), identity) == 0) return {};
  }
  return Error(Code::kDenied, location.host + ": none of the SSH agent's Ed25519 and ECDSA keys " +
                                  "was accepted for " + location.user);
}

Status SshSession::State::authenticate(const Credentials& credentials) {
  if (!credentials.ssh_key_file.empty()) return try_key_file(credentials);
  if (credentials.ssh_agent) return try_agent();
  return Error(Code::kDenied,
               location.host + ": SSH needs a key file or the agent (SSH_AUTH_SOCK)");
}

Status SshSession::State::start(const std::string& command) {
  constexpr std::string_view kKind = "session";
  TRY(arm());
  channel = ssh.libssh2_channel_open_ex(session, kKind.data(), kKind.size(),
                                        LIBSSH2_CHANNEL_WINDOW_DEFAULT,
                                        LIBSSH2_CHANNEL_PACKET_DEFAULT, nullptr, 0);
  if (channel == nullptr) return failure("open a channel");
  // Servers that do not take it speak version 0.
  constexpr std::string_view kName = "GIT_PROTOCOL";
  constexpr std::string_view kValue = "version=2";
  TRY(arm());
  (void)ssh.libssh2_channel_setenv_ex(channel, kName.data(), kName.size(), kValue.data(),
                                      kValue.size());
  constexpr std::string_view kExec = "exec";
  TRY(arm());
  if (ssh.libssh2_channel_process_startup(channel, kExec.data(), kExec.size(), command.c_str(),
                                          static_cast<unsigned>(command.size())) != 0) {
    return failure("run " + command);
  }
  return {};
}

// What the command wrote to its stderr.
std::string SshSession::State::complaint() {
  std::string text(1024, '\0');
  if (!arm()) return {};
  auto got =
      ssh.libssh2_channel_read_ex(channel, SSH_EXTENDED_DATA_STDERR, text.data(), text.size());
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return base::printable(base::trim(text), 300);
}

SshSession::SshSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
SshSession::~SshSession() = default;

Result<std::unique_ptr<SshSession>> SshSession::start(const Location& location,
                                                      const Credentials& credentials,
                                                      const std::string& command,
                                                      const Deadline& deadline) {
  const LibSsh2* ssh = TRY(libssh2());
  auto state = std::make_unique<State>(*ssh, location, deadline);
  TRY(state->handshake(credentials));
  TRY(state->authenticate(credentials));
  TRY(state->start(command));
  return std::make_unique<SshSession>(std::move(state));
}

Status SshSession::write(std::string_view bytes) {
  while (!bytes.empty()) {
    TRY(state_->arm());
    auto put = state_->ssh.libssh2_channel_write_ex(state_->channel, 0, bytes.data(), bytes.size());
    if (put < 0) return state_->failure("send a request");
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

Result<size_t> SshSession::read(std::span<std::byte> out) {
  TRY(state_->arm());
  auto got = state_->ssh.libssh2_channel_read_ex(state_->channel, 0,
                                                 reinterpret_cast<char*>(out.data()), out.size());
  if (got < 0) return state_->failure("read the answer");
  if (got == 0 && !state_->got_anything) {
    std::string said = state_->complaint();
    return Error(Code::kNetwork, state_->location.host + ": the server gives no repository" +
                                     (said.empty() ? "" : ": " + said));
  }
  state_->got_anything = true;
  return static_cast<size_t>(got);
}

Status check_private_key(std::string_view text, const std::string& path) {
  Error rsa(Code::kUnsupported, path +
                                    " is an RSA key: with libssh2 1.10 it would sign with SHA-1, "
                                    "which servers refuse; use an Ed25519 or ECDSA key");
  if (text.find("-----BEGIN RSA PRIVATE KEY-----") != std::string_view::npos) return rsa;
  // OpenSSH's own form (PROTOCOL.key) has the public key in clear.
  constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
  constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----";
  auto begin = text.find(kBegin);
  auto end = text.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  std::string base64;
  for (char c : text.substr(begin + kBegin.size(), end - begin - kBegin.size())) {
    if (!base::is_space(c)) base64.push_back(c);
  }
  auto blob = base::from_base64(base64);
  if (!blob) return Error(Code::kInvalid, "SSH key " + path + " is malformed");
  base::ByteReader in(*blob);
  constexpr std::string_view kMagic("openssh-key-v1\0", 15);
  auto magic = in.take(kMagic.size());
  for (int i = 0; i < 3; ++i) (void)take_ssh_string(in);  // cipher, key derivation, its options
  auto count = in.big<uint32_t>();
  auto key = take_ssh_string(in);
  if (!magic || base::as_text(*magic) != kMagic || !count || *count != 1 || !key) {
    return Error(Code::kInvalid, "SSH key " + path + " is malformed");
  }
  base::ByteReader inner(base::as_bytes(*key));
  auto type = take_ssh_string(inner);
  if (type && *type == "ssh-rsa") return rsa;
  return {};
}

}  // namespace bulkhead::gitsync
