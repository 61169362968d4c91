// SPDX-License-Identifier: Apache-2.0
// The registry client against a small real registry, well-behaved and not.
#include "oci/registry.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "tests/support/fake_registry.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using testing::FakeRegistry;
using Auth = FakeRegistry::Auth;

constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";

net::HttpClient quick_client() {
  net::HttpOptions options;
  options.sleep = [](uint32_t) {};
  return net::HttpClient(options);
}

std::string bytes_of(size_t count) {
  std::string out(count, ' ');
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<char>((i * 2654435761u) >> 11);
  return out;
}

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() {
    manifest_digest_ = registry_.add_manifest("team/app", "1.0", kManifestType, manifest_);
    layer_.digest = registry_.add_blob(layer_bytes_);
    layer_.size = layer_bytes_.size();
    layer_.media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
    options_.auth_files.clear();
  }

  std::unique_ptr<Registry> open(const std::string& name = "/team/app:1.0") {
    auto reference = Reference::parse(registry_.host() + name);
    EXPECT_TRUE(reference);
    auto opened = Registry::open(*reference, options_, quick_client());
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(opened).value();
  }
  void log_in(std::string username, std::string password) {
    options_.credentials = Credentials{std::move(username), std::move(password), "", "", ""};
  }
  // The manifest and the layer both arrive.
  static std::string pull(Registry& registry, const Descriptor& layer) {
    auto root = registry.root();
    if (!root) return root.error().message();
    auto blob = registry.blob(layer);
    if (!blob) return blob.error().message();
    auto bytes = base::read_all(*std::move(*blob).source(), 64 << 20);
    if (!bytes) return bytes.error().message();
    return crypto::sha256_digest(*bytes) == layer.digest ? "pulled" : "wrong bytes";
  }
  std::string pull() { return pull(*open(), layer_); }

  FakeRegistry registry_;
  RegistryOptions options_;
  std::string manifest_ = R"({"schemaVersion":2,"layers":[]})";
  std::string manifest_digest_;
  std::string layer_bytes_ = bytes_of(3'000'000);
  Descriptor layer_;
};

TEST_F(RegistryTest, GivesManifestsAndBlobs) {
  auto registry = open();
  auto root = registry->root();
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->bytes, manifest_);
  EXPECT_EQ(root->media_type, kManifestType);
  EXPECT_EQ(root->digest, manifest_digest_);
  Descriptor same;
  same.digest = manifest_digest_;
  same.size = manifest_.size();
  EXPECT_EQ(*registry->manifest(same), manifest_);
  EXPECT_EQ(pull(*registry, layer_), "pulled");
  auto resolved = registry->resolve();
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->digest, manifest_digest_);
  EXPECT_EQ(resolved->size, manifest_.size());
  EXPECT_EQ(resolved->media_type, kManifestType);
  EXPECT_EQ(registry_.count("HEAD "), 1u);

  FakeRegistry::Behaviour behaviour;
  behaviour.no_head = true;
  behaviour.no_digest_header = true;
  registry_.set(behaviour);
  EXPECT_EQ(registry->resolve()->digest, manifest_digest_);
  EXPECT_EQ(registry->root()->digest, "");
  EXPECT_EQ(open("/team/app@" + manifest_digest_)->root()->digest, manifest_digest_);
  behaviour.no_digest_header = false;
  behaviour.wrong_digest_header = "../../etc";
  registry_.set(behaviour);
  EXPECT_EQ(registry->root()->digest, "");
}

TEST_F(RegistryTest, SaysWhatIsMissing) {
  auto missing = open("/team/none:2")->root();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_EQ(missing.error().message(), "manifest 2 of " + registry_.host() +
                                           "/team/none: " + registry_.host() +
                                           " does not have it (status 404) (manifest_unknown: "
                                           "manifest unknown)");
  Descriptor bad;
  bad.digest = "sha256:../../../x";
  EXPECT_FALSE(open()->blob(bad));
  EXPECT_FALSE(open()->manifest(bad));
  bad.digest = "sha256:" + std::string(64, '0');
  EXPECT_EQ(open()->blob(bad).error().code(), Code::kNotFound);
  Descriptor foreign = layer_;
  foreign.media_type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  EXPECT_EQ(open()->blob(foreign).error().code(), Code::kUnsupported);
  Descriptor huge;
  huge.digest = manifest_digest_;
  huge.size = 5 << 20;
  EXPECT_EQ(open()->manifest(huge).error().code(), Code::kLimit);
}

