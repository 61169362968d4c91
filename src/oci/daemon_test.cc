// SPDX-License-Identifier: Apache-2.0
// The daemon client against an engine of two pages; tests/e2e asks a real podman.
#include "oci/daemon.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "net/http_server.h"

namespace bulkhead::oci {
namespace {

using base::Code;

// Fails after its text when told to.
class Text final : public base::Source {
 public:
  Text(std::string text, bool fail) : text_(std::move(text)), fail_(fail) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t count = std::min(out.size(), text_.size());
    std::copy_n(base::as_bytes(text_).begin(), count, out.begin());
    text_.erase(0, count);
    if (count == 0 && fail_) return base::Error(Code::kIo, "broken on purpose");
    return count;
  }

 private:
  std::string text_;
  bool fail_;
};

net::ServerResponse serve(const net::ServerRequest& request) {
  std::string_view path = request.path();
  if (path.ends_with("/json")) {
    if (path.find("none") != std::string_view::npos) {
      return net::ServerResponse::text(404, R"({"message":"no such image"})");
    }
    if (path.find("odd") != std::string_view::npos) {
      return net::ServerResponse::text(500, R"({"message":"out of order"})");
    }
    return net::ServerResponse::text(
        200, R"({"Id":"abc","RepoTags":["r.io/team/app:1"],"RepoDigests":null,"Size":1})");
  }
  net::ServerResponse response;
  bool fail = path.find("broken") != std::string_view::npos;
  response.stream = std::make_unique<Text>("archive of " + std::string(path), fail);
  return response;
}

class DaemonTest : public ::testing::Test {
 protected:
  DaemonTest() {
    net::ServerOptions options;
    options.unix_socket = ::testing::TempDir() + "bulkhead-engine-" + std::to_string(getpid());
    options_.socket = options.unix_socket;
    options_.directory = ::testing::TempDir();
    server_ = std::move(net::HttpServer::start(options, serve)).value();
  }
  std::string message(const std::string& name) {
    auto image = export_from_daemon(Daemon::kPodman, name, options_);
    return image ? "" : image.error().message();
  }
  DaemonOptions options_;
  std::unique_ptr<net::HttpServer> server_;
};

TEST_F(DaemonTest, ExportsIntoAnUnlinkedFile) {
  auto image = export_from_daemon(Daemon::kPodman, "r.io/team/app:1", options_);
  ASSERT_TRUE(image) << image.error().message();
  EXPECT_EQ(image->id, "sha256:abc");
  EXPECT_EQ(image->tags, std::vector<std::string>{"r.io/team/app:1"});
  EXPECT_TRUE(image->digests.empty());
  EXPECT_EQ(*base::read_fd(image->archive, 1000), "archive of /images/r.io/team/app:1/get");
  EXPECT_EQ(base::stat_fd(image->archive)->st_nlink, 0u);
}

TEST_F(DaemonTest, SaysWhatWentWrong) {
  EXPECT_EQ(
      message("none"),
      "podman has no image 'none'; `podman images` lists what it has, `podman pull` gets one");
  EXPECT_EQ(message("odd"), "podman answered with status 500: out of order");
  EXPECT_NE(message("broken").find("exporting 'broken': GET "), std::string::npos)
      << message("broken");
  for (const char* name :
       {"", "/", "../containers", "a/../b", "a b", "a?b", "a#b", "a%2fb", "/a"}) {
    EXPECT_NE(message(name).find("is not the name of an image"), std::string::npos) << name;
  }
  options_.max_bytes = 5;
  auto large = export_from_daemon(Daemon::kPodman, "large", options_);
  EXPECT_EQ(large.error().code(), Code::kLimit);
  options_.max_bytes = 1000;
  options_.directory = "/nonexistent";
  EXPECT_EQ(export_from_daemon(Daemon::kDocker, "a", options_).error().code(), Code::kNotFound);
  options_.socket = "/nonexistent";
  EXPECT_NE(message("a").find("podman at /nonexistent does not answer"), std::string::npos);
}

TEST(DaemonSocket, IsFoundByTheEnvironment) {
  ::setenv("DOCKER_HOST", "unix:///run/other.sock", 1);
  ::setenv("CONTAINER_HOST", "ssh://somewhere/run/podman.sock", 1);
  EXPECT_EQ(*find_daemon_socket(Daemon::kDocker), "/run/other.sock");
  EXPECT_EQ(find_daemon_socket(Daemon::kPodman).error().code(), Code::kUnsupported);
  ::unsetenv("DOCKER_HOST");
  ::unsetenv("CONTAINER_HOST");
}

}  // namespace
}  // namespace bulkhead::oci
