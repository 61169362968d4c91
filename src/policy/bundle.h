// SPDX-License-Identifier: Apache-2.0
// Bundles: sets of policy files as OPA defines them (.manifest, data.json by folder, .rego,
// .signatures.json), read from memory: a directory or a git tree that someone else read, or the
// .tar.gz that `opa build` writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/io.h"
#include "base/result.h"
#include "policy/engine.h"

namespace bulkhead::policy {

struct BundleLimits {
  uint64_t max_bytes = 256u << 20;      // of all files together, unpacked
  uint64_t max_file_bytes = 64u << 20;  // of one file
  size_t max_files = 20'000;
};

struct BundleFile {
  std::string path;  // relative, "/" between names
  std::string bytes;
};

// Whom to believe when a bundle is signed.
struct VerificationKey {
  std::string id;         // what the signature's "kid" says; empty: fits every signature
  std::string algorithm;  // "RS256", "ES256", "HS256" and the like; the signature must use it
  std::string key;        // PEM text of a public key or certificate; the secret itself for HS*
  std::string scope;      // must equal the scope that was signed
};

struct BundleOptions {
  BundleLimits limits;
  Dialect dialect = Dialect::kV1;  // where neither manifest nor file says
  // With keys, a bundle without a good signature over every file is refused; so is a signed bundle
  // without keys.
  std::vector<VerificationKey> keys;
  bool skip_verification = false;           // take signed and unsigned bundles as they are
  std::vector<std::string> unsigned_files;  // paths with * that need not be signed
  // Folders ("packs/house/"; "" is the whole bundle) whose modules and data are not the engine's
  // business either: they are checked against the signature and kept with the others.
  std::vector<std::string> opaque;
};

struct Manifest {
  std::string revision;
  std::vector<std::string> roots;  // "" alone: everything
  std::optional<int> rego_version;
  std::map<std::string, int> file_rego_versions;  // pattern -> version
};

struct Bundle {
  Manifest manifest;
  std::vector<Source> modules;  // sorted by path, without tests
  std::vector<Source> tests;    // *_test.rego
  std::vector<DataSource> data;
  std::vector<BundleFile> others;  // policy.yaml, pack.yaml, ...: not the engine's business
  std::string signed_by;           // id of the key that the signature was verified with
};

// Whether a module holds tests of others, which are kept apart.
inline bool is_test(std::string_view path) { return path.ends_with("_test.rego"); }

// The first thing to do with a bundle: checks paths and sizes, sorts the files, and verifies the
// signature over them. Nothing of a file is parsed before the token that lists it is found good;
// then only what its digest asks for (data files and .manifest are signed in canonical form). The
// id of the key; empty without keys. Errors as of read_bundle().
base::Result<std::string> verify_bundle(std::vector<BundleFile>& files,
                                        const BundleOptions& options);

// Sorts the files of a bundle and checks them against its manifest and signature. In a folder with
// a policy.yaml, lists/<name>.json or .yaml is data too: data.lists.<name>. kInvalid, kUnsupported,
// kLimit: names the file and what is wrong with it. kDenied: the signature is missing, wrong, or
// not over exactly these files.
base::Result<Bundle> read_bundle(std::vector<BundleFile> files, const BundleOptions& options);

// The files of a .tar.gz (or .tar). Links, devices and paths that leave the bundle are kInvalid.
base::Result<std::vector<BundleFile>> unpack_bundle(base::Source& archive,
                                                    const BundleLimits& limits);

// Whether a path of data or of a package lies inside one of the roots ("a/b"; "" is everything).
bool within_roots(const std::vector<std::string>& roots, const std::vector<std::string>& path);

}  // namespace bulkhead::policy