TEST_F(RegistryTest, ChecksSizes) {
  Descriptor longer = layer_;
  longer.size += 1;
  EXPECT_NE(pull(*open(), longer).find("are expected"), std::string::npos);
  Descriptor manifest;
  manifest.digest = manifest_digest_;
  manifest.size = manifest_.size() - 1;
  EXPECT_FALSE(open()->manifest(manifest));
  FakeRegistry::Behaviour behaviour;
  behaviour.cut_blobs = true;
  registry_.set(behaviour);
  EXPECT_NE(pull().find("are expected"), std::string::npos);
  behaviour.cut_blobs = false;
  behaviour.spoil_blobs = true;  // the reader's matter
  registry_.set(behaviour);
  EXPECT_EQ(pull(), "wrong bytes");
}

TEST_F(RegistryTest, LogsIn) {
  FakeRegistry::Behaviour behaviour;
  for (Auth auth : {Auth::kBasic, Auth::kBearer}) {
    behaviour.auth = auth;
    registry_.set(behaviour);
    options_.credentials.reset();
    auto denied = open()->root();
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code(), Code::kDenied);
    EXPECT_NE(denied.error().message().find("log in with `docker login"), std::string::npos)
        << denied.error().message();
    log_in("user", "wrong");
    denied = open()->root();
    ASSERT_FALSE(denied);
    EXPECT_NE(denied.error().message().find("from the command line are not enough"),
              std::string::npos)
        << denied.error().message();
    EXPECT_EQ(denied.error().message().find("wrong"), std::string::npos);
    log_in("user", "p4ss:word");
    EXPECT_EQ(pull(), "pulled");
  }
  // One token serves all requests of a scope, also those of another Registry that shares the cache.
  options_.tokens = std::make_shared<TokenCache>();
  registry_.clear_log();
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("token:"), 1u);
  EXPECT_EQ(registry_.count("/manifests/1.0 -> 401"), 2u);
  EXPECT_EQ(registry_.count("/blobs/" + layer_.digest + " auth -> 200"), 2u);
}

TEST_F(RegistryTest, TakesAnonymousTokens) {
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kBearer;
  behaviour.anonymous_pull = true;
  registry_.set(behaviour);
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("token:GET /token auth"), 0u);
}

TEST_F(RegistryTest, RenewsTokens) {
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kBearer;
  behaviour.tokens_expire = true;
  behaviour.break_blobs_after = 1'000'000;
  registry_.set(behaviour);
  log_in("user", "p4ss:word");
  EXPECT_EQ(pull(), "pulled");  // a new one for every part of the layer
  EXPECT_GE(registry_.count("token:"), 3u);
  EXPECT_GE(registry_.count(" range -> 206"), 2u);
}

TEST_F(RegistryTest, TradesIdentityTokens) {
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kBearer;
  behaviour.identity_token = "refresh-me";
  registry_.set(behaviour);
  options_.credentials = Credentials{"", "", "refresh-me", "", ""};
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("token:POST"), 1u);
  options_.credentials->identity_token = "other";
  EXPECT_NE(pull().find("incorrect username or password"), std::string::npos);
  // Where there is no OAuth2, a password still helps.
  behaviour.identity_token = "";
  registry_.set(behaviour);
  options_.credentials = Credentials{"user", "p4ss:word", "refresh-me", "", ""};
  EXPECT_EQ(pull(), "pulled");
}

