// SPDX-License-Identifier: Apache-2.0
// Images as real programs serve them: Debian's docker-registry, filled by skopeo, and podman's API.
#include <gtest/gtest.h>

#include <fstream>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "oci/archive.h"
#include "oci/daemon.h"
#include "oci/image.h"
#include "oci/registry.h"
#include "tests/support/oci_writer.h"
#include "tests/support/process.h"
#include "tests/support/tar_writer.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using testing::file_text;
using testing::have_program;
using testing::Process;
using testing::run;
using testing::TempDir;
using testing::wait_for;

// Made by crypt(3) from "p4ss:word".
constexpr const char* kHtpasswd =
    "user:$2b$05$k4DFA0IEkeJPb1cja2VWwu.YAvJrrqgz4yPPrgHMqwA6zFzfnQdpy\n";

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string layer_tar() {
  return testing::TarWriter()
      .file("etc/motd", "served by a real registry\n")
      .file("big", std::string(2'000'000, 'b'))
      .finish();
}

// Loads the image and reads every layer; "" when all digests are right.
std::string read_image(Transport& transport) {
  base::Diagnostics diagnostics;
  auto image = load_image(transport, {"linux/amd64"}, diagnostics);
  if (!image) return image.error().message();
  if (image->layers.empty()) return "no layers";
  for (const Descriptor& layer : image->layers) {
    auto blob = transport.blob(layer);
    if (!blob) return blob.error().message();
    auto bytes = base::read_all(*std::move(*blob).source(), 64 << 20);
    if (!bytes) return bytes.error().message();
    if (crypto::sha256_digest(*bytes) != layer.digest) return "wrong bytes of " + layer.digest;
  }
  return "";
}

class RealRegistry : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!have_program("docker-registry") || !have_program("skopeo") || !have_program("openssl")) {
      GTEST_SKIP() << "needs docker-registry, skopeo and openssl";
    }
    testing::OciLayoutWriter layout(directory_ / "layout");
    testing::OciImage image;
    image.layer(layer_tar(), "COPY . /");
    image.layer(testing::TarWriter().file("etc/second", "2\n").finish(), "RUN second");
    manifest_digest_ = layout.add(image, "1.0");
    layout.finish();
    options_.auth_files.clear();
    http_.sleep = [](uint32_t) {};
  }
  // Starts it on a free port of loopback; more is added to the http section of its configuration.
  void start(const std::string& http_section, const std::string& more) {
    write(directory_ / "config.yml",
          "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: " + (directory_ / "data") +
              "\nhttp:\n  addr: 127.0.0.1:0\n" + http_section + more);
    std::string log = directory_ / "registry.log";
    registry_ = std::make_unique<Process>(
        std::vector<std::string>{"docker-registry", "serve", directory_ / "config.yml"}, log);
    ASSERT_TRUE(wait_for([&] {
      std::string text = file_text(log);
      size_t at = text.find("listening on 127.0.0.1:");
      if (at == std::string::npos) return false;
      host_ = text.substr(at + 13, text.find_first_of(",\" ", at + 13) - at - 13);
      return true;
    })) << file_text(log);
  }
  void push(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"skopeo", "copy", "--dest-tls-verify=false"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back("oci:" + (directory_ / "layout") + ":1.0");
    arguments.push_back("docker://" + host_ + "/team/app:1.0");
    ASSERT_EQ(run(arguments, directory_ / "skopeo.log"), 0) << file_text(directory_ / "skopeo.log");
  }
  std::unique_ptr<Registry> open(const std::string& name = "/team/app:1.0") {
    auto reference = Reference::parse(host_ + name);
    return std::move(Registry::open(*reference, options_, net::HttpClient(http_))).value();
  }
  // A key and a certificate for 127.0.0.1, which is its own authority.
  void make_certificate() {
    ASSERT_EQ(
        run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", directory_ / "key.pem", "-out", directory_ / "cert.pem"},
            directory_ / "openssl.log"),
        0)
        << file_text(directory_ / "openssl.log");
  }

  TempDir directory_;
  std::string host_;
  std::string manifest_digest_;
  RegistryOptions options_;
  net::HttpOptions http_;
  std::unique_ptr<Process> registry_;
};

