// SPDX-License-Identifier: Apache-2.0
// The blob is: "SSHSIG", version, public key, namespace, reserved, hash algorithm, signature. What
// is signed is the same without version and key, and with the digest of the message.
#include "gitsync/signers/ssh_signature.h"

#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::gitsync {
namespace {

using base::ByteReader;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr std::string_view kMagic = "SSHSIG";
constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";

Error malformed_signature(std::string_view what) {
  return Error(Code::kInvalid, "SSH signature: " + std::string(what));
}

Result<std::string> dearmour(std::string_view text) {
  if (text.size() > SshSignature::kMaxBytes) return Error(Code::kLimit, "SSH signature: too large");
  text = base::trim(text);
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd))
    return malformed_signature("armour is not closed");
  text.remove_prefix(kBegin.size());
  text.remove_suffix(kEnd.size());
  std::string base64;
  for (char c : text) {
    if (!base::is_space(c)) base64.push_back(c);
  }
  auto blob = base::from_base64(base64);
  if (!blob) return malformed_signature("not valid base64");
  return std::string(base::as_text(*blob));
}

}  // namespace

Result<SshSignature> SshSignature::parse(std::string_view armoured) {
  std::string blob = TRY(dearmour(armoured));
  ByteReader in(base::as_bytes(blob));
  auto magic = in.take(kMagic.size());
  auto version = in.big<uint32_t>();
  if (!magic || base::as_text(*magic) != kMagic || !version)
    return malformed_signature("wrong magic");
  if (*version != 1) {
    return Error(Code::kUnsupported,
                 "SSH signature: version " + std::to_string(*version) + " is not supported");
  }
  auto key = take_ssh_string(in);
  auto name_space = take_ssh_string(in);
  auto reserved = take_ssh_string(in);
  auto hash = take_ssh_string(in);
  auto raw = take_ssh_string(in);
  if (!key || !name_space || !reserved || !hash || !raw || in.remaining() != 0) {
    return malformed_signature("cut off, or followed by something");
  }
  // The signed text repeats namespace and hash, but nothing in "reserved": so there must be
  // nothing.
  if (!reserved->empty()) return malformed_signature("has a reserved part");
  if (name_space->empty()) return malformed_signature("has no namespace");
  if (*hash != "sha256" && *hash != "sha512") {
    return Error(Code::kUnsupported,
                 "SSH signature: hash " + base::printable(*hash, 32) + " is not supported");
  }
  SshKey parsed = TRY_AT("SSH signature", SshKey::parse(*key));
  return SshSignature{std::move(parsed), std::string(*name_space), std::string(*hash),
                      std::string(*raw)};
}

Status SshSignature::verify(std::string_view message) const {
  auto algorithm = hash == "sha256" ? crypto::Algorithm::kSha256 : crypto::Algorithm::kSha512;
  base::Bytes digest = crypto::digest(algorithm, base::as_bytes(message));
  std::string text(kMagic);
  put_ssh_string(text, name_space);
  put_ssh_string(text, "");
  put_ssh_string(text, hash);
  put_ssh_string(text, base::as_text(digest));
  return key.verify(raw, text);
}

}  // namespace bulkhead::gitsync