TEST_F(RegistryTest, RefusesWhatItDoesNotUnderstand) {
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kNegotiate;
  registry_.set(behaviour);
  EXPECT_NE(pull().find("wants 'negotiate' authentication"), std::string::npos);
  behaviour.auth = Auth::kBearer;
  behaviour.realm = "file:///etc/passwd";
  registry_.set(behaviour);
  EXPECT_NE(pull().find("unusable token service"), std::string::npos);
}

TEST(RegistryAuth, SendsNothingToAPlainTokenServiceOfASecureRegistry) {
  bool asked = false;
  RegistryAuth::Settings settings;
  settings.registry = "r.io";
  settings.credentials = [&]() -> base::Result<FoundCredentials> {
    asked = true;
    return FoundCredentials{Credentials{"me", "hunter2", "", "", "a file"}, ""};
  };
  RegistryAuth auth(quick_client(), settings);
  net::HttpResponse response;
  response.status = 401;
  EXPECT_FALSE(*auth.challenged(response));  // no challenge at all
  EXPECT_FALSE(asked);
  response.headers.add("WWW-Authenticate", "Bearer realm=\"http://127.0.0.1:1/token\"");
  auto answer = auth.challenged(response);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kDenied);
  EXPECT_EQ(answer.error().message(),
            "r.io is https, but its token service http://127.0.0.1:1/token is not: nothing is sent "
            "there");
}

TEST(TokenCache, ForgetsAndIsBounded) {
  TokenCache cache;
  cache.put("a", "t", std::chrono::seconds(50));
  cache.put("old", "t", std::chrono::seconds(0));
  EXPECT_EQ(cache.find("a"), "t");
  EXPECT_EQ(cache.find("old"), std::nullopt);
  cache.drop("a");
  EXPECT_EQ(cache.find("a"), std::nullopt);
  for (int i = 0; i < 3000; ++i) cache.put(std::to_string(i), "t", std::chrono::seconds(50));
  EXPECT_EQ(cache.find("2999"), "t");
}

TEST_F(RegistryTest, SendsNoCredentialsToStorage) {
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kBearer;
  behaviour.redirect_blobs = true;
  behaviour.break_blobs_after = 1'000'000;
  registry_.set(behaviour);
  log_in("user", "p4ss:word");
  EXPECT_EQ(pull(), "pulled");
  EXPECT_GE(registry_.count("storage:GET"), 3u);
  for (const std::string& line : registry_.log()) {
    EXPECT_FALSE(line.starts_with("storage:") && line.find(" auth") != std::string::npos) << line;
  }
}

TEST_F(RegistryTest, ResumesLayers) {
  FakeRegistry::Behaviour behaviour;
  behaviour.break_blobs_after = 700'000;
  registry_.set(behaviour);
  EXPECT_EQ(pull(), "pulled");
  EXPECT_GE(registry_.count(" range -> 206"), 4u);
  behaviour.ignore_ranges = true;
  behaviour.break_blobs_after = 0;
  registry_.set(behaviour);
  EXPECT_EQ(pull(), "pulled");
  behaviour.break_blobs_after = 1000;
  behaviour.ignore_ranges = false;
  registry_.set(behaviour);
  EXPECT_NE(pull(), "pulled");
}

TEST_F(RegistryTest, WaitsWhenAskedTo) {
  FakeRegistry::Behaviour behaviour;
  behaviour.busy_answers = 3;
  behaviour.retry_after = "1";
  registry_.set(behaviour);
  EXPECT_EQ(pull(), "pulled");
  behaviour.busy_answers = 1000;
  behaviour.retry_after = "7200";
  registry_.set(behaviour);
  std::string message = pull();
  EXPECT_NE(message.find("limits how often it is asked (status 429) (toomanyrequests: pull rate "
                         "limit); try again in 7200 seconds, use a mirror, or log in"),
            std::string::npos)
      << message;
}

