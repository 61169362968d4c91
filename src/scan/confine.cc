// SPDX-License-Identifier: Apache-2.0
// seccomp(2) by libseccomp with a list of what is allowed, everything else refused with EPERM;
// Landlock(7) by its raw system calls, because Debian 12's headers lack the newer rights. The ABI
// is probed; rights that the kernel does not know are left out.
#include "scan/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "crypto/digest.h"

namespace bulkhead::scan {
namespace {

// Reading, memory, threads, clocks: what parsing needs.
constexpr std::array kAlways = {
    SCMP_SYS(read),           SCMP_SYS(readv),
    SCMP_SYS(pread64),        SCMP_SYS(write),
    SCMP_SYS(writev),         SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),          SCMP_SYS(close),
    SCMP_SYS(fstat),          SCMP_SYS(ftruncate),
    SCMP_SYS(mmap),           SCMP_SYS(munmap),
    SCMP_SYS(mprotect),       SCMP_SYS(mremap),
    SCMP_SYS(madvise),        SCMP_SYS(brk),
    SCMP_SYS(futex),          SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),           SCMP_SYS(exit),
    SCMP_SYS(exit_group),     SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),    SCMP_SYS(gettid),
    SCMP_SYS(getpid),         SCMP_SYS(tgkill),
    SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(clock_gettime),  SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),      SCMP_SYS(poll),
    SCMP_SYS(ppoll),          SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),        SCMP_SYS(dup),
    SCMP_SYS(fcntl),          SCMP_SYS(getrandom),
    SCMP_SYS(memfd_create),   SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler),
    SCMP_SYS(prlimit64),      SCMP_SYS(get_robust_list),
    SCMP_SYS(membarrier),     SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

// Walking a directory.
constexpr std::array kDirectory = {
    SCMP_SYS(openat),     SCMP_SYS(openat2), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(getdents64), SCMP_SYS(fstatfs), SCMP_SYS(readlinkat),
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// UBSan asks the kernel, through a pipe, whether memory can be read.
constexpr std::array kForSanitizers = {SCMP_SYS(pipe), SCMP_SYS(pipe2)};
#else
constexpr std::array<int, 0> kForSanitizers = {};
#endif

struct ReleaseFilter {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};

base::Error seccomp_error(std::string_view what, int code) {
  return base::Error(base::Code::kInternal, "seccomp: " + std::string(what) + ": " +
                                                std::strerror(-code) +
                                                "; --no-sandbox scans without confinement");
}

base::Status install_seccomp(bool directory) {
  std::unique_ptr<void, ReleaseFilter> filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (filter == nullptr) return seccomp_error("init", -ENOMEM);
  auto allow = [&](int syscall) {
    return ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, syscall, 0);
  };
  for (int syscall : kAlways) {
    if (int error = allow(syscall); error < 0) return seccomp_error("rule", error);
  }
  for (int syscall : kForSanitizers) {
    if (int error = allow(syscall); error < 0) return seccomp_error("rule", error);
  }
  if (directory) {
    for (int syscall : kDirectory) {
      if (int error = allow(syscall); error < 0) return seccomp_error("rule", error);
    }
  }
  // fstat() is newfstatat() with an empty path in today's libc. Metadata is all it can give.
  if (!directory) {
    int status = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                    SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    if (status < 0) return seccomp_error("rule", status);
  }
  // Threads, but no processes: clone3 hides its flags in memory, so libc is told it does not exist.
  int error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  if (error >= 0) {
    error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  }
  // Terminal width and whether it is one; thread names.
  for (unsigned long request : {0x5401ul /* TCGETS */, 0x5413ul /* TIOCGWINSZ */}) {
    if (error < 0) break;
    error = ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                               SCMP_A1(SCMP_CMP_EQ, request));
  }
  if (error < 0) return seccomp_error("rule", error);
  if (error = ::seccomp_load(filter.get()); error < 0) return seccomp_error("load", error);
  return {};
}

// Landlock rights by ABI (linux/landlock.h of newer kernels).
constexpr uint64_t kReadFile = 1ull << 2;
constexpr uint64_t kReadDir = 1ull << 3;
constexpr std::array<uint64_t, 8> kFileRightsByAbi = {
    0,
    (1ull << 13) - 1,  // 1: execute .. make_sym
    (1ull << 14) - 1,  // 2: refer
    (1ull << 15) - 1,  // 3: truncate
    (1ull << 15) - 1,  // 4: network
    (1ull << 16) - 1,  // 5: device ioctl
    (1ull << 16) - 1,  // 6: scopes
    (1ull << 16) - 1,  // 7
};

struct RulesetAttributes {
  uint64_t handled_access_fs = 0;
  uint64_t handled_access_net = 0;  // ABI 4
  uint64_t scoped = 0;              // ABI 6
};

struct __attribute__((packed)) PathRule {
  uint64_t allowed_access = 0;
  int32_t parent_fd = -1;
};

// Empty when the kernel has no Landlock: seccomp stands on its own.
std::string install_landlock(const base::Fd* readable) {
  constexpr unsigned kVersionFlag = 1;
  long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionFlag);
  if (abi < 1) return "";
  RulesetAttributes rules;
  auto known = std::min<size_t>(static_cast<size_t>(abi), kFileRightsByAbi.size() - 1);
  rules.handled_access_fs = kFileRightsByAbi[known];
  size_t size = sizeof(uint64_t);
  if (abi >= 4) {
    rules.handled_access_net = 3;  // bind and connect TCP
    size = 2 * sizeof(uint64_t);
  }
  if (abi >= 6) {
    rules.scoped = 3;  // abstract sockets, signals
    size = 3 * sizeof(uint64_t);
  }
  base::Fd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0u)));
  if (!ruleset.valid()) return "";
  if (readable != nullptr) {
    PathRule rule{kReadFile | kReadDir, readable->get()};
    constexpr int kPathBeneath = 1;
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), kPathBeneath, &rule, 0u) != 0) return "";
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0u) != 0) return "";
  return ", landlock ABI " + std::to_string(abi);
}

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? std::to_string(signal) : std::string("SIG") + name;
}

}  // namespace

base::Result<std::string> confine(const Confinement& what) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("no_new_privs", "");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  std::string landlock = install_landlock(what.readable);
  TRY(install_seccomp(what.readable != nullptr));
  crypto::leave_openssl_configuration();
  return "seccomp" + landlock;
}

base::Result<int> run_confined(const ConfinedRun& run) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::errno_error("socketpair", "");
  }
  base::Fd ours(ends[0]);
  base::Fd theirs(ends[1]);
  pid_t child = ::fork();
  if (child < 0) return base::errno_error("fork", "");
  if (child == 0) {
    ours.reset();
    ::_exit(run.work(std::move(theirs)));  // no destructors of the parent's state, no atexit
  }
  theirs.reset();
  base::Status served = run.serve(ours);
  ours.reset();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return base::errno_error("wait for", "scanner");
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) return kReaderLeft;
  if (WIFSIGNALED(status)) {
    return base::Error(base::Code::kInternal, "the scanner was killed by " +
                                                  signal_text(WTERMSIG(status)) +
                                                  " while reading the input; nothing was reported");
  }
  TRY(std::move(served));
  return WEXITSTATUS(status);
}

}  // namespace bulkhead::scan
