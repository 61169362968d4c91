// SPDX-License-Identifier: Apache-2.0
// Verification of signed bundles, after OPA's reference ("Signing" in its bundle documentation).
// Stricter: the token's algorithm must be the key's, weak digests are refused by name, and a file
// that is listed twice is refused.
#include "policy/bundle_signature.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/node.h"
#include "base/node_json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"
#include "policy/canonical_json.h"
#include "policy/jws.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kWhere = ".signatures.json";

Error denied(std::string message) { return {Code::kDenied, std::move(message)}; }

struct SignedFile {
  std::string hash;
  std::string algorithm;
};

base::Result<std::string> the_token(std::string_view text) {
  const auto document = TRY_AT(kWhere, base::json::Document::parse(text));
  const base::json::Value root = document.root();
  const std::string_view plugin = root["plugin"].string_or("");
  if (!plugin.empty() && plugin != "_default") {
    return denied(std::string(kWhere) + ": signed by the plugin '" + base::printable(plugin, 64) +
                  "', which is not known here");
  }
  if (root["signatures"].size() != 1) {
    return denied(std::string(kWhere) + ": expected exactly one signature, found " +
                  std::to_string(root["signatures"].size()));
  }
  std::string token;
  root["signatures"].each(
      [&](base::json::Value value) { token = std::string(value.string_or("")); });
  return token;
}

base::Result<const VerificationKey*> choose_key(std::string_view id,
                                                const std::vector<VerificationKey>& keys) {
  for (const VerificationKey& key : keys) {
    if (key.id == id && !id.empty()) return &key;
  }
  for (const VerificationKey& key : keys) {
    if (key.id.empty()) return &key;
  }
  return denied("the bundle is signed with the key '" + base::printable(id, 64) +
                "', which is not among the given ones");
}

// A secret is taken byte for byte, as `opa sign` takes it, and editors end files with a line break:
// whether that is what is wrong.
std::string line_break_hint(const JwsAlgorithm& algorithm, std::string_view secret,
                            const Jws& jws) {
  std::string_view bare = secret;
  while (bare.ends_with('\n') || bare.ends_with('\r')) bare.remove_suffix(1);
  if (bare.size() != secret.size()) {
    if (!verify_jws(algorithm, bare, jws)) return "";
    return ", but by the same secret without the line break at its end; every byte of the key's "
           "file counts, so write it without one";
  }
  if (!verify_jws(algorithm, std::string(secret) + "\n", jws)) return "";
  return ", but by the same secret with a line break at its end; every byte of the key's file "
         "counts, so use the file that it was signed with";
}

base::Status verify_token(const Jws& jws, std::string_view algorithm_name,
                          const VerificationKey& key) {
  const auto algorithm = jws_algorithm(key.algorithm);
  if (!algorithm) {
    return Error(Code::kInvalid, "key '" + key.id + "': unknown algorithm '" + key.algorithm + "'");
  }
  if (algorithm_name != key.algorithm) {
    return denied("the bundle's signature uses " + base::printable(algorithm_name, 16) +
                  ", the key is for " + key.algorithm);
  }
  bool good = false;
  std::string hint;
  if (algorithm->family == JwsFamily::kHmac) {
    // Whoever verifies with what everybody knows would take everybody's signature.
    if (base::trim(key.key).empty() || key.key.starts_with("-----BEGIN ")) {
      return denied("the key for " + key.algorithm +
                    " is empty or in PEM form: it has to be a "
                    "shared secret");
    }
    good = verify_jws(*algorithm, key.key, jws);
    if (!good) hint = line_break_hint(*algorithm, key.key, jws);
  } else {
    const auto parsed = TRY_AT("key '" + key.id + "'", crypto::PublicKey::from_pem(key.key));
    good = verify_jws(*algorithm, parsed, jws);
  }
  std::string name = key.id.empty() ? "key that was given" : "key '" + key.id + "'";
  if (!good) return denied("the bundle's signature is not by the " + name + hint);
  return {};
}

