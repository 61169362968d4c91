// SPDX-License-Identifier: Apache-2.0
// Reads certificates with OpenSSL's parser and copies what they say into plain values.
#include "crypto/x509.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/text.h"
#include "crypto/openssl_free.h"

namespace bulkhead::crypto {
namespace {

using base::Bytes;
using base::ByteView;
using base::Code;
using base::Error;

constexpr size_t kMaxBytes = 4 << 20;

using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Free<BN_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

void free_opensslable(char* text) { OPENSSL_free(text); }
void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }
void free_extensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

Error broken(std::string_view what) {
  ERR_clear_error();
  return {Code::kInvalid, "not " + std::string(what)};
}

// What an i2d function writes.
template <typename Write>
Bytes der(Write write) {
  unsigned char* out = nullptr;
  const int size = write(&out);
  if (size <= 0 || out == nullptr) return {};
  const auto* bytes = reinterpret_cast<const std::byte*>(out);
  Bytes copy(bytes, bytes + size);
  OPENSSL_free(out);
  return copy;
}

Bytes bytes_of(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(text));
  return {data, data + ASN1_STRING_length(text)};
}

std::string text_of(const ASN1_STRING* text) {
  unsigned char* out = nullptr;
  const int size = ASN1_STRING_to_UTF8(&out, text);
  if (size < 0) return base::printable(base::as_text(bytes_of(text)), 1000);
  std::string copy(reinterpret_cast<const char*>(out), static_cast<size_t>(size));
  OPENSSL_free(out);
  return copy;
}

// Bytes of an IA5String; what is no ASCII is shown escaped.
std::string ascii_of(const ASN1_STRING* text) {
  return base::printable(base::as_text(bytes_of(text)), 4096);
}

Oid oid_of(const ASN1_OBJECT* object) {
  char digits[512];
  Oid out;
  const int size = OBJ_obj2txt(digits, sizeof digits, object, 1);
  if (size <= 0 || static_cast<size_t>(size) >= sizeof digits) return out;
  for (std::string_view part : base::split(digits, '.')) {
    out.push_back(base::to_number<uint64_t>(part).value_or(0));
  }
  return out;
}

std::string decimal(const BIGNUM* number) {
  std::unique_ptr<char, Free<free_opensslable>> text(BN_bn2dec(number));
  return text == nullptr ? std::string("0") : std::string(text.get());
}

std::vector<NameAttribute> name_of(const X509_NAME* name) {
  std::vector<NameAttribute> out;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    out.push_back(
        {oid_of(X509_NAME_ENTRY_get_object(entry)), text_of(X509_NAME_ENTRY_get_data(entry))});
  }
  return out;
}

base::UnixTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return ::timegm(&parts);
}

// Go's x509.SignatureAlgorithm.
int signature_number(int nid, const X509* certificate) {
  switch (nid) {
    case NID_md5WithRSAEncryption: return 2;
    case NID_sha1WithRSAEncryption: return 3;
    case NID_sha256WithRSAEncryption: return 4;
    case NID_sha384WithRSAEncryption: return 5;
    case NID_sha512WithRSAEncryption: return 6;
    case NID_dsaWithSHA1: return 7;
    case NID_dsa_with_SHA256: return 8;
    case NID_ecdsa_with_SHA1: return 9;
    case NID_ecdsa_with_SHA256: return 10;
    case NID_ecdsa_with_SHA384: return 11;
    case NID_ecdsa_with_SHA512: return 12;
    case NID_ED25519: return 16;
    default: break;
  }
  int digest = 0;
  if (nid != NID_rsassaPss || certificate == nullptr ||
      X509_get_signature_info(const_cast<X509*>(certificate), &digest, nullptr, nullptr, nullptr) !=
          1) {
    return 0;
  }
  return digest == NID_sha256 ? 13 : digest == NID_sha384 ? 14 : digest == NID_sha512 ? 15 : 0;
}

std::string number_param(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return "0";
  const NumberPtr owned(number);
  return decimal(number);
}

SubjectKey key_of(EVP_PKEY* key) {
  SubjectKey out;
  if (key == nullptr) return out;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      out.kind = CertificateKey::kRsa;
      out.first = number_param(key, OSSL_PKEY_PARAM_RSA_N);
      out.second = number_param(key, OSSL_PKEY_PARAM_RSA_E);
      break;
    case EVP_PKEY_DSA: out.kind = CertificateKey::kDsa; break;
    case EVP_PKEY_EC:
      out.kind = CertificateKey::kEcdsa;
      out.first = number_param(key, OSSL_PKEY_PARAM_EC_PUB_X);
      out.second = number_param(key, OSSL_PKEY_PARAM_EC_PUB_Y);
      break;
    case EVP_PKEY_ED25519: {
      out.kind = CertificateKey::kEd25519;
      size_t size = 32;
      out.raw.resize(size);
      if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.raw.data()),
                                      &size) != 1) {
        out.raw.clear();
      }
      break;
    }
    default: break;
  }
  return out;
}

