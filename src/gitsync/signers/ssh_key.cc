// SPDX-License-Identifier: Apache-2.0
// Keys by their wire form. Every reader ends with "nothing left": bytes behind a key or signature
// would make two encodings of one thing.
#include "gitsync/signers/ssh_key.h"

#include <vector>

#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::gitsync {
namespace {

using base::ByteReader;
using base::Code;
using base::Error;
using base::Result;
using base::Status;
using crypto::Algorithm;
using crypto::KeyType;
using crypto::PublicKey;

constexpr std::string_view kTokenEd25519 = "sk-ssh-ed25519@openssh.com";
constexpr std::string_view kTokenEcdsa = "sk-ecdsa-sha2-nistp256@openssh.com";

struct CurveRow {
  std::string_view name;  // as in "ecdsa-sha2-<name>"
  KeyType type;
  Algorithm hash;
};
constexpr CurveRow kCurves[] = {
    {"nistp256", KeyType::kEcdsaP256, Algorithm::kSha256},
    {"nistp384", KeyType::kEcdsaP384, Algorithm::kSha384},
    {"nistp521", KeyType::kEcdsaP521, Algorithm::kSha512},
};

Error malformed(std::string_view what) {
  return Error(Code::kInvalid, std::string(what) + " is malformed");
}

// A number that is not negative, without its sign byte.
std::optional<std::string_view> take_number(ByteReader& in) {
  auto number = take_ssh_string(in);
  if (!number || number->empty() || (number->front() & 0x80) != 0) return std::nullopt;
  if (number->front() == 0) number->remove_prefix(1);
  return number;
}

Result<PublicKey> read_ecdsa(ByteReader& in, std::string_view expected_curve) {
  auto curve = take_ssh_string(in);
  auto point = take_ssh_string(in);
  if (!curve || !point || *curve != expected_curve) return malformed("ECDSA key");
  for (const CurveRow& row : kCurves) {
    if (row.name == *curve) return PublicKey::ecdsa(row.type, base::as_bytes(*point));
  }
  return Error(Code::kUnsupported, "curve of the ECDSA key is not supported");
}

Result<PublicKey> read_rsa(ByteReader& in) {
  auto exponent = take_number(in);
  auto modulus = take_number(in);
  if (!exponent || !modulus) return malformed("RSA key");
  return PublicKey::rsa(base::as_bytes(*modulus), base::as_bytes(*exponent));
}

Result<PublicKey> read_ed25519(ByteReader& in) {
  auto raw = take_ssh_string(in);
  if (!raw) return malformed("Ed25519 key");
  return PublicKey::ed25519(base::as_bytes(*raw));
}

Result<PublicKey> read_key(std::string_view type, ByteReader& in) {
  if (type == "ssh-ed25519" || type == kTokenEd25519) return read_ed25519(in);
  if (type == "ssh-rsa") return read_rsa(in);
  if (type == kTokenEcdsa) return read_ecdsa(in, "nistp256");
  constexpr std::string_view kEcdsa = "ecdsa-sha2-";
  if (type.starts_with(kEcdsa)) return read_ecdsa(in, type.substr(kEcdsa.size()));
  std::string shown = "SSH key of type " + base::printable(type, 64);
  if (type.find("-cert-v0") != std::string_view::npos) {
    return Error(Code::kUnsupported,
                 shown + ": certificates are not supported, list the key itself");
  }
  return Error(Code::kUnsupported, shown + " is not supported");
}

Algorithm ecdsa_hash(KeyType type) {
  for (const CurveRow& row : kCurves) {
    if (row.type == type) return row.hash;
  }
  return Algorithm::kSha512;
}

// The signature in the form that crypto/ takes.
Result<base::Bytes> ecdsa_raw(std::string_view body) {
  ByteReader in(base::as_bytes(body));
  auto r = take_number(in);
  auto s = take_number(in);
  if (!r || !s || in.remaining() != 0) return malformed("ECDSA signature");
  return crypto::ecdsa_signature(base::as_bytes(*r), base::as_bytes(*s));
}

std::string sha256(std::string_view text) {
  return std::string(base::as_text(crypto::digest(Algorithm::kSha256, base::as_bytes(text))));
}

}  // namespace

