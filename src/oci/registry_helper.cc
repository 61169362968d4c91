// SPDX-License-Identifier: Apache-2.0
// Runs a credential helper: the program's name comes from a file, so it is checked and found by
// PATH without a shell; its output and time are bounded; it runs in a process group of its own,
// which is ended as a whole. The server's name goes in by stdin, JSON comes back on stdout.
#include "oci/registry_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"

extern char** environ;

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using base::Status;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kMaxOutputBytes = 64 * 1024;
constexpr size_t kMaxServerBytes = 1024;  // less than a pipe holds
constexpr std::string_view kNotFoundMessage = "credentials not found in native keychain";

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::errno_error("make a pipe", "");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// A running helper; whatever is left of it ends with this object.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ > 0) end();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits until the deadline; the exit status, or nullopt when it still runs.
  std::optional<int> wait_until(steady_clock::time_point deadline) {
    while (true) {
      int status = 0;
      pid_t got = ::waitpid(pid_, &status, WNOHANG);
      if (got == pid_) {
        pid_ = -1;
        return status;
      }
      if (got < 0 && errno != EINTR) return std::nullopt;
      if (steady_clock::now() >= deadline) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
  }

 private:
  void end() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  pid_t pid_;
};

Result<pid_t> spawn(std::string program, const Fd& in, const Fd& out) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string get = "get";
  std::array<char*, 3> arguments = {program.data(), get.data(), nullptr};
  pid_t pid = -1;
  int error =
      ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  Code code = error == ENOENT ? Code::kNotFound : Code::kIo;
  return Error(code, program + ": " + std::strerror(error));  // NOLINT: single-threaded use
}

// Everything the helper writes, until it closes its output.
Result<std::string> read_output(const Fd& out, const std::string& program,
                                steady_clock::time_point deadline) {
  std::string text;
  std::array<char, 4096> chunk;
  while (true) {
    auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return Error(Code::kTimeout, program + ": no answer in time");
    pollfd wait{out.get(), POLLIN, 0};
    int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return base::errno_error("wait for", program);
    if (ready <= 0) continue;
    ssize_t got = ::read(out.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::errno_error("read from", program);
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<size_t>(got));
    if (text.size() > kMaxOutputBytes) {
      return Error(Code::kLimit, program + ": more than 64 KiB of output");
    }
  }
}

Result<Credentials> read_answer(std::string_view text, const std::string& program) {
  auto document = TRY_AT(program, base::json::Document::parse(text));
  auto root = document.root();
  Credentials out;
  out.username = root["Username"].string_or("");
  out.source = program;
  // "<token>" as the name marks the secret as an identity token.
  std::string secret(root["Secret"].string_or(""));
  if (out.username == "<token>") {
    out.username.clear();
    out.identity_token = std::move(secret);
  } else {
    out.password = std::move(secret);
  }
  return out;
}

}  // namespace

Result<Credentials> ask_credential_helper(std::string_view name, std::string_view server,
                                          uint32_t timeout_ms) {
  bool sound = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  });
  if (!sound) {
    return Error(Code::kInvalid, "'" + base::printable(name, 64) +
                                     "' is not accepted as the name of a credential helper");
  }
  if (server.size() > kMaxServerBytes) return Error(Code::kInvalid, "server name is too long");
  std::string program = "docker-credential-" + std::string(name);
  Pipe in = TRY(make_pipe());
  Pipe out = TRY(make_pipe());
  // Written before anybody reads: the pipe holds it, and a helper that does not read cannot harm.
  TRY(base::write_all(in.write, base::as_bytes(std::string(server) + "\n")));
  in.write.reset();

  auto deadline = steady_clock::now() + milliseconds(timeout_ms);
  Child child(TRY(spawn(program, in.read, out.write)));
  in.read.reset();
  out.write.reset();
  std::string text = TRY(read_output(out.read, program, deadline));
  auto status = child.wait_until(deadline);
  if (!status) return Error(Code::kTimeout, program + ": does not end");
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return read_answer(text, program);
  std::string_view message = base::trim(text);
  if (message == kNotFoundMessage) return Credentials();
  return Error(Code::kDenied, program + " failed: " +
                                  (message.empty() ? "no message" : base::printable(message, 300)));
}

}  // namespace bulkhead::oci