void add_name(const GENERAL_NAME* name, GeneralNames& out) {
  int type = 0;
  void* value = GENERAL_NAME_get0_value(name, &type);
  const auto* text = static_cast<const ASN1_STRING*>(value);
  switch (type) {
    case GEN_DNS: out.dns.push_back(ascii_of(text)); break;
    case GEN_EMAIL: out.emails.push_back(ascii_of(text)); break;
    case GEN_URI: out.uris.push_back(ascii_of(text)); break;
    case GEN_IPADD: out.addresses.push_back(bytes_of(text)); break;
    default: break;
  }
}

GeneralNames names_of(const GENERAL_NAMES* names) {
  GeneralNames out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    add_name(sk_GENERAL_NAME_value(names, i), out);
  }
  return out;
}

void add_subtrees(const STACK_OF(GENERAL_SUBTREE) * trees, GeneralNames& out) {
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); ++i) {
    add_name(sk_GENERAL_SUBTREE_value(trees, i)->base, out);
  }
}

std::vector<Extension> extensions_of(const STACK_OF(X509_EXTENSION) * list) {
  std::vector<Extension> out;
  for (int i = 0; i < sk_X509_EXTENSION_num(list); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(list, i);
    out.push_back({oid_of(X509_EXTENSION_get_object(extension)),
                   X509_EXTENSION_get_critical(extension) == 1,
                   bytes_of(X509_EXTENSION_get_data(extension))});
  }
  return out;
}

// An extension as OpenSSL reads it, freed by `release`.
template <typename T, typename Use>
void with_extension(const X509* certificate, int nid, void (*release)(T*), Use use) {
  auto* value = static_cast<T*>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr));
  if (value == nullptr) return ERR_clear_error();
  use(*value);
  release(value);
}

void read_usages(const X509* certificate, Certificate& out) {
  with_extension<ASN1_BIT_STRING>(certificate, NID_key_usage, ASN1_BIT_STRING_free,
                                  [&](auto& bits) {
                                    for (int i = 0; i < 9; ++i) {
                                      if (ASN1_BIT_STRING_get_bit(&bits, i) == 1)
                                        out.key_usage |= 1u << i;
                                    }
                                  });
  with_extension<EXTENDED_KEY_USAGE>(
      certificate, NID_ext_key_usage, EXTENDED_KEY_USAGE_free, [&](auto& usages) {
        for (int i = 0; i < sk_ASN1_OBJECT_num(&usages); ++i) {
          out.extended_key_usage.push_back(oid_of(sk_ASN1_OBJECT_value(&usages, i)));
        }
      });
  with_extension<CERTIFICATEPOLICIES>(
      certificate, NID_certificate_policies, CERTIFICATEPOLICIES_free, [&](auto& policies) {
        for (int i = 0; i < sk_POLICYINFO_num(&policies); ++i) {
          out.policies.push_back(oid_of(sk_POLICYINFO_value(&policies, i)->policyid));
        }
      });
  with_extension<BASIC_CONSTRAINTS>(certificate, NID_basic_constraints, BASIC_CONSTRAINTS_free,
                                    [&](auto& basic) {
                                      out.basic_constraints = true;
                                      out.is_ca = basic.ca != 0;
                                      if (basic.pathlen != nullptr)
                                        out.max_path_length = ASN1_INTEGER_get(basic.pathlen);
                                    });
}

void read_names(const X509* certificate, Certificate& out) {
  with_extension<GENERAL_NAMES>(certificate, NID_subject_alt_name, free_names,
                                [&](auto& names) { out.names = names_of(&names); });
  with_extension<NAME_CONSTRAINTS>(certificate, NID_name_constraints, NAME_CONSTRAINTS_free,
                                   [&](auto& constraints) {
                                     add_subtrees(constraints.permittedSubtrees, out.permitted);
                                     add_subtrees(constraints.excludedSubtrees, out.excluded);
                                   });
  with_extension<ASN1_OCTET_STRING>(certificate, NID_subject_key_identifier, ASN1_OCTET_STRING_free,
                                    [&](auto& id) { out.subject_key_id = bytes_of(&id); });
  with_extension<AUTHORITY_KEYID>(certificate, NID_authority_key_identifier, AUTHORITY_KEYID_free,
                                  [&](auto& id) { out.authority_key_id = bytes_of(id.keyid); });
}