TEST_F(RegistryTest, AsksMirrorsFirst) {
  FakeRegistry mirror;
  mirror.add_manifest("cache/team/app", "1.0", kManifestType, manifest_);
  options_.mirrors = {"127.0.0.1:1", mirror.host() + "/cache/"};
  EXPECT_EQ(pull(), "pulled");  // the manifest from the mirror, the layer it lacks from the origin
  EXPECT_EQ(mirror.count("GET /v2/cache/team/app/manifests/1.0 -> 200"), 1u);
  EXPECT_EQ(mirror.count("/v2/cache/team/app/blobs/" + layer_.digest + " -> 404"), 1u);
  EXPECT_EQ(registry_.count("/manifests/"), 0u);
  EXPECT_EQ(registry_.count("/blobs/"), 1u);
  auto missing = open("/team/none:2")->root();
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_NE(missing.error().message().find("; mirror 127.0.0.1:1: "), std::string::npos)
      << missing.error().message();
  // Credentials of the registry stay with the registry.
  FakeRegistry::Behaviour behaviour;
  behaviour.auth = Auth::kBasic;
  mirror.set(behaviour);
  log_in("user", "p4ss:word");
  mirror.clear_log();
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(mirror.count(" auth"), 0u);

  for (const char* bad : {"", "ftp://x.io", "mirror/prefix", "x.io/UPPER", "http://"}) {
    options_.mirrors = {bad};
    auto reference = Reference::parse("docker.io/a/b");
    EXPECT_FALSE(Registry::open(*reference, options_, quick_client())) << bad;
  }
}

TEST_F(RegistryTest, AsksTheRegistryWhenAMirrorAnswersRubbish) {
  // A login page: status 200 for everything.
  auto page = net::HttpServer::start({}, [](const net::ServerRequest&) {
    return net::ServerResponse::text(200, "<html>Log in</html>");
  });
  ASSERT_TRUE(page);
  options_.mirrors = {"http://127.0.0.1:" + std::to_string((*page)->port())};
  EXPECT_EQ(pull(), "pulled");
  auto resolved = open()->resolve();
  ASSERT_TRUE(resolved) << resolved.error().message();
  EXPECT_EQ(resolved->digest, manifest_digest_);

  FakeRegistry mirror;
  mirror.add_manifest("team/app", "1.0", kManifestType, manifest_);
  mirror.add_blob(layer_bytes_);
  FakeRegistry::Behaviour behaviour;
  behaviour.spoil_blobs = true;
  mirror.set(behaviour);
  options_.mirrors = {"http://" + mirror.host()};
  registry_.clear_log();
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("/manifests/"), 0u);
  EXPECT_EQ(registry_.count("/blobs/"), 1u);
  behaviour.spoil_blobs = false;
  behaviour.wrong_digest_header = "sha256:" + std::string(64, '0');
  mirror.set(behaviour);
  registry_.clear_log();
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("/manifests/1.0"), 1u);
}

TEST_F(RegistryTest, NamesTheMirrorThatGaveAnotherLargeBlob) {
  std::string large = "\x1f\x8b" + bytes_of(9'000'000);
  FakeRegistry mirror;
  mirror.add_manifest("team/app", "1.0", kManifestType, manifest_);
  layer_.digest = mirror.add_blob(large);
  layer_.size = large.size();
  registry_.add_blob(large);
  options_.mirrors = {"http://" + mirror.host()};
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("/blobs/"), 0u);
  FakeRegistry::Behaviour behaviour;
  behaviour.spoil_blobs = true;
  mirror.set(behaviour);
  std::string message = pull();
  EXPECT_TRUE(message.starts_with("mirror " + mirror.host() + ", blob " + layer_.digest +
                                  ": the mirror's bytes have the digest "))
      << message;
}

TEST_F(RegistryTest, SpeaksPlainHttpOnlyWhereAllowed) {
  EXPECT_EQ(pull(), "pulled");  // loopback
  options_.plain_http = true;
  EXPECT_EQ(pull(), "pulled");
  EXPECT_EQ(registry_.count("GET /v2/ "), 1u);  // nothing to find out
}

}  // namespace
}  // namespace bulkhead::oci
