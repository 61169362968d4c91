// SPDX-License-Identifier: Apache-2.0
// The order matters for what is reported: first whether the signature is over this content at all
// (else it is bad), then whether its key may sign.
#include "gitsync/signers/signature.h"

#include "base/text.h"
#include "gitsync/signers/openpgp.h"
#include "gitsync/signers/ssh_signature.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::UnixTime;

constexpr std::string_view kNamespace = "git";

Signature judge_ssh(std::string_view armoured, std::string_view payload, const Signers& signers,
                    const std::vector<UnixTime>& times) {
  Signature out{SignatureKind::kSsh, SignatureState::kUnverified, {}, {}, {}};
  auto parsed = SshSignature::parse(armoured);
  if (!parsed) {
    bool broken = parsed.error().code() == Code::kInvalid;
    out.state = broken ? SignatureState::kBad : SignatureState::kUnverified;
    out.reason = parsed.error().message();
    return out;
  }
  out.fingerprint = parsed->key.fingerprint();
  if (auto verified = parsed->verify(payload); !verified) {
    bool unsupported = verified.error().code() == Code::kUnsupported;
    out.state = unsupported ? SignatureState::kUnverified : SignatureState::kBad;
    out.reason = verified.error().message();
    return out;
  }
  if (parsed->name_space != kNamespace) {
    out.reason = "signature was made for the namespace \"" +
                 base::printable(parsed->name_space, 64) + "\", not for git";
    return out;
  }
  if (signers.revoked.contains(parsed->key.wire())) {
    out.reason = "the key " + out.fingerprint + " is revoked";
    return out;
  }
  if (signers.ssh.all().empty()) {
    out.reason = "no allowed signers are given, so the key " + out.fingerprint + " is nobody's";
    return out;
  }
  auto answer = signers.ssh.check(parsed->key.wire(), kNamespace, times);
  out.signer = base::printable(answer.principals, 256);
  if (answer.allowed) {
    out.state = SignatureState::kVerified;
  } else {
    out.reason = base::printable(answer.reason, 400) + " (" + out.fingerprint + ")";
  }
  return out;
}

Signature refuse(SignatureKind kind, std::string reason) {
  return {kind, SignatureState::kUnverified, {}, {}, std::move(reason)};
}

}  // namespace

std::string_view signature_kind_name(SignatureKind kind) {
  switch (kind) {
    case SignatureKind::kNone: return "none";
    case SignatureKind::kSsh: return "ssh";
    case SignatureKind::kOpenPgp: return "openpgp";
    case SignatureKind::kX509: return "x509";
  }
  return "none";
}

std::string_view signature_state_name(SignatureState state) {
  switch (state) {
    case SignatureState::kVerified: return "verified";
    case SignatureState::kUnverified: return "unverified";
    case SignatureState::kBad: return "bad";
  }
  return "unverified";
}

Result<Signers> Signers::from(const Remote& remote) {
  Signers out;
  out.ssh = TRY(AllowedSigners::parse(remote.allowed_signers));
  out.openpgp_keyring = remote.openpgp_keyring;
  std::string_view rest = remote.revoked_keys;
  std::string_view line;
  for (uint32_t number = 1; base::next_line(rest, line); ++number) {
    line = base::trim(line);
    if (line.empty() || line.front() == '#') continue;
    std::string where = "revoked keys, line " + std::to_string(number);
    auto type = base::cut(line, " ");
    if (!type) return Error(Code::kInvalid, where + ": not \"TYPE BASE64\"");
    std::string_view key = base::trim(type->second);
    if (auto comment = base::cut(key, " ")) key = comment->first;
    auto wire = base::from_base64(key);
    if (!wire || wire->empty()) return Error(Code::kInvalid, where + ": not \"TYPE BASE64\"");
    out.revoked.emplace(base::as_text(*wire));
  }
  return out;
}

Signature judge_signature(std::string_view armoured, std::string_view payload,
                          const Signers& signers, const std::vector<UnixTime>& times,
                          const Deadline& deadline) {
  if (armoured.empty()) return refuse(SignatureKind::kNone, "there is no signature");
  if (armoured.starts_with("-----BEGIN SSH SIGNATURE-----")) {
    return judge_ssh(armoured, payload, signers, times);
  }
  if (armoured.starts_with("-----BEGIN PGP ")) {
    return judge_openpgp(armoured, payload, signers.openpgp_keyring, deadline);
  }
  if (armoured.starts_with("-----BEGIN SIGNED MESSAGE-----")) {
    return refuse(SignatureKind::kX509, "X.509 signatures are not supported; sign with an SSH key");
  }
  return refuse(SignatureKind::kNone, "the signature is of an unknown kind");
}

}  // namespace bulkhead::gitsync