base::Result<std::map<std::string, SignedFile>> listed_files(base::json::Value payload) {
  std::map<std::string, SignedFile> files;
  std::string twice;
  payload["files"].each([&](base::json::Value file) {
    std::string name(file["name"].string_or(""));
    if (name.starts_with('/')) name.erase(0, 1);
    SignedFile entry{std::string(file["hash"].string_or("")),
                     std::string(file["algorithm"].string_or(""))};
    if (!files.emplace(name, std::move(entry)).second) twice = name;
  });
  if (!twice.empty()) return denied(twice + ": stands twice in the bundle's signature");
  return files;
}

bool is_structured(std::string_view path) {
  const std::string_view name = base::basename(path);
  return name == "data.json" || name == "data.yaml" || name == "data.yml" || name == ".manifest";
}

base::Result<std::string> signed_bytes(const BundleFile& file) {
  if (!is_structured(file.path)) return file.bytes;
  if (file.path.ends_with("l")) {
    base::Limits limits;
    limits.max_bytes = file.bytes.size();
    const base::Node node = TRY_AT(file.path, base::parse_yaml(file.bytes, limits));
    return canonical_json(base::node_to_json(node, base::ScalarSchema::kYaml11));
  }
  return TRY_AT(file.path, canonical_json(file.bytes));
}

base::Status check_file(const BundleFile& file, const SignedFile& entry) {
  crypto::Algorithm algorithm = crypto::Algorithm::kSha256;
  if (entry.algorithm == "SHA-384") {
    algorithm = crypto::Algorithm::kSha384;
  } else if (entry.algorithm == "SHA-512") {
    algorithm = crypto::Algorithm::kSha512;
  } else if (entry.algorithm != "SHA-256") {
    return denied(file.path + ": signed with the digest '" + base::printable(entry.algorithm, 32) +
                  "'; sign with SHA-256, SHA-384 or SHA-512");
  }
  const std::string bytes = TRY(signed_bytes(file));
  const std::string have = base::to_hex(crypto::digest(algorithm, base::as_bytes(bytes)));
  if (!base::equals_ignore_case(have, entry.hash)) {
    return denied(file.path + ": was changed after signing (digest " + have + ")");
  }
  return {};
}

bool excluded(const std::string& path, const BundleOptions& options) {
  return std::ranges::any_of(options.unsigned_files, [&](const std::string& pattern) {
    return base::glob_match(pattern, path);
  });
}

}  // namespace

base::Result<std::string> check_signature(const BundleFile* signatures,
                                          std::span<const BundleFile> files,
                                          const BundleOptions& options) {
  if (options.skip_verification) return std::string();
  if (!signatures) {
    if (options.keys.empty()) return std::string();
    return denied("the bundle is not signed (no .signatures.json), but keys are given");
  }
  if (options.keys.empty()) {
    return denied("the bundle is signed, but no key is given to verify it with");
  }
  const Jws jws = TRY_AT(kWhere, split_jws(TRY(the_token(signatures->bytes))));
  const auto header = TRY_AT(kWhere, base::json::Document::parse(jws.header));
  base::json::Document::Options payload_options;
  payload_options.limits.max_bytes = options.limits.max_file_bytes;
  const auto payload = TRY_AT(kWhere, base::json::Document::parse(jws.payload, payload_options));

  std::string_view id = header.root()["kid"].string_or("");
  if (id.empty()) id = payload.root()["keyid"].string_or("");
  const VerificationKey& key = *TRY(choose_key(id, options.keys));
  TRY(verify_token(jws, header.root()["alg"].string_or(""), key));
  if (payload.root()["scope"].string_or("") != key.scope) {
    return denied("the bundle is signed for the scope '" +
                  base::printable(payload.root()["scope"].string_or(""), 64) +
                  "', the key is for '" + key.scope + "'");
  }

  auto listed = TRY(listed_files(payload.root()));
  for (const BundleFile& file : files) {
    if (file.path == kWhere) continue;
    const auto entry = listed.find(file.path);
    if (!excluded(file.path, options)) {
      if (entry == listed.end()) return denied(file.path + ": is not covered by the signature");
      TRY(check_file(file, entry->second));
    }
    if (entry != listed.end()) listed.erase(entry);
  }
  if (!listed.empty()) {
    return denied(listed.begin()->first + ": is signed, but missing from the bundle");
  }
  return key.id.empty() ? std::string(id) : key.id;
}

}  // namespace bulkhead::policy