std::optional<std::string_view> take_ssh_string(ByteReader& in) {
  auto size = in.big<uint32_t>();
  if (!size) return std::nullopt;
  auto bytes = in.take(*size);
  if (!bytes) return std::nullopt;
  return base::as_text(*bytes);
}

void put_ssh_string(std::string& out, std::string_view value) {
  auto size = static_cast<uint32_t>(value.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  out.append(value);
}

Result<SshKey> SshKey::parse(std::string_view wire) {
  if (wire.size() > kMaxBytes) return Error(Code::kLimit, "SSH key is too large");
  ByteReader in(base::as_bytes(wire));
  auto type = take_ssh_string(in);
  if (!type) return malformed("SSH key");
  PublicKey key = TRY(read_key(*type, in));
  std::string application;
  if (*type == kTokenEd25519 || *type == kTokenEcdsa) {
    auto name = take_ssh_string(in);
    if (!name) return malformed("SSH key of a security token");
    application = *name;
  }
  if (in.remaining() != 0) return malformed("SSH key");
  if (key.type() == KeyType::kRsa && key.bits() < kMinRsaBits) {
    return Error(Code::kUnsupported,
                 "RSA key of " + std::to_string(key.bits()) + " bits is too weak (at least 2048)");
  }
  return SshKey(std::string(wire), std::string(*type), std::move(application), std::move(key));
}

Result<SshKey> SshKey::parse_text(std::string_view type, std::string_view base64) {
  auto wire = base::from_base64(base64);
  if (!wire) return Error(Code::kInvalid, "SSH key is not valid base64");
  SshKey key = TRY(parse(base::as_text(*wire)));
  if (key.type() != type) {
    return Error(Code::kInvalid,
                 "SSH key says it is " + base::printable(type, 64) + " and is " + key.type());
  }
  return key;
}

std::string SshKey::fingerprint() const {
  std::string text = base::to_base64(crypto::digest(Algorithm::kSha256, base::as_bytes(wire_)));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

Status SshKey::verify(std::string_view signature, std::string_view message) const {
  ByteReader in(base::as_bytes(signature));
  auto algorithm = take_ssh_string(in);
  auto body = take_ssh_string(in);
  if (!algorithm || !body) return malformed("SSH signature");

  std::string signed_by_token;  // what a security token really signs
  if (!application_.empty()) {
    auto rest = in.take(5);  // flags, counter
    if (!rest) return malformed("signature of a security token");
    signed_by_token = sha256(application_) + std::string(base::as_text(*rest)) + sha256(message);
    message = signed_by_token;
  }
  if (in.remaining() != 0) return malformed("SSH signature");

  Algorithm hash = ecdsa_hash(key_.type());
  base::Bytes raw(base::as_bytes(*body).begin(), base::as_bytes(*body).end());
  std::string_view expected = type_;
  if (key_.type() == KeyType::kRsa) {
    if (*algorithm == "ssh-rsa") {
      return Error(Code::kUnsupported, "signature uses RSA with SHA-1, which is broken");
    }
    expected = *algorithm == "rsa-sha2-256" ? "rsa-sha2-256" : "rsa-sha2-512";
    hash = expected == "rsa-sha2-256" ? Algorithm::kSha256 : Algorithm::kSha512;
    size_t modulus_bytes = (key_.bits() + 7) / 8;
    if (raw.size() < modulus_bytes) raw.insert(raw.begin(), modulus_bytes - raw.size(), {});
  } else if (key_.type() != KeyType::kEd25519) {
    raw = TRY(ecdsa_raw(*body));
  }
  if (*algorithm != expected) {
    return Error(Code::kInvalid, "signature algorithm " + base::printable(*algorithm, 64) +
                                     " does not fit the key, which is " + type_);
  }
  if (!key_.verify(hash, base::as_bytes(message), raw)) {
    return Error(Code::kCorrupt, "signature does not match what was signed");
  }
  return {};
}

}  // namespace bulkhead::gitsync
