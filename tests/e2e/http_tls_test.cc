// SPDX-License-Identifier: Apache-2.0
// TLS as the client sees it: trust, names, old protocols and the way from https to http, against
// OpenSSL's s_server, which answers with files that hold whole responses.
#include <gtest/gtest.h>

#include <fstream>

#include "net/http_client.h"
#include "net/http_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::net {
namespace {

using base::Code;
using testing::file_text;
using testing::Process;

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::have_program("openssl")) GTEST_SKIP() << "needs openssl";
    options_.sleep = [](uint32_t) {};
    write("hello", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\n");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }
  void start(const std::string& subject_alternative_name, std::vector<std::string> more = {}) {
    ASSERT_EQ(testing::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                            "/CN=test", "-addext", "subjectAltName=" + subject_alternative_name,
                            "-keyout", directory_ / "key.pem", "-out", directory_ / "cert.pem"}),
              0);
    std::string log = directory_ / "server.log";
    // s_server serves files beneath its working directory.
    std::vector<std::string> arguments = {"env",      "-C",      directory_.path(), "openssl",
                                          "s_server", "-accept", "127.0.0.1:0",     "-HTTP",
                                          "-key",     "key.pem", "-cert",           "cert.pem"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<Process>(arguments, log);
    ASSERT_TRUE(testing::wait_for([&] {
      std::string text = file_text(log);
      size_t at = text.find("ACCEPT 127.0.0.1:");
      if (at == std::string::npos || text.find('\n', at) == std::string::npos) return false;
      url_ = "https://127.0.0.1:" + text.substr(at + 17, text.find('\n', at) - at - 17);
      return true;
    })) << file_text(log);
  }
  base::Result<HttpResponse> get(const std::string& path) {
    HttpRequest request;
    request.url = url_ + path;
    return HttpClient(options_).fetch(request);
  }

  testing::TempDir directory_;
  std::unique_ptr<Process> server_;
  std::string url_;
  HttpOptions options_;
};

TEST_F(Tls, TrustsWhomItWasToldTo) {
  start("IP:127.0.0.1");
  auto untrusted = get("/hello");
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().code(), Code::kDenied);
  options_.ca_file = directory_ / "cert.pem";
  auto trusted = get("/hello");
  ASSERT_TRUE(trusted) << trusted.error().message();
  EXPECT_EQ(trusted->body, "hello\n");
  options_.ca_file = directory_ / "no-such-file";
  EXPECT_FALSE(get("/hello"));
  options_.ca_file.clear();
  options_.insecure = true;
  EXPECT_TRUE(get("/hello"));
}

TEST_F(Tls, ChecksTheName) {
  start("DNS:registry.example.com");
  options_.ca_file = directory_ / "cert.pem";
  auto answer = get("/hello");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kDenied) << answer.error().message();
}

TEST_F(Tls, SpeaksNothingBelowTls12) {
  start("IP:127.0.0.1", {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
  options_.ca_file = directory_ / "cert.pem";
  EXPECT_FALSE(get("/hello"));
}

TEST_F(Tls, DoesNotFollowToPlainHttp) {
  auto plain = HttpServer::start(
      {}, [](const ServerRequest&) { return ServerResponse::text(200, "plain"); });
  ASSERT_TRUE(plain);
  write("down", "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:" +
                    std::to_string((*plain)->port()) + "/\r\n\r\n");
  start("IP:127.0.0.1");
  options_.ca_file = directory_ / "cert.pem";
  auto answer = get("/down");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kDenied);
  EXPECT_NE(answer.error().message().find("from https to http"), std::string::npos)
      << answer.error().message();
}

}  // namespace
}  // namespace bulkhead::net
