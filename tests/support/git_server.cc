// SPDX-License-Identifier: Apache-2.0
#include "tests/support/git_server.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace bulkhead::testing {
namespace {

using net::ServerRequest;
using net::ServerResponse;

// Hands out text slowly.
class SlowSource final : public base::Source {
 public:
  SlowSource(std::string text, uint32_t delay_ms) : text_(std::move(text)), delay_ms_(delay_ms) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    ::poll(nullptr, 0, static_cast<int>(delay_ms_));
    size_t count = std::min<size_t>({100, out.size(), text_.size() - at_});
    std::copy_n(base::as_bytes(text_).begin() + static_cast<ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  uint32_t delay_ms_;
  size_t at_ = 0;
};

}  // namespace

GitServer::GitServer(std::string directory) : directory_(std::move(directory)) {
  auto started =
      net::HttpServer::start({}, [this](const ServerRequest& request) { return serve(request); });
  CHECK(started);
  server_ = std::move(started).value();
}

GitServer::~GitServer() = default;

std::string GitServer::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + "/repo";
}

void GitServer::set(Behaviour behaviour) {
  std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

std::vector<GitServer::Seen> GitServer::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

ServerResponse GitServer::git(const Behaviour& behaviour, const ServerRequest& request) {
  bool greeting = request.method == "GET";
  base::Program program;
  program.name = "env";
  program.arguments = {"GIT_CONFIG_GLOBAL=/dev/null",
                       "GIT_CONFIG_NOSYSTEM=1",
                       behaviour.version_2 ? "GIT_PROTOCOL=version=2" : "GIT_PROTOCOL=",
                       "git",
                       "upload-pack",
                       "--stateless-rpc"};
  if (greeting) program.arguments.push_back("--advertise-refs");
  program.arguments.push_back(directory_);
  program.input = request.body;
  program.max_output = 1ull << 30;
  auto ended = base::run_program(program);
  if (!ended) return ServerResponse::text(500, ended.error().message());
  ServerResponse response;
  response.body = std::move(ended->output);
  if (greeting && !behaviour.version_2) {
    response.body.insert(0, "001e# service=git-upload-pack\n0000");
  }
  return response;
}

ServerResponse GitServer::serve(const ServerRequest& request) {
  Behaviour behaviour;
  {
    std::lock_guard lock(mutex_);
    behaviour = behaviour_;
    seen_.push_back({request.method, request.target,
                     std::string(request.headers.value_or("Authorization", "")), request.body});
  }
  bool greeting = request.method == "GET";
  std::string_view path = request.path();
  if (!behaviour.authorization.empty() &&
      request.headers.value_or("Authorization", "") != behaviour.authorization) {
    return ServerResponse::text(401, "no");
  }
  if (greeting && !behaviour.redirect.empty() && path == "/repo/info/refs") {
    ServerResponse response = ServerResponse::text(302, "");
    response.headers.add("Location", behaviour.redirect);
    return response;
  }
  if (!path.starts_with("/repo") ||
      (!path.ends_with("/info/refs") && !path.ends_with("/git-upload-pack"))) {
    return ServerResponse::text(404, "no");
  }
  const std::string& instead = greeting ? behaviour.greeting : behaviour.answer;
  ServerResponse response;
  if (instead.empty()) {
    response = git(behaviour, request);
  } else {
    response.body = instead;
  }
  if (!greeting && behaviour.cut_answer != 0 && behaviour.cut_answer <= response.body.size()) {
    response.body.resize(response.body.size() - behaviour.cut_answer);
  }
  if (!greeting && behaviour.spoil_answer != 0 && behaviour.spoil_answer <= response.body.size()) {
    response.body[response.body.size() - behaviour.spoil_answer] ^= 1;
  }
  std::string type = greeting ? "application/x-git-upload-pack-advertisement"
                              : "application/x-git-upload-pack-result";
  response.headers.set("Content-Type",
                       behaviour.content_type.empty() ? type : behaviour.content_type);
  if (behaviour.piece_delay_ms != 0 && !greeting) {
    response.stream =
        std::make_unique<SlowSource>(std::move(response.body), behaviour.piece_delay_ms);
    response.body.clear();
  }
  return response;
}

}  // namespace bulkhead::testing
