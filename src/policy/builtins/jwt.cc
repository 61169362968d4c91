// SPDX-License-Identifier: Apache-2.0
// io.jwt.*: decoding and verifying JSON Web Tokens (RFC 7519), and signing with shared secrets.
// Signing with private keys is refused: a policy has no business with them.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/hmac.h"
#include "policy/builtin.h"
#include "policy/jwk.h"
#include "policy/jws.h"

namespace bulkhead::policy::builtins::jwt {
namespace {

using base::Code;
using base::Error;

base::Result<Term> json_object(std::string_view text, std::string_view what) {
  auto term = term_from_json(text);
  if (!term) return failed(std::string(what) + ": invalid JSON");
  if (!term->object()) return failed(std::string(what) + ": not an object");
  return term;
}

base::Result<Term> header_of(const Jws& jws) {
  Term header = TRY(json_object(jws.header, "JWT header"));
  if (header.member("enc")) return failed("JWT is a JWE object, which is not supported");
  return header;
}

std::string_view text_member(const Term& object, std::string_view name) {
  const Term* member = object.member(name);
  return member && member->string() ? std::string_view(*member->string()) : std::string_view();
}

base::Result<Jws> token_argument(Arguments arguments) {
  return split_jws(TRY(text_argument(arguments, 0)));
}

BuiltinResult decode(Arguments arguments, CallContext&) {
  Jws jws = TRY(token_argument(arguments));
  Term header = TRY(header_of(jws));
  // A token inside of a token: its parts are those of the inner one.
  for (int nested = 0; text_member(header, "cty") == "JWT"; ++nested) {
    if (nested == 8) return failed("JWT nested too deeply");
    std::string_view inner = jws.payload;
    while (!inner.empty() && (inner.front() == '"' || inner.front() == '\''))
      inner.remove_prefix(1);
    while (!inner.empty() && (inner.back() == '"' || inner.back() == '\'')) inner.remove_suffix(1);
    Jws next = TRY(split_jws(inner));
    jws = std::move(next);
    header = TRY(header_of(jws));
  }
  Term payload = TRY(json_object(jws.payload, "JWT payload"));
  return Term(
      Term::Array{{std::move(header), std::move(payload), Term(base::to_hex(jws.signature))}});
}

// Tries the key that the token names, else all that do not say another algorithm.
bool verified_by(const std::vector<Jwk>& keys, const Term& header, const JwsAlgorithm& algorithm,
                 const Jws& jws) {
  const auto verifies = [&](const Jwk& jwk) {
    return jwk.key ? verify_jws(algorithm, *jwk.key, jws) : verify_jws(algorithm, jwk.secret, jws);
  };
  const std::string_view kid = text_member(header, "kid");
  const auto named = std::ranges::find(keys, kid, &Jwk::kid);
  if (!kid.empty() && named != keys.end()) return verifies(*named);
  return std::ranges::any_of(keys, [&](const Jwk& jwk) {
    return (jwk.alg.empty() || jwk.alg == text_member(header, "alg")) && verifies(jwk);
  });
}

// The header's members that OPA looks at must be of their types.
base::Status check_header(const Term& header) {
  for (const char* name : {"alg", "kid", "typ", "cty"}) {
    const Term* member = header.member(name);
    if (member && !member->string()) return failed(std::string(name) + ": must be a string");
  }
  const Term* crit = header.member("crit");
  if (!crit) return {};
  if (!crit->array() || crit->array()->empty()) return failed("crit: must be a nonempty list");
  return {};
}

template <JwsFamily family, crypto::Algorithm hash>
BuiltinResult verify(Arguments arguments, CallContext&) {
  const Jws jws = TRY(token_argument(arguments));
  const std::vector<Jwk> keys = TRY(parse_keys(TRY(text_argument(arguments, 1))));
  const Term header = TRY(header_of(jws));
  TRY(check_header(header));
  return Term(verified_by(keys, header, {family, hash}, jws));
}

template <crypto::Algorithm hash>
BuiltinResult verify_secret(Arguments arguments, CallContext&) {
  const Jws jws = TRY(token_argument(arguments));
  const std::string_view secret = TRY(text_argument(arguments, 1));
  return Term(verify_jws({JwsFamily::kHmac, hash}, secret, jws));
}

// What decode_verify is asked to hold the token to.
struct Constraints {
  std::optional<std::vector<Jwk>> keys;
  std::string secret, alg, iss, aud;
  double time_ns = 0;
};

base::Result<Constraints> read_constraints(Arguments arguments, const CallContext& context) {
  Constraints out;
  std::optional<double> time;
  for (const auto& [key, value] : TRY(object_argument(arguments, 1))) {
    const std::string_view name = key.string() ? std::string_view(*key.string()) : "";
    if (name == "time") {
      time = value.real_or(-1);
      if (*time < 0) return failed("token time constraint: must be a number, not negative");
      continue;
    }
    if (!value.string()) return failed(std::string(name) + " constraint: must be a string");
    if (name == "cert") {
      out.keys = TRY(parse_keys(*value.string()));
    } else if (name == "secret") {
      out.secret = *value.string();
    } else if (name == "alg") {
      out.alg = *value.string();
    } else if (name == "iss") {
      out.iss = *value.string();
    } else if (name == "aud") {
      out.aud = *value.string();
    } else {
      return failed("unknown token validation constraint: " + std::string(name));
    }
  }
  if (out.keys && !out.secret.empty()) return failed("duplicate key constraints");
  if (!out.keys && out.secret.empty()) return failed("no key constraint");
  if (!time && !context.now_ns) {
    return Error(Code::kDenied, "no time was given for this evaluation; give the constraint time");
  }
  out.time_ns = time ? *time : static_cast<double>(*context.now_ns);
  return out;
}

// RFC 7515 section 4.1.11: what is critical and not known here makes the token invalid.
bool known_critical(const Term& header) {
  static constexpr std::array<std::string_view, 5> kKnown = {"alg", "kid", "typ", "cty", "crit"};
  const Term* crit = header.member("crit");
  if (!crit || !crit->array()) return true;
  return std::ranges::all_of(*crit->array(), [&](const Term& name) {
    return name.string() && (std::ranges::find(kKnown, *name.string()) != kKnown.end() ||
                             !header.member(*name.string()));
  });
}

bool signature_holds(const Constraints& constraints, const Term& header, const Jws& jws) {
  const std::string_view name = text_member(header, "alg");
  const auto algorithm = jws_algorithm(name);
  if (!algorithm || !known_critical(header)) return false;
  if (!constraints.alg.empty() && constraints.alg != name) return false;
  if (constraints.keys) return verified_by(*constraints.keys, header, *algorithm, jws);
  return verify_jws(*algorithm, constraints.secret, jws);
}

bool audience_holds(const Term& payload, const std::string& wanted) {
  const Term* aud = payload.member("aud");
  if (!aud) return wanted.empty();
  if (aud->string()) return *aud->string() == wanted;
  return aud->array() && std::ranges::any_of(*aud->array(), [&](const Term& one) {
           return one.string() && *one.string() == wanted;
         });
}

base::Result<bool> claims_hold(const Constraints& constraints, const Term& payload) {
  if (!constraints.iss.empty() && text_member(payload, "iss") != constraints.iss) return false;
  if (!audience_holds(payload, constraints.aud)) return false;
  const double now = constraints.time_ns / 1e9;
  const Term* exp = payload.member("exp");
  if (exp && !exp->is_number()) return failed("exp value must be a number");
  if (exp && now >= exp->real_or(0)) return false;
  const Term* nbf = payload.member("nbf");
  if (nbf && !nbf->is_number()) return failed("nbf value must be a number");
  return !nbf || now >= nbf->real_or(0);
}

BuiltinResult decode_verify(Arguments arguments, CallContext& context) {
  const Term unverified(Term::Array{{false, Term::Object{}, Term::Object{}}});
  const Constraints constraints = TRY(read_constraints(arguments, context));
  Jws jws = TRY(token_argument(arguments));
  Term header = TRY(header_of(jws));
  for (int nested = 0;; ++nested) {
    if (nested == 8) return failed("JWT nested too deeply");
    TRY(check_header(header));
    if (!signature_holds(constraints, header, jws)) return unverified;
    if (!base::equals_ignore_case(text_member(header, "cty"), "JWT")) break;
    Jws next = TRY(split_jws(jws.payload));
    jws = std::move(next);
    header = TRY(header_of(jws));
  }
  Term payload = TRY(json_object(jws.payload, "JWT payload"));
  if (!TRY(claims_hold(constraints, payload))) return unverified;
  return Term(Term::Array{{true, std::move(header), std::move(payload)}});
}

// Signs with the first key, which must be a secret.
BuiltinResult sign(std::string_view header_text, std::string_view payload,
                   std::string_view key_text) {
  const Term header = TRY(json_object(header_text, "JWT header"));
  const auto algorithm = jws_algorithm(text_member(header, "alg"));
  if (!algorithm) return failed("unknown JWS algorithm");
  const std::vector<Jwk> keys = TRY(parse_jwks(key_text));
  if (algorithm->family != JwsFamily::kHmac || keys.empty() || keys[0].key) {
    return failed("tokens are signed with shared secrets (HS256 and the like) only");
  }
  const bool json = text_member(header, "typ").empty() || text_member(header, "typ") == "JWT";
  if (json && !term_from_json(payload)) return failed("type is JWT but payload is not JSON");
  const std::string input =
      to_base64url(base::as_bytes(header_text)) + "." + to_base64url(base::as_bytes(payload));
  const base::Bytes mac =
      crypto::hmac(algorithm->hash, base::as_bytes(keys[0].secret), base::as_bytes(input));
  return Term(input + "." + to_base64url(mac));
}

BuiltinResult encode_sign(Arguments arguments, CallContext&) {
  return sign(term_to_json(arguments[0]), term_to_json(arguments[1]), term_to_json(arguments[2]));
}

BuiltinResult encode_sign_raw(Arguments arguments, CallContext&) {
  const std::string_view header = TRY(text_argument(arguments, 0));
  const std::string_view payload = TRY(text_argument(arguments, 1));
  return sign(header, payload, TRY(text_argument(arguments, 2)));
}

using enum crypto::Algorithm;
using enum JwsFamily;

constexpr Builtin kBuiltins[] = {
    {"io.jwt.decode", 1, decode},
    {"io.jwt.decode_verify", 2, decode_verify},
    {"io.jwt.verify_hs256", 2, verify_secret<kSha256>},
    {"io.jwt.verify_hs384", 2, verify_secret<kSha384>},
    {"io.jwt.verify_hs512", 2, verify_secret<kSha512>},
    {"io.jwt.verify_rs256", 2, verify<kRsaPkcs1, kSha256>},
    {"io.jwt.verify_rs384", 2, verify<kRsaPkcs1, kSha384>},
    {"io.jwt.verify_rs512", 2, verify<kRsaPkcs1, kSha512>},
    {"io.jwt.verify_ps256", 2, verify<kRsaPss, kSha256>},
    {"io.jwt.verify_ps384", 2, verify<kRsaPss, kSha384>},
    {"io.jwt.verify_ps512", 2, verify<kRsaPss, kSha512>},
    {"io.jwt.verify_es256", 2, verify<kEcdsa, kSha256>},
    {"io.jwt.verify_es384", 2, verify<kEcdsa, kSha384>},
    {"io.jwt.verify_es512", 2, verify<kEcdsa, kSha512>},
    {"io.jwt.verify_eddsa", 2, verify<kEdDsa, kSha512>},
    {"io.jwt.encode_sign", 3, encode_sign},
    {"io.jwt.encode_sign_raw", 3, encode_sign_raw},
};

}  // namespace

extern constinit const Family descriptor = {"jwt", "JSON Web Tokens", kBuiltins};

}  // namespace bulkhead::policy::builtins::jwt
