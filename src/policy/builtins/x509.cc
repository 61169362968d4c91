// SPDX-License-Identifier: Apache-2.0
// crypto.x509.*: certificates and requests in the form that Go's x509.Certificate has as JSON,
// which is what policies written for OPA look into. Keys are public ones only.
#include "crypto/x509.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"
#include "policy/builtin.h"
#include "policy/cidr.h"

namespace bulkhead::policy::builtins::x509 {
namespace {

using base::Code;
using base::Error;
using crypto::Certificate;

class Members {
 public:
  Members& add(std::string_view name, Term value) {
    object_.members.emplace_back(name, std::move(value));
    return *this;
  }
  Term take() { return Term(std::move(object_)); }

 private:
  Term::Object object_;
};

// Null for an empty list, as Go writes slices that nobody filled.
template <typename T, typename F>
Term list(const std::vector<T>& items, F make) {
  if (items.empty()) return Term::Null{};
  Term::Array out;
  for (const T& item : items) out.items.push_back(make(item));
  return out;
}

Term text(const std::string& value) { return Term(value); }
Term texts(const std::vector<std::string>& values) { return list(values, text); }
Term base64(const base::Bytes& bytes) {
  return bytes.empty() ? Term(Term::Null{}) : Term(base::to_base64(bytes));
}

Term number(const std::string& digits) {
  const auto small = base::to_number<int64_t>(digits);
  return small ? Term(*small) : Term(Term::Number{digits});
}

Term oid(const crypto::Oid& id) {
  return list(id, [](uint64_t part) { return Term(static_cast<int64_t>(part)); });
}

std::string dotted(const crypto::Oid& id) {
  std::string out;
  for (const uint64_t part : id) out += (out.empty() ? "" : ".") + std::to_string(part);
  return out;
}

// Attributes that Go has members for, by the last number of 2.5.4.*.
Term name(const std::vector<crypto::NameAttribute>& attributes) {
  struct Known {
    uint64_t number;
    const char* member;
    bool single;
  };
  static constexpr Known kKnown[] = {
      {3, "CommonName", true},     {5, "SerialNumber", true},
      {6, "Country", false},       {7, "Locality", false},
      {8, "Province", false},      {9, "StreetAddress", false},
      {10, "Organization", false}, {11, "OrganizationalUnit", false},
      {17, "PostalCode", false},
  };
  Members out;
  for (const Known& known : kKnown) {
    std::vector<std::string> values;
    for (const crypto::NameAttribute& attribute : attributes) {
      if (attribute.type == crypto::Oid{2, 5, 4, known.number}) values.push_back(attribute.value);
    }
    if (known.single) {
      out.add(known.member, values.empty() ? std::string() : values.back());
    } else {
      out.add(known.member, texts(values));
    }
  }
  out.add("Names", list(attributes, [](const crypto::NameAttribute& attribute) {
            return Members().add("Type", oid(attribute.type)).add("Value", attribute.value).take();
          }));
  return out.add("ExtraNames", Term::Null{}).take();
}

Term key(const crypto::SubjectKey& key) {
  switch (key.kind) {
    case crypto::CertificateKey::kRsa:
      return Members().add("N", number(key.first)).add("E", number(key.second)).take();
    case crypto::CertificateKey::kEcdsa:
      return Members()
          .add("Curve", Term::Object{})
          .add("X", number(key.first))
          .add("Y", number(key.second))
          .take();
    case crypto::CertificateKey::kEd25519: return base64(key.raw);
    default: return Term::Null{};
  }
}

Address address(base::ByteView bytes) {
  Address out;
  if (bytes.size() == 4) out.value = 0xffff;
  for (const std::byte byte : bytes) out.value = out.value << 8 | std::to_integer<uint8_t>(byte);
  return out;
}

Term addresses(const std::vector<base::Bytes>& all) {
  return list(all, [](const base::Bytes& bytes) { return Term(to_string(address(bytes))); });
}

// Networks of name constraints: an address and a mask of the same size.
Term networks(const std::vector<base::Bytes>& all) {
  return list(all, [](const base::Bytes& bytes) {
    const base::ByteView both = bytes;
    const size_t half = both.size() / 2;
    return Members()
        .add("IP", to_string(address(both.first(half))))
        .add("Mask", base::to_base64(both.subspan(half)))
        .take();
  });
}

Term extensions(const std::vector<crypto::Extension>& all) {
  return list(all, [](const crypto::Extension& extension) {
    return Members()
        .add("Id", oid(extension.id))
        .add("Critical", extension.critical)
        .add("Value", base::to_base64(extension.value))
        .take();
  });
}

// Go's url.URL of "scheme://host/path?query#fragment"; other forms have an Opaque part.
Term url(const std::string& given) {
  std::string_view rest = given;
  Members out;
  std::string_view fragment;
  if (const auto parts = base::cut(rest, "#")) rest = parts->first, fragment = parts->second;
  std::string_view query;
  if (const auto parts = base::cut(rest, "?")) rest = parts->first, query = parts->second;
  std::string_view scheme;
  if (const auto parts = base::cut(rest, ":")) scheme = parts->first, rest = parts->second;
  std::string_view host;
  std::string_view opaque;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    host = rest.substr(0, rest.find('/'));
    rest.remove_prefix(host.size());
  } else if (!rest.starts_with('/')) {
    std::swap(opaque, rest);
  }
  out.add("Scheme", scheme).add("Opaque", opaque).add("User", Term::Null{}).add("Host", host);
  out.add("Path", rest).add("RawPath", "").add("OmitHost", false).add("ForceQuery", false);
  return out.add("RawQuery", query).add("Fragment", fragment).add("RawFragment", "").take();
}

// Go's numbers of x509.ExtKeyUsage; nullopt for what it does not know.
std::optional<int64_t> usage_number(const crypto::Oid& id) {
  static const std::vector<crypto::Oid> kKnown = {
      {2, 5, 29, 37, 0},
      {1, 3, 6, 1, 5, 5, 7, 3, 1},
      {1, 3, 6, 1, 5, 5, 7, 3, 2},
      {1, 3, 6, 1, 5, 5, 7, 3, 3},
      {1, 3, 6, 1, 5, 5, 7, 3, 4},
      {1, 3, 6, 1, 5, 5, 7, 3, 5},
      {1, 3, 6, 1, 5, 5, 7, 3, 6},
      {1, 3, 6, 1, 5, 5, 7, 3, 7},
      {1, 3, 6, 1, 5, 5, 7, 3, 8},
      {1, 3, 6, 1, 5, 5, 7, 3, 9},
      {1, 3, 6, 1, 4, 1, 311, 10, 3, 3},
      {2, 16, 840, 1, 113730, 4, 1},
      {1, 3, 6, 1, 4, 1, 311, 2, 1, 22},
      {1, 3, 6, 1, 4, 1, 311, 61, 1, 1},
  };
  const auto at = std::ranges::find(kKnown, id);
  if (at == kKnown.end()) return std::nullopt;
  return at - kKnown.begin();
}

void add_usages(const Certificate& certificate, Members& out) {
  std::vector<int64_t> known;
  std::vector<crypto::Oid> unknown;
  for (const crypto::Oid& id : certificate.extended_key_usage) {
    if (const auto number = usage_number(id)) {
      known.push_back(*number);
    } else {
      unknown.push_back(id);
    }
  }
  out.add("KeyUsage", int64_t{certificate.key_usage});
  out.add("ExtKeyUsage", list(known, [](int64_t n) { return Term(n); }));
  out.add("UnknownExtKeyUsage", list(unknown, oid));
}

// Critical extensions that neither Go nor this reads.
std::vector<crypto::Oid> unhandled(const Certificate& certificate) {
  static const std::vector<uint64_t> kHandled = {14, 15, 17, 19, 30, 31, 32, 33, 35, 36, 37, 54};
  std::vector<crypto::Oid> out;
  for (const crypto::Extension& extension : certificate.extensions) {
    const crypto::Oid& id = extension.id;
    const bool known = id.size() == 4 && id[0] == 2 && id[1] == 5 && id[2] == 29 &&
                       std::ranges::find(kHandled, id[3]) != kHandled.end();
    if (extension.critical && !known) out.push_back(id);
  }
  return out;
}

void add_constraints(const Certificate& c, Members& out) {
  out.add("PermittedDNSDomainsCritical", c.constraints_critical);
  out.add("PermittedDNSDomains", texts(c.permitted.dns));
  out.add("ExcludedDNSDomains", texts(c.excluded.dns));
  out.add("PermittedEmailAddresses", texts(c.permitted.emails));
  out.add("ExcludedEmailAddresses", texts(c.excluded.emails));
  out.add("PermittedURIDomains", texts(c.permitted.uris));
  out.add("ExcludedURIDomains", texts(c.excluded.uris));
  out.add("PermittedIPRanges", networks(c.permitted.addresses));
  out.add("ExcludedIPRanges", networks(c.excluded.addresses));
  for (const char* zero : {"InhibitAnyPolicy", "InhibitPolicyMapping", "RequireExplicitPolicy"}) {
    out.add(zero, 0).add(std::string(zero) + "Zero", false);
  }
}

// extended: with the member that OPA adds to Go's.
Term certificate(const Certificate& c, bool extended) {
  Members out;
  out.add("Raw", base64(c.raw)).add("RawTBSCertificate", base64(c.raw_tbs));
  out.add("RawSubjectPublicKeyInfo", base64(c.raw_key)).add("RawIssuer", base64(c.raw_issuer));
  out.add("RawSubject", base64(c.raw_subject)).add("Signature", base64(c.signature));
  out.add("SignatureAlgorithm", c.signature_algorithm).add("Version", c.version);
  out.add("PublicKeyAlgorithm", static_cast<int64_t>(c.key.kind)).add("PublicKey", key(c.key));
  out.add("SerialNumber", number(c.serial)).add("Issuer", name(c.issuer));
  out.add("Subject", name(c.subject)).add("NotBefore", base::format_time(c.not_before));
  out.add("NotAfter", base::format_time(c.not_after)).add("Extensions", extensions(c.extensions));
  out.add("ExtraExtensions", Term::Null{});
  out.add("UnhandledCriticalExtensions", list(unhandled(c), oid));
  add_usages(c, out);
  const int64_t no_length = c.basic_constraints ? -1 : 0;
  out.add("BasicConstraintsValid", c.basic_constraints).add("IsCA", c.is_ca);
  out.add("MaxPathLen", c.max_path_length.value_or(no_length));
  out.add("MaxPathLenZero", c.max_path_length == 0);
  out.add("SubjectKeyId", base64(c.subject_key_id));
  out.add("AuthorityKeyId", base64(c.authority_key_id));
  out.add("OCSPServer", texts(c.ocsp_servers));
  out.add("IssuingCertificateURL", texts(c.issuer_urls));
  out.add("CRLDistributionPoints", texts(c.revocation_lists));
  out.add("DNSNames", texts(c.names.dns)).add("EmailAddresses", texts(c.names.emails));
  out.add("IPAddresses", addresses(c.names.addresses));
  if (extended) out.add("URIStrings", texts(c.names.uris));
  out.add("URIs", list(c.names.uris, url));
  add_constraints(c, out);
  out.add("Policies", list(c.policies, [](const crypto::Oid& id) { return Term(dotted(id)); }));
  out.add("PolicyIdentifiers", list(c.policies, oid)).add("PolicyMappings", Term::Null{});
  return out.take();
}

// PEM, or base64 of PEM or DER.
base::Result<std::string> armoured(Arguments arguments) {
  const std::string_view given = TRY(text_argument(arguments, 0));
  if (given.starts_with("-----BEGIN")) return std::string(given);
  std::string plain;
  for (const char c : given) {
    if (c != '\n' && c != '\r') plain += c;
  }
  const auto bytes = base::from_base64(plain);
  if (!bytes) return failed("neither PEM nor base64");
  return std::string(base::as_text(*bytes));
}

base::Result<std::vector<Certificate>> certificates_of(Arguments arguments) {
  auto read = crypto::parse_certificates(TRY(armoured(arguments)));
  if (!read && read.error().code() == Code::kInvalid) return failed(read.error().message());
  return read;
}

Term all(const std::vector<Certificate>& certificates, bool extended) {
  Term::Array out;
  for (const Certificate& c : certificates) out.items.push_back(certificate(c, extended));
  return out;
}

BuiltinResult parse(Arguments arguments, CallContext&) {
  return all(TRY(certificates_of(arguments)), true);
}

BuiltinResult verified(Arguments arguments, const crypto::ChainRules& rules, bool extended) {
  const Term no = Term::Array{{false, Term::Array{}}};
  TRY(text_argument(arguments, 0));
  const auto certificates = certificates_of(arguments);
  if (!certificates) {
    return certificates.error().code() == Code::kInvalid ? BuiltinResult(no) : certificates.error();
  }
  const auto chain = crypto::verify_chain(*certificates, rules);
  if (!chain) return no;
  return Term(Term::Array{{true, all(*chain, extended)}});
}

base::Result<base::UnixTime> now(const CallContext& context) {
  if (context.now_ns) return *context.now_ns / 1'000'000'000;
  return Error(Code::kDenied, "no time was given for this evaluation; give CurrentTime");
}

constexpr uint64_t kServerAuth = 1;

crypto::Oid purpose(uint64_t number) { return {1, 3, 6, 1, 5, 5, 7, 3, number}; }

BuiltinResult parse_and_verify(Arguments arguments, CallContext& context) {
  crypto::ChainRules rules;
  rules.at = TRY(now(context));
  rules.purposes = {purpose(kServerAuth)};
  return verified(arguments, rules, true);
}

base::Result<std::vector<crypto::Oid>> purposes(const Term& value) {
  struct Known {
    std::string_view name;
    crypto::Oid id;
  };
  static const std::vector<Known> kKnown = {
      {"KeyUsageAny", {2, 5, 29, 37, 0}},
      {"KeyUsageServerAuth", purpose(1)},
      {"KeyUsageClientAuth", purpose(2)},
      {"KeyUsageCodeSigning", purpose(3)},
      {"KeyUsageEmailProtection", purpose(4)},
      {"KeyUsageIPSECEndSystem", purpose(5)},
      {"KeyUsageIPSECTunnel", purpose(6)},
      {"KeyUsageIPSECUser", purpose(7)},
      {"KeyUsageTimeStamping", purpose(8)},
      {"KeyUsageOCSPSigning", purpose(9)},
      {"KeyUsageMicrosoftServerGatedCrypto", {1, 3, 6, 1, 4, 1, 311, 10, 3, 3}},
      {"KeyUsageNetscapeServerGatedCrypto", {2, 16, 840, 1, 113730, 4, 1}},
      {"KeyUsageMicrosoftCommercialCodeSigning", {1, 3, 6, 1, 4, 1, 311, 2, 1, 22}},
      {"KeyUsageMicrosoftKernelCodeSigning", {1, 3, 6, 1, 4, 1, 311, 61, 1, 1}},
  };
  if (!value.collection()) return failed("'KeyUsages' should be an Array or Set");
  std::vector<crypto::Oid> out;
  for (const Term& item : *value.collection()) {
    if (!item.string()) continue;
    const auto known = std::ranges::find(kKnown, *item.string(), &Known::name);
    if (known == kKnown.end()) return failed("invalid entries for 'KeyUsages': " + *item.string());
    out.push_back(known->id);
  }
  return out;
}

BuiltinResult parse_and_verify_with_options(Arguments arguments, CallContext& context) {
  crypto::ChainRules rules;
  std::optional<base::UnixTime> at;
  for (const auto& [key, value] : TRY(object_argument(arguments, 1))) {
    const std::string_view name = key.string() ? std::string_view(*key.string()) : "";
    if (name == "DNSName") {
      if (!value.string()) return failed("'DNSName' should be a string");
      rules.host = *value.string();
    } else if (name == "CurrentTime") {
      if (!value.integer()) return failed("'CurrentTime' should be a valid int64 number");
      at = *value.integer() / 1'000'000'000;
    } else if (name == "KeyUsages") {
      rules.purposes = TRY(purposes(value));
    } else if (name == "MaxConstraintComparisons") {
      if (!value.integer()) return failed("'MaxConstraintComparisons' should be a number");
    } else if (key.string()) {
      return failed("invalid key option");
    }
  }
  rules.at = at ? *at : TRY(now(context));
  if (rules.purposes.empty()) rules.purposes = {purpose(kServerAuth)};
  return verified(arguments, rules, false);
}

BuiltinResult parse_request(Arguments arguments, CallContext&) {
  auto request = crypto::parse_certificate_request(TRY(armoured(arguments)));
  if (!request) {
    if (request.error().code() == Code::kInvalid) return failed(request.error().message());
    return request.error();
  }
  const crypto::CertificateRequest& r = *request;
  Members out;
  out.add("Raw", base64(r.raw)).add("RawTBSCertificateRequest", base64(r.raw_tbs));
  out.add("RawSubjectPublicKeyInfo", base64(r.raw_key)).add("RawSubject", base64(r.raw_subject));
  out.add("Version", r.version).add("Signature", base64(r.signature));
  out.add("SignatureAlgorithm", r.signature_algorithm);
  out.add("PublicKeyAlgorithm", static_cast<int64_t>(r.key.kind)).add("PublicKey", key(r.key));
  out.add("Subject", name(r.subject)).add("Extensions", extensions(r.extensions));
  out.add("ExtraExtensions", Term::Null{});
  out.add("DNSNames", texts(r.names.dns)).add("EmailAddresses", texts(r.names.emails));
  out.add("IPAddresses", addresses(r.names.addresses)).add("URIs", list(r.names.uris, url));
  // The one attribute that is read, as Go writes it: the extensions that are asked for.
  Term attributes = Term::Null{};
  if (!r.extensions.empty()) {
    const Term asked = list(r.extensions, [](const crypto::Extension& extension) {
      Members one;
      one.add("Type", oid(extension.id)).add("Value", base::to_base64(extension.value));
      return one.take();
    });
    Members attribute;
    attribute.add("Type", oid({1, 2, 840, 113549, 1, 9, 14}));
    attribute.add("Value", Term::Array{{asked}});
    attributes = Term::Array{{attribute.take()}};
  }
  return out.add("Attributes", std::move(attributes)).take();
}

constexpr Builtin kBuiltins[] = {
    {"crypto.x509.parse_certificates", 1, parse},
    {"crypto.x509.parse_and_verify_certificates", 1, parse_and_verify},
    {"crypto.x509.parse_and_verify_certificates_with_options", 2, parse_and_verify_with_options},
    {"crypto.x509.parse_certificate_request", 1, parse_request},
};

}  // namespace

extern constinit const Family descriptor = {"x509", "certificates and requests", kBuiltins};

}  // namespace bulkhead::policy::builtins::x509