void read_places(const X509* certificate, Certificate& out) {
  with_extension<AUTHORITY_INFO_ACCESS>(
      certificate, NID_info_access, AUTHORITY_INFO_ACCESS_free, [&](auto& access) {
        for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(&access); ++i) {
          const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(&access, i);
          GeneralNames names;
          add_name(one->location, names);
          const int method = OBJ_obj2nid(one->method);
          auto& list = method == NID_ad_OCSP ? out.ocsp_servers : out.issuer_urls;
          if (method != NID_ad_OCSP && method != NID_ad_ca_issuers) continue;
          list.insert(list.end(), names.uris.begin(), names.uris.end());
        }
      });
  with_extension<CRL_DIST_POINTS>(
      certificate, NID_crl_distribution_points, CRL_DIST_POINTS_free, [&](auto& points) {
        for (int i = 0; i < sk_DIST_POINT_num(&points); ++i) {
          const DIST_POINT_NAME* point = sk_DIST_POINT_value(&points, i)->distpoint;
          if (point == nullptr || point->type != 0) continue;
          const GeneralNames names = names_of(point->name.fullname);
          out.revocation_lists.insert(out.revocation_lists.end(), names.uris.begin(),
                                      names.uris.end());
        }
      });
}

Certificate certificate_of(X509* x509) {
  Certificate out;
  out.raw = der([&](unsigned char** to) { return i2d_X509(x509, to); });
  out.raw_tbs = der([&](unsigned char** to) { return i2d_re_X509_tbs(x509, to); });
  out.raw_key =
      der([&](unsigned char** to) { return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), to); });
  out.raw_issuer =
      der([&](unsigned char** to) { return i2d_X509_NAME(X509_get_issuer_name(x509), to); });
  out.raw_subject =
      der([&](unsigned char** to) { return i2d_X509_NAME(X509_get_subject_name(x509), to); });
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, x509);
  out.signature = bytes_of(signature);
  out.version = static_cast<int>(X509_get_version(x509)) + 1;
  const NumberPtr serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nullptr));
  out.serial = serial == nullptr ? "0" : decimal(serial.get());
  out.issuer = name_of(X509_get_issuer_name(x509));
  out.subject = name_of(X509_get_subject_name(x509));
  out.not_before = time_of(X509_get0_notBefore(x509));
  out.not_after = time_of(X509_get0_notAfter(x509));
  out.signature_algorithm = signature_number(X509_get_signature_nid(x509), x509);
  out.key = key_of(X509_get0_pubkey(x509));
  out.extensions = extensions_of(X509_get0_extensions(x509));
  read_usages(x509, out);
  read_names(x509, out);
  read_places(x509, out);
  for (const Extension& extension : out.extensions) {
    if (extension.id == Oid{2, 5, 29, 30}) out.constraints_critical = extension.critical;
  }
  ERR_clear_error();
  return out;
}

// The DER of all PEM blocks, which must be of that type; DER is given back as it is.
base::Result<Bytes> without_armour(std::string_view text, std::string_view type) {
  if (text.size() > kMaxBytes) return Error(Code::kLimit, "more than 4 MiB of certificates");
  if (!text.starts_with("-----BEGIN")) {
    const ByteView bytes = base::as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
  }
  const std::unique_ptr<BIO, Free<BIO_free>> in(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Bytes out;
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  bool right = true;
  while (right && PEM_read_bio(in.get(), &name, &header, &data, &size) == 1) {
    right = type == name;
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    if (right) out.insert(out.end(), bytes, bytes + size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  ERR_clear_error();
  if (!right) return Error(Code::kInvalid, "a PEM block that is no " + std::string(type));
  return out;
}

CertificatePtr parsed(const Bytes& raw) {
  const auto* at = reinterpret_cast<const unsigned char*>(raw.data());
  return CertificatePtr(d2i_X509(nullptr, &at, static_cast<long>(raw.size())));
}

// Whether one of the purposes is allowed by all certificates; one without the extension allows all.
bool purposes_hold(std::span<const Certificate> chain, std::vector<Oid> purposes) {
  const Oid any{2, 5, 29, 37, 0};
  if (purposes.empty() || std::find(purposes.begin(), purposes.end(), any) != purposes.end()) {
    return true;
  }
  for (const Certificate& certificate : chain) {
    const auto& allowed = certificate.extended_key_usage;
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), any) != allowed.end()) {
      continue;
    }
    std::erase_if(purposes, [&](const Oid& purpose) {
      return std::find(allowed.begin(), allowed.end(), purpose) == allowed.end();
    });
  }
  return !purposes.empty();
}

