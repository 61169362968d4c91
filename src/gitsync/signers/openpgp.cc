// SPDX-License-Identifier: Apache-2.0
// gpgv checks, with nothing but the keyring it is given: no home directory, no trust database, no
// agent, an empty environment. Signature, content and keys go in by unnamed files.
#include "gitsync/signers/openpgp.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/fs.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using base::Status;

constexpr uint64_t kMaxKeyringBytes = 16 << 20;
constexpr uint32_t kTimeoutMs = 20'000;

Signature unverified(std::string reason) {
  return {SignatureKind::kOpenPgp, SignatureState::kUnverified, {}, {}, std::move(reason)};
}

// gpgv takes binary keyrings only (RFC 9580 section 6 says what the armour is).
Result<std::string> read_keyring(const std::string& path) {
  std::string text = TRY_AT("keyring", base::read_file(path, kMaxKeyringBytes));
  constexpr std::string_view kBegin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  if (base::trim(text).substr(0, kBegin.size()) != kBegin) return text;
  std::string out;
  std::string base64;
  bool inside = false;
  bool in_head = false;
  std::string_view rest = text;
  std::string_view line;
  while (base::next_line(rest, line)) {
    line = base::trim(line);
    if (line == kBegin) {
      inside = in_head = true;
      base64.clear();
    } else if (line.starts_with("-----END")) {
      auto bytes = base::from_base64(base64);
      if (!bytes) return Error(Code::kInvalid, "keyring " + path + ": malformed armour");
      out.append(base::as_text(*bytes));
      inside = false;
    } else if (inside && in_head) {
      in_head = !line.empty();                      // "Version: ..." lines end with an empty one
    } else if (inside && !line.starts_with('=')) {  // "=" and the checksum
      base64.append(line);
    }
  }
  if (inside) return Error(Code::kInvalid, "keyring " + path + ": armour is not closed");
  return out;
}

Result<base::Ended> run_gpgv(std::string_view armoured, std::string_view payload,
                             const std::string& keyring, const Deadline& deadline) {
  Fd signature_file = TRY(base::memory_file(base::as_bytes(armoured)));
  Fd payload_file = TRY(base::memory_file(base::as_bytes(payload)));
  std::string keys = TRY(read_keyring(keyring));
  Fd keyring_file = TRY(base::memory_file(base::as_bytes(keys)));
  base::Program program;
  program.name = "/usr/bin/gpgv";
  program.arguments = {"--homedir", "/nonexistent", "--keyring", "/dev/fd/5", "--status-fd",
                       "1",         "--",           "/dev/fd/3", "/dev/fd/4"};
  program.descriptors = {&signature_file, &payload_file, &keyring_file};
  program.keep_environment = false;
  program.timeout_ms = std::min(kTimeoutMs, std::max(deadline.left_ms(), 1u));
  auto ended = base::run_program(program);
  if (!ended && ended.error().code() == Code::kNotFound) {
    return Error(Code::kUnsupported, "OpenPGP signatures need gpgv; install the package gpgv");
  }
  return ended;
}

}  // namespace

Signature read_gpgv_status(std::string_view status, bool ran_well) {
  Signature out = unverified("gpgv does not accept the signature");
  size_t verdicts = 0;
  bool good = false;
  std::string fingerprint;
  std::string_view line;
  while (base::next_line(status, line)) {
    constexpr std::string_view kPrefix = "[GNUPG:] ";
    if (!line.starts_with(kPrefix)) continue;
    auto words = base::cut(line.substr(kPrefix.size()), " ");
    std::string_view word = words ? words->first : line.substr(kPrefix.size());
    std::string_view rest = words ? words->second : std::string_view();
    auto id_and_user = base::cut(rest, " ");
    std::string who = id_and_user ? base::printable(id_and_user->second, 256) : std::string();
    std::string id = base::printable(id_and_user ? id_and_user->first : rest, 64);
    if (word == "VALIDSIG") fingerprint = id;
    bool verdict = word == "GOODSIG" || word == "BADSIG" || word == "EXPSIG" ||
                   word == "EXPKEYSIG" || word == "REVKEYSIG" || word == "ERRSIG";
    if (!verdict) continue;
    ++verdicts;
    out.signer = word == "ERRSIG" ? "" : who;
    out.fingerprint = id;
    good = word == "GOODSIG";
    if (word == "BADSIG") {
      out.state = SignatureState::kBad;
      out.reason = "signature does not match what was signed";
    } else if (word == "EXPSIG") {
      out.reason = "signature has expired";
    } else if (word == "EXPKEYSIG") {
      out.reason = "the key " + id + " has expired";
    } else if (word == "REVKEYSIG") {
      out.reason = "the key " + id + " is revoked";
    } else if (word == "ERRSIG") {
      out.reason = "the key " + id + " is not in the keyring, or its kind is not supported";
    }
  }
  if (verdicts > 1) return unverified("there is more than one OpenPGP signature");
  if (!good || !ran_well || fingerprint.empty()) return out;
  out.state = SignatureState::kVerified;
  out.fingerprint = fingerprint;
  out.reason.clear();
  return out;
}

Signature judge_openpgp(std::string_view armoured, std::string_view payload,
                        const std::string& keyring, const Deadline& deadline) {
  if (keyring.empty()) return unverified("OpenPGP signature, and no keyring is given");
  auto ended = run_gpgv(armoured, payload, keyring, deadline);
  if (!ended) return unverified(ended.error().message());
  return read_gpgv_status(ended->output, ended->well);
}

}  // namespace bulkhead::gitsync
