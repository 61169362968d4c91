// SPDX-License-Identifier: Apache-2.0
// SSH public keys and raw SSH signatures (RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709, and
// PROTOCOL.u2f of OpenSSH for keys on security tokens).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/public_key.h"

namespace bulkhead::gitsync {

// Length-prefixed strings, as everywhere in SSH.
std::optional<std::string_view> take_ssh_string(base::ByteReader& in);
void put_ssh_string(std::string& out, std::string_view value);

class SshKey {
 public:
  static constexpr size_t kMaxBytes = 8 * 1024;
  static constexpr unsigned kMinRsaBits = 2048;

  // From the wire form. kUnsupported for certificates, DSA and types unknown here, by name.
  static base::Result<SshKey> parse(std::string_view wire);
  // "ssh-ed25519 AAAA...": the type is checked against the one inside.
  static base::Result<SshKey> parse_text(std::string_view type, std::string_view base64);

  const std::string& type() const { return type_; }
  const std::string& wire() const { return wire_; }
  // "SHA256:..." as ssh-keygen prints it.
  std::string fingerprint() const;

  // Fails with the reason: another algorithm than the key's, SHA-1, malformed, or wrong.
  base::Status verify(std::string_view signature, std::string_view message) const;

 private:
  SshKey(std::string wire, std::string type, std::string application, crypto::PublicKey key)
      : wire_(std::move(wire)),
        type_(std::move(type)),
        application_(std::move(application)),
        key_(std::move(key)) {}

  std::string wire_;
  std::string type_;
  std::string application_;  // of keys on security tokens
  crypto::PublicKey key_;
};

}  // namespace bulkhead::gitsync
