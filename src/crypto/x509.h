// SPDX-License-Identifier: Apache-2.0
// Certificates (RFC 5280) and certificate requests (RFC 2986) as plain values, and whether a chain
// holds. Nothing is fetched: no revocation lists, no issuers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace bulkhead::crypto {

using Oid = std::vector<uint64_t>;

struct NameAttribute {
  Oid type;
  std::string value;
};

struct Extension {
  Oid id;
  bool critical = false;
  base::Bytes value;
};

enum class CertificateKey : uint8_t { kOther = 0, kRsa = 1, kDsa = 2, kEcdsa = 3, kEd25519 = 4 };

struct SubjectKey {
  CertificateKey kind = CertificateKey::kOther;
  std::string first, second;  // decimal: modulus and exponent (RSA), x and y (ECDSA)
  base::Bytes raw;            // the key itself (Ed25519)
};

// What subject alternative names and name constraints hold.
struct GeneralNames {
  std::vector<std::string> dns, emails, uris;
  std::vector<base::Bytes> addresses;  // 4 or 16 bytes; in constraints twice that, with the mask
};

struct Certificate {
  base::Bytes raw, raw_tbs, raw_key, raw_issuer, raw_subject, signature;
  int version = 0;     // 3 for X.509v3
  std::string serial;  // decimal
  std::vector<NameAttribute> issuer, subject;
  base::UnixTime not_before = 0, not_after = 0;
  int signature_algorithm = 0;  // as Go numbers them: 4 SHA256-RSA, 10 ECDSA-SHA256, 16 Ed25519
  SubjectKey key;
  std::vector<Extension> extensions;
  GeneralNames names, permitted, excluded;
  bool constraints_critical = false;
  uint32_t key_usage = 0;  // bit i is bit i of RFC 5280 section 4.2.1.3
  std::vector<Oid> extended_key_usage;
  std::vector<Oid> policies;
  bool basic_constraints = false, is_ca = false;
  std::optional<int64_t> max_path_length;
  base::Bytes subject_key_id, authority_key_id;
  std::vector<std::string> ocsp_servers, issuer_urls, revocation_lists;
};

struct CertificateRequest {
  base::Bytes raw, raw_tbs, raw_key, raw_subject, signature;
  int version = 0;
  std::vector<NameAttribute> subject;
  int signature_algorithm = 0;
  SubjectKey key;
  std::vector<Extension> extensions;
  GeneralNames names;
};

inline constexpr size_t kMaxCertificates = 100;

// Certificates one after another, PEM blocks "CERTIFICATE" or DER. kInvalid, kLimit.
base::Result<std::vector<Certificate>> parse_certificates(std::string_view pem_or_der);
// One request, PEM or DER. kInvalid.
base::Result<CertificateRequest> parse_certificate_request(std::string_view pem_or_der);

struct ChainRules {
  base::UnixTime at = 0;
  std::string host;           // "" any; a name or an address
  std::vector<Oid> purposes;  // one of them must be allowed all along; empty: any
};

// The chain from the last certificate to the first, which is trusted; those between may be used.
// kDenied with the reason when there is none that holds.
base::Result<std::vector<Certificate>> verify_chain(std::span<const Certificate> certificates,
                                                    const ChainRules& rules);

}  // namespace bulkhead::crypto
