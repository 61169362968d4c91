// SPDX-License-Identifier: Apache-2.0
// Bundles signed by OPA (testdata/bundles, made with its Go package), and every way to break one.
#include "policy/bundle_signature.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/json.h"
#include "crypto/hmac.h"
#include "policy/canonical_json.h"
#include "policy/jws.h"

namespace bulkhead::policy {
namespace {

std::string fixture(const std::string& name) {
  auto text =
      base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/bundles/" + name, 1 << 20);
  CHECK(text.has_value());
  return *text;
}

std::vector<BundleFile> unpacked(const std::string& name) {
  const std::string packed = fixture(name);
  base::MemorySource source(base::as_bytes(packed));
  return unpack_bundle(source, {}).value();
}

BundleOptions with_key(VerificationKey key) {
  BundleOptions options;
  options.keys.push_back(std::move(key));
  return options;
}

constexpr char kSecret[] = "a shared secret";
const VerificationKey kShared{"ops", "HS256", kSecret, ""};

std::string message_of(std::vector<BundleFile> files, const BundleOptions& options) {
  const auto bundle = read_bundle(std::move(files), options);
  if (bundle) return "signed by " + bundle->signed_by;
  return std::string(base::code_name(bundle.error().code())) + ": " + bundle.error().message();
}

BundleFile& file(std::vector<BundleFile>& files, std::string_view path) {
  for (BundleFile& f : files) {
    if (f.path == path) return f;
  }
  CHECK(false);
  return files.front();
}

TEST(BundleSignature, VerifiesWhatOpaSigned) {
  EXPECT_EQ(
      message_of(unpacked("rs256.tar.gz"), with_key({"ops", "RS256", fixture("rs256.pem"), ""})),
      "signed by ops");
  EXPECT_EQ(message_of(unpacked("es256.tar.gz"), with_key({"", "ES256", fixture("es256.pem"), ""})),
            "signed by ops");
  EXPECT_EQ(message_of(unpacked("hs256.tar.gz"), with_key(kShared)), "signed by ops");
}

TEST(BundleSignature, RefusesOtherKeys) {
  const auto files = unpacked("rs256.tar.gz");
  EXPECT_EQ(message_of(files, with_key({"dev", "RS256", fixture("rs256.pem"), ""})),
            "denied: the bundle is signed with the key 'ops', which is not among the given ones");
  EXPECT_EQ(message_of(files, with_key({"ops", "ES256", fixture("es256.pem"), ""})),
            "denied: the bundle's signature uses RS256, the key is for ES256");
  EXPECT_EQ(message_of(files, with_key({"ops", "RS256", fixture("es256.pem"), ""})),
            "denied: the bundle's signature is not by the key 'ops'");
  EXPECT_EQ(message_of(files, with_key({"ops", "XX256", fixture("rs256.pem"), ""})),
            "invalid: key 'ops': unknown algorithm 'XX256'");
  EXPECT_EQ(message_of(files, with_key({"ops", "RS256", "no key", ""})),
            "invalid: key 'ops': not a key in PEM form (-----BEGIN PUBLIC KEY-----)");
  EXPECT_EQ(message_of(files, with_key({"ops", "RS256", fixture("rs256.pem"), "write"})),
            "denied: the bundle is signed for the scope '', the key is for 'write'");
  // A public key must never serve as a shared secret.
  EXPECT_EQ(message_of(files, with_key({"ops", "HS256", fixture("rs256.pem"), ""})),
            "denied: the bundle's signature uses RS256, the key is for HS256");
  // Nor what everybody knows.
  const auto shared = unpacked("hs256.tar.gz");
  for (const std::string& secret : {std::string(), std::string(" \n"), fixture("rs256.pem")}) {
    EXPECT_EQ(message_of(shared, with_key({"ops", "HS256", secret, ""})),
              "denied: the key for HS256 is empty or in PEM form: it has to be a shared secret");
  }
}

TEST(BundleSignature, SaysThatALineBreakIsTooMuch) {
  const auto files = unpacked("hs256.tar.gz");
  for (const char* end : {"\n", "\r\n"}) {
    EXPECT_EQ(message_of(files, with_key({"ops", "HS256", std::string(kSecret) + end, ""})),
              "denied: the bundle's signature is not by the key 'ops', but by the same secret "
              "without the line break at its end; every byte of the key's file counts, so write it "
              "without one");
  }
  EXPECT_EQ(message_of(files, with_key({"ops", "HS256", "another secret\n", ""})),
            "denied: the bundle's signature is not by the key 'ops'");
}

TEST(BundleSignature, IsVerifiedBeforeAnythingIsRead) {
  auto files = unpacked("hs256.tar.gz");
  file(files, ".manifest").bytes = R"({"roots": 5})";
  files.push_back({"policy.wasm", ""});
  const std::string other = message_of(files, with_key({"ops", "HS256", "another secret", ""}));
  EXPECT_EQ(other, "denied: the bundle's signature is not by the key 'ops'");
  EXPECT_NE(message_of(files, with_key(kShared)).find("denied: "), std::string::npos);
  EXPECT_EQ(verify_bundle(files, with_key(kShared)).error().code(), base::Code::kDenied);
}

TEST(BundleSignature, RefusesChangedFiles) {
  const BundleOptions options = with_key(kShared);
  auto files = unpacked("hs256.tar.gz");
  file(files, "acme/rules.rego").bytes += " ";
  EXPECT_NE(message_of(files, options).find("acme/rules.rego: was changed after signing"),
            std::string::npos);
  files = unpacked("hs256.tar.gz");
  file(files, "data.json").bytes = R"({"acme": {"limit": 2, "names": ["ä<b>", "\u2028\b"]}})";
  EXPECT_NE(message_of(files, options).find("data.json: was changed after signing"),
            std::string::npos);
  // Blanks and order of members are not signed.
  file(files, "data.json").bytes = R"({"acme": {"names": ["ä<b>", "\u2028\b"], "limit" : 1.5}})";
  EXPECT_EQ(message_of(files, options), "signed by ops");
  auto hidden = files;
  hidden.push_back({".hidden/x", ""});
  EXPECT_EQ(message_of(hidden, options), "denied: .hidden/x: is not covered by the signature");
  files.push_back({"extra.rego", "package acme.extra\n"});
  EXPECT_EQ(message_of(files, options), "denied: extra.rego: is not covered by the signature");
  BundleOptions lenient = options;
  lenient.unsigned_files = {"*.rego"};
  EXPECT_EQ(message_of(files, lenient), "signed by ops");
  files = unpacked("hs256.tar.gz");
  std::erase_if(files, [](const BundleFile& f) { return f.path == "acme/rules.rego"; });
  EXPECT_EQ(message_of(files, options),
            "denied: acme/rules.rego: is signed, but missing from the bundle");
}

TEST(BundleSignature, RefusesMissingAndUnexpectedSignatures) {
  auto files = unpacked("hs256.tar.gz");
  EXPECT_EQ(message_of(files, {}),
            "denied: the bundle is signed, but no key is given to verify it with");
  BundleOptions skip;
  skip.skip_verification = true;
  EXPECT_EQ(message_of(files, skip), "signed by ");
  std::erase_if(files, [](const BundleFile& f) { return f.path == ".signatures.json"; });
  EXPECT_EQ(message_of(files, with_key(kShared)),
            "denied: the bundle is not signed (no .signatures.json), but keys are given");
  EXPECT_EQ(message_of(files, {}), "signed by ");
}

// A token over the given payload, signed with kSecret.
std::string token(std::string_view payload, std::string_view header = R"({"alg":"HS256"})") {
  const std::string input =
      to_base64url(base::as_bytes(header)) + "." + to_base64url(base::as_bytes(payload));
  const base::Bytes mac =
      crypto::hmac(crypto::Algorithm::kSha256, base::as_bytes(kSecret), base::as_bytes(input));
  return input + "." + to_base64url(mac);
}

std::string with_signatures(std::string signatures) {
  BundleOptions options = with_key({"", "HS256", kSecret, ""});
  return message_of({{"x.rego", "package x\n"}, {".signatures.json", std::move(signatures)}},
                    options);
}

std::string with_payload(std::string_view payload) {
  return with_signatures("{\"signatures\": [\"" + token(payload) + "\"]}");
}

TEST(BundleSignature, RefusesBrokenSignatureFiles) {
  EXPECT_EQ(with_signatures(R"({"signatures": []})"),
            "denied: .signatures.json: expected exactly one signature, found 0");
  EXPECT_EQ(with_signatures(R"({"signatures": ["a", "b"]})"),
            "denied: .signatures.json: expected exactly one signature, found 2");
  EXPECT_EQ(with_signatures(R"({"plugin": "own", "signatures": ["a"]})"),
            "denied: .signatures.json: signed by the plugin 'own', which is not known here");
  EXPECT_EQ(with_signatures(R"({"signatures": ["a.b"]})"),
            "invalid: .signatures.json: a token has three parts with dots between");
  EXPECT_NE(with_signatures("{"), "signed by ");
  EXPECT_EQ(with_payload(R"({"files": []})"), "denied: x.rego: is not covered by the signature");
  const auto entry = [](std::string_view algorithm, std::string_view hash) {
    return R"({"name": "x.rego", "algorithm": ")" + std::string(algorithm) + R"(", "hash": ")" +
           std::string(hash) + "\"}";
  };
  const std::string good = crypto::sha256_hex(base::as_bytes("package x\n"));
  EXPECT_EQ(with_payload("{\"files\": [" + entry("SHA-256", good) + "]}"), "signed by ");
  EXPECT_EQ(
      with_payload("{\"files\": [" + entry("SHA-256", good) + "," + entry("SHA-256", good) + "]}"),
      "denied: x.rego: stands twice in the bundle's signature");
  EXPECT_EQ(with_payload("{\"files\": [" + entry("MD5", good) + "]}"),
            "denied: x.rego: signed with the digest 'MD5'; sign with SHA-256, SHA-384 or SHA-512");
  EXPECT_EQ(with_payload("{\"scope\": \"x\", \"files\": [" + entry("SHA-256", good) + "]}"),
            "denied: the bundle is signed for the scope 'x', the key is for ''");
  // "none" and other algorithms of the token's own choice.
  const std::string none = to_base64url(base::as_bytes(R"({"alg":"none"})")) + ".e30.";
  EXPECT_EQ(with_signatures("{\"signatures\": [\"" + none + "\"]}"),
            "denied: the bundle's signature uses none, the key is for HS256");
}

TEST(CanonicalJson, SortsMembersAndKeepsNumbers) {
  const auto canonical = [](std::string_view json) { return canonical_json(json).value(); };
  EXPECT_EQ(canonical(" {\"b\" : 1.50, \"a\": [1e3, -0.0, true, null]} "),
            R"({"a":[1e3,-0.0,true,null],"b":1.50})");
  EXPECT_EQ(canonical(R"({"a": 1, "a": 2})"), R"({"a":2})");
  EXPECT_EQ(canonical(R"("<\u00e9\/\u2028\u0001\u007f\b")"), "\"<é/\\u2028\\u0001\x7f\\b\"");
  EXPECT_EQ(canonical("[]"), "[]");
  EXPECT_EQ(canonical("{}"), "{}");
  EXPECT_FALSE(canonical_json("{"));
  EXPECT_FALSE(canonical_json(std::string(1000, '[') + std::string(1000, ']')));
}

}  // namespace
}  // namespace bulkhead::policy