bool host_holds(X509* leaf, const std::string& host) {
  if (host.empty()) return true;
  if (X509_check_ip_asc(leaf, host.c_str(), 0) == 1) return true;
  return X509_check_host(leaf, host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1;
}

}  // namespace

base::Result<std::vector<Certificate>> parse_certificates(std::string_view pem_or_der) {
  const Bytes all = TRY(without_armour(pem_or_der, "CERTIFICATE"));
  const auto* at = reinterpret_cast<const unsigned char*>(all.data());
  const auto* end = at + all.size();
  std::vector<Certificate> out;
  while (at < end) {
    if (out.size() == kMaxCertificates) {
      return Error(Code::kLimit, "more than " + std::to_string(kMaxCertificates) + " certificates");
    }
    const CertificatePtr x509(d2i_X509(nullptr, &at, end - at));
    if (x509 == nullptr) return broken("a certificate");
    out.push_back(certificate_of(x509.get()));
  }
  return out;
}

base::Result<CertificateRequest> parse_certificate_request(std::string_view pem_or_der) {
  const Bytes all = TRY(without_armour(pem_or_der, "CERTIFICATE REQUEST"));
  const auto* at = reinterpret_cast<const unsigned char*>(all.data());
  const auto* end = at + all.size();
  const RequestPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(all.size())));
  if (request == nullptr || at != end) return broken("a certificate request");
  X509_REQ* r = request.get();
  CertificateRequest out;
  out.raw = all;
  out.raw_tbs = der([&](unsigned char** to) { return i2d_re_X509_REQ_tbs(r, to); });
  out.raw_key =
      der([&](unsigned char** to) { return i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(r), to); });
  X509_NAME* subject = X509_REQ_get_subject_name(r);
  out.raw_subject = der([&](unsigned char** to) { return i2d_X509_NAME(subject, to); });
  const ASN1_BIT_STRING* signature = nullptr;
  X509_REQ_get0_signature(r, &signature, nullptr);
  out.signature = bytes_of(signature);
  out.version = static_cast<int>(X509_REQ_get_version(r));
  out.subject = name_of(subject);
  out.signature_algorithm = signature_number(X509_REQ_get_signature_nid(r), nullptr);
  out.key = key_of(X509_REQ_get0_pubkey(r));
  const std::unique_ptr<STACK_OF(X509_EXTENSION), Free<free_extensions>> extensions(
      X509_REQ_get_extensions(r));
  if (extensions != nullptr) {
    out.extensions = extensions_of(extensions.get());
    const std::unique_ptr<GENERAL_NAMES, Free<free_names>> names(static_cast<GENERAL_NAMES*>(
        X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
    if (names != nullptr) out.names = names_of(names.get());
  }
  ERR_clear_error();
  return out;
}

base::Result<std::vector<Certificate>> verify_chain(std::span<const Certificate> certificates,
                                                    const ChainRules& rules) {
  if (certificates.size() < 2) {
    return Error(Code::kInvalid, "at least two certificates are needed: the root and the leaf");
  }
  std::vector<CertificatePtr> all;
  for (const Certificate& certificate : certificates) {
    all.push_back(parsed(certificate.raw));
    if (all.back() == nullptr) return broken("a certificate");
  }
  const std::unique_ptr<X509_STORE, Free<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<STACK_OF(X509), Free<[](STACK_OF(X509) * s) { sk_X509_free(s); }>> between(
      sk_X509_new_null());
  const std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  if (store == nullptr || between == nullptr || context == nullptr) {
    return Error(Code::kInternal, "no memory to verify certificates");
  }
  X509_STORE_add_cert(store.get(), all.front().get());
  for (size_t i = 1; i + 1 < all.size(); ++i) sk_X509_push(between.get(), all[i].get());
  X509* leaf = all.back().get();
  X509_STORE_CTX_init(context.get(), store.get(), leaf, between.get());
  X509_VERIFY_PARAM* how = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(how, rules.at);
  X509_VERIFY_PARAM_set_auth_level(how, 0);
  if (X509_verify_cert(context.get()) != 1) {
    const int why = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    return Error(Code::kDenied, X509_verify_cert_error_string(why));
  }
  std::vector<Certificate> chain;
  const STACK_OF(X509)* found = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(found); ++i) {
    chain.push_back(certificate_of(sk_X509_value(found, i)));
  }
  if (!host_holds(leaf, rules.host)) return Error(Code::kDenied, "it is not for this host");
  if (!purposes_hold(chain, rules.purposes)) {
    return Error(Code::kDenied, "it is not for this purpose");
  }
  ERR_clear_error();
  return chain;
}

}  // namespace bulkhead::crypto
