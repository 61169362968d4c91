// SPDX-License-Identifier: Apache-2.0
// posix_spawn and a pipe. Input is written before anybody reads, which a pipe holds: so a program
// that does not read its input cannot block us.
#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

extern char** environ;

namespace bulkhead::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("make a pipe", "");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// A running program; whatever is left of it ends with this object.
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

// Copies out of the way of the numbers that they will get.
Result<std::vector<Fd>> copies_above(const std::vector<const Fd*>& descriptors) {
  constexpr int kAbove = 64;
  std::vector<Fd> out;
  for (const Fd* fd : descriptors) {
    int copy = ::fcntl(fd->get(), F_DUPFD_CLOEXEC, kAbove);
    if (copy < 0) return errno_error("duplicate descriptor", "");
    out.emplace_back(copy);
  }
  return out;
}

Result<pid_t> spawn(const Program& program, const Fd& in, const Fd& out) {
  auto copies = TRY(copies_above(program.descriptors));
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  for (size_t i = 0; i < copies.size(); ++i) {
    posix_spawn_file_actions_adddup2(&actions, copies[i].get(),
                                     STDERR_FILENO + 1 + static_cast<int>(i));
  }
  // What this process itself was handed by its parent does not go on.
  posix_spawn_file_actions_addclosefrom_np(&actions,
                                           STDERR_FILENO + 1 + static_cast<int>(copies.size()));
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> words{program.name};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* nothing[] = {nullptr};
  pid_t pid = -1;
  int error = ::posix_spawnp(&pid, program.name.c_str(), &actions, &attributes, arguments.data(),
                             program.keep_environment ? environ : nothing);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  Code code = error == ENOENT ? Code::kNotFound : Code::kIo;
  return Error(code, program.name + ": " + std::strerror(error));  // NOLINT: single-threaded use
}

// Everything that is written, until the output is closed.
Result<std::string> read_output(const Fd& out, const Program& program,
                                steady_clock::time_point deadline) {
  std::string text;
  std::array<char, 4096> chunk;
  while (true) {
    auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return Error(Code::kTimeout, program.name + ": no answer in time");
    pollfd wait{out.get(), POLLIN, 0};
    int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return errno_error("wait for", program.name);
    if (ready <= 0) continue;
    ssize_t got = ::read(out.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read from", program.name);
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<size_t>(got));
    if (text.size() > program.max_output) {
      return Error(Code::kLimit, program.name + ": more than " +
                                     std::to_string(program.max_output) + " bytes of output");
    }
  }
}

}  // namespace

Result<Ended> run_program(const Program& program) {
  if (program.input.size() > Program::kMaxInput) {
    return Error(Code::kInvalid, program.name + ": input is too long");
  }
  Pipe in = TRY(make_pipe());
  Pipe out = TRY(make_pipe());
  TRY(write_all(in.write, as_bytes(program.input)));
  in.write.reset();

  auto deadline = steady_clock::now() + milliseconds(program.timeout_ms);
  Child child(TRY(spawn(program, in.read, out.write)));
  in.read.reset();
  out.write.reset();
  Ended ended;
  ended.output = TRY(read_output(out.read, program, deadline));
  auto status = child.wait_until(deadline);
  if (!status) return Error(Code::kTimeout, program.name + ": does not end");
  ended.well = WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
  return ended;
}

}  // namespace bulkhead::base
