// SPDX-License-Identifier: Apache-2.0
// Any text as an armoured SSH signature, as the bytes inside one, as a key, as lines of allowed
// signers and of known hosts, and as what gpgv says: none may be taken for a valid signature of
// "message", whose key nobody has.
#include "gitsync/signers/ssh_signature.h"

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "gitsync/signers/allowed_signers.h"
#include "gitsync/signers/openpgp.h"
#include "gitsync/wire/known_hosts.h"
#include "gitsync/wire/ssh_session.h"

namespace {

using namespace bulkhead;

void try_signature(std::string_view armoured) {
  auto signature = gitsync::SshSignature::parse(armoured);
  if (!signature) return;
  CHECK(!signature->name_space.empty());
  CHECK(signature->key.fingerprint().starts_with("SHA256:"));
  CHECK(!signature->verify("another message than anybody signed"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try_signature(text);
  try_signature("-----BEGIN SSH SIGNATURE-----\n" + base::to_base64(base::as_bytes(text)) +
                "\n-----END SSH SIGNATURE-----\n");
  if (auto key = gitsync::SshKey::parse(text)) {
    CHECK(gitsync::SshKey::parse(key->wire()).has_value());
  }
  if (auto signers = gitsync::AllowedSigners::parse(text)) {
    for (const auto& signer : signers->all()) {
      CHECK(!signer.principals.empty());
      (void)signers->check(signer.key_wire, "git", {1'790'000'000});
    }
    CHECK(!signers->check("no such key", "git", {0}).allowed);
  }
  gitsync::KnownHosts hosts;
  hosts.add(text);
  CHECK(hosts.check("host.example.com", 22, "no such key") != gitsync::KnownHosts::Verdict::kKnown);
  (void)hosts.types("host.example.com", 2222);
  (void)gitsync::check_private_key(text, "key").has_value();
  auto judged = gitsync::read_gpgv_status(text, true);
  CHECK((judged.state == gitsync::SignatureState::kVerified) == judged.reason.empty());
  return 0;
}