TEST_F(RealRegistry, ServesAnImage) {
  start("", "");
  push();
  auto registry = open();
  EXPECT_EQ(read_image(*registry), "");
  auto resolved = registry->resolve();
  ASSERT_TRUE(resolved) << resolved.error().message();
  EXPECT_EQ(resolved->digest, manifest_digest_);
  EXPECT_EQ(read_image(*open("/team/app@" + manifest_digest_)), "");
  EXPECT_EQ(open("/team/app:2.0")->root().error().code(), Code::kNotFound);
  EXPECT_EQ(open("/team/other:1.0")->root().error().code(), Code::kNotFound);
}

TEST_F(RealRegistry, IsReachedByTlsWithAPassword) {
  make_certificate();
  write(directory_ / "htpasswd", kHtpasswd);
  start("  tls:\n    certificate: " + (directory_ / "cert.pem") +
            "\n    key: " + (directory_ / "key.pem") + "\n",
        "auth:\n  htpasswd:\n    realm: test\n    path: " + (directory_ / "htpasswd") + "\n");
  push({"--dest-creds", "user:p4ss:word"});

  // skopeo writes the file that we read.
  std::string auth_file = directory_ / "auth.json";
  ASSERT_EQ(run({"skopeo", "login", "--tls-verify=false", "--authfile", auth_file, "-u", "user",
                 "-p", "p4ss:word", host_}),
            0);
  options_.auth_files = {auth_file};

  std::string untrusted = read_image(*open());
  EXPECT_NE(untrusted.find("certificate"), std::string::npos) << untrusted;
  EXPECT_NE(untrusted.find("CA file"), std::string::npos) << untrusted;
  http_.ca_file = directory_ / "cert.pem";
  EXPECT_EQ(read_image(*open()), "");
  http_.ca_file.clear();
  http_.insecure = true;
  EXPECT_EQ(read_image(*open()), "");

  options_.auth_files.clear();
  EXPECT_EQ(open()->root().error().code(), Code::kDenied);
  options_.credentials = Credentials{"user", "wrong", "", "", ""};
  EXPECT_EQ(open()->root().error().code(), Code::kDenied);
}

TEST(RealPodman, ExportsAnImage) {
  if (!have_program("podman")) GTEST_SKIP() << "needs podman";
  TempDir directory;
  write(directory / "layer.tar", layer_tar());
  std::string socket = directory / "podman.sock";
  std::string log = directory / "podman.log";
  auto podman = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "podman",           "--root", directory / "root", "--runroot", directory / "run",
        "--storage-driver", "vfs",    "--runtime",        "runc",      "--cgroup-manager",
        "cgroupfs"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  ASSERT_EQ(run(podman({"import", directory / "layer.tar", "bulkhead-test:1"}), log), 0)
      << file_text(log);
  Process service(podman({"system", "service", "--time=0", "unix://" + socket}), log);
  ASSERT_TRUE(wait_for([&] { return ::access(socket.c_str(), F_OK) == 0; })) << file_text(log);

  DaemonOptions options;
  options.socket = socket;
  options.directory = directory.path();
  base::Result<DaemonImage> exported = base::Error(Code::kInternal, "not asked");
  // The socket is there a moment before anybody listens.
  wait_for([&] {
    exported = export_from_daemon(Daemon::kPodman, "bulkhead-test:1", options);
    return exported.has_value();
  });
  ASSERT_TRUE(exported) << exported.error().message();
  EXPECT_EQ(exported->tags, std::vector<std::string>{"localhost/bulkhead-test:1"});
  LocalReference reference;
  reference.path = "podman:bulkhead-test:1";
  auto transport = open_archive(std::move(exported->archive), reference);
  ASSERT_TRUE(transport) << transport.error().message();
  EXPECT_EQ(read_image(**transport), "");
  EXPECT_EQ(export_from_daemon(Daemon::kPodman, "no-such-image", options).error().code(),
            Code::kNotFound);
}

}  // namespace
}  // namespace bulkhead::oci
