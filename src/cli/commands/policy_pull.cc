// SPDX-License-Identifier: Apache-2.0
// bulkhead policy pull: brings the newest commit of a policy into force, once or for as long as it
// runs. A commit that does not hold (its signature, its rules) changes nothing and is told.
#include <fmt/format.h>
#include <signal.h>
#include <time.h>

#include <cerrno>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "cli/policy_store.h"

namespace bulkhead::cli::commands::policy_pull {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"to", 0, "DIR", "folder to keep the policy in (scan --policy DIR reads it there)"},
    Flag{"ref", 0, "REF", "branch, tag or commit (default: the repository's HEAD)"},
    Flag{"signers", 0, "FILE", "take only commits signed by one of these (ssh allowed_signers)"},
    Flag{"revoked", 0, "FILE", "SSH keys that never count, \"TYPE BASE64\" a line"},
    Flag{"gpg-keyring", 0, "FILE", "take only commits signed with one of these OpenPGP keys"},
    Flag{"token", 0, "FILE", "file with the token for the repository (HTTP)"},
    Flag{"ssh-key", 0, "FILE", "private key for the repository (default: the SSH agent)"},
    Flag{"known-hosts", 0, "FILE",
         "SSH hosts and their keys (default: those of ~/.ssh and /etc/ssh)"},
    Flag{"key", 0, "FILE", "take only bundles signed with this key (see scan --policy-key)"},
    Flag{"key-algorithm", 0, "NAME", "RS256 (default), ES256, PS256, HS256 and the like"},
    Flag{"key-id", 0, "ID", "the signature must name this key"},
    Flag{"key-scope", 0, "SCOPE", "the scope that the signature must be for"},
    Flag{"allow-rewind", 0, "", "take a commit that does not descend from the one in force"},
    Flag{"insecure", 0, "", "allow plain HTTP to other hosts"},
    Flag{"watch", 'w', "", "go on looking for new commits until interrupted"},
    Flag{"interval", 0, "SECONDS", "how often to look (default: 30)"},
    Flag{"quiet", 'q', "", "no remarks on stderr"},
};

// One policy that is kept up to date.
class Puller {
 public:
  Puller(const Invocation& invocation, gitsync::Remote remote,
         std::vector<policy::VerificationKey> keys, PolicyStore store)
      : invocation_(invocation),
        remote_(std::move(remote)),
        keys_(std::move(keys)),
        store_(std::move(store)) {}

  // Whether something new came into force. Between commits the remote is asked for its tip only.
  base::Result<bool> pull_once() {
    std::string tip = TRY(gitsync::remote_tip(remote_, limits_, {http_, clock_}));
    if (tip == seen_) return refusal_ ? base::Result<bool>(*refusal_) : false;
    // A refused commit stays refused without being fetched again; a pull that was cut off is tried
    // again.
    auto taken = take();
    if (!taken && !is_about_commit(taken.error().code())) return taken;
    seen_ = tip;
    refusal_.reset();
    if (!taken) refusal_ = taken.error();
    return taken;
  }

  // After a pull that failed: a first one leaves nothing behind.
  bool abandon() const { return store_.abandon(); }

  // After a pull: what is in force and whether the pull went well.
  void record(std::string_view error) {
    model::PolicyIdentity identity;
    auto kept = PolicyStore::read(invocation_.value("to"));
    if (kept && *kept) identity = (*kept)->identity;
    auto written = store_.write_status(identity, clock_.now(), error);
    if (!written) complain(written.error().message());
  }

 private:
  // Otherwise it is about the way there or this machine, and may be over soon.
  static bool is_about_commit(base::Code code) {
    return code != base::Code::kNetwork && code != base::Code::kTimeout && code != base::Code::kIo;
  }

  base::Result<bool> take() {
    std::string cache = invocation_.value("to") + "/repository";
    PolicySource source;
    source.options.keys = keys_;
    // Before the commit counts as the last good one there, which the next has to descend from. The
    // one in force is looked at, too: this call may ask for more than the last.
    auto approve = [&](const gitsync::Commit& commit, const gitsync::Tree& tree) -> base::Status {
      TRY(check_policy_tree(tree).context("commit " + commit.id));
      source.files = tree.files;
      source.identity = identity_of(remote_, commit);
      if (!store_.holds(source.identity)) complain_about(tree.diagnostics);
      return check(source);
    };
    gitsync::Commit commit = TRY(gitsync::pull(remote_, cache, limits_, {http_, clock_}, approve));
    if (store_.holds(source.identity)) return false;
    TRY(store_.put(source));
    std::string by = source.identity.author;
    if (!source.identity.signer.empty()) by += ", signed by " + source.identity.signer;
    TRY(print(fmt::format("in force: {} by {}: {}\n", commit.id, base::printable(by, 300),
                          base::printable(commit.subject, 200))));
    return true;
  }

  // A broken policy is found here, in a confined process, before it is in force.
  base::Status check(const PolicySource& source) const {
    int code = run_confined_command(invocation_, [&]() -> base::Result<int> {
      TRY(decide::PolicySet::load(source.files, source.identity, source.options));
      return kClean;
    });
    if (code == kClean) return {};
    return base::Error(
        base::Code::kInvalid,
        "commit " + source.identity.commit + " is broken (see above); the policy in force stays");
  }

  const Invocation& invocation_;
  gitsync::Remote remote_;
  std::vector<policy::VerificationKey> keys_;
  PolicyStore store_;
  gitsync::Limits limits_;
  net::HttpClient http_{net::HttpOptions()};
  base::SystemClock clock_;
  std::string seen_;  // tip of the remote that was dealt with
  std::optional<base::Error> refusal_;  // why it was refused
};

// Waits, or ends at once when the process is asked to stop.
bool wait_for(long seconds, const sigset_t& stop) {
  timespec time{seconds, 0};
  int signal = ::sigtimedwait(&stop, nullptr, &time);
  return signal < 0 && (errno == EAGAIN || errno == EINTR);
}

int watch(Puller& puller, long seconds) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  std::string last;
  do {
    auto changed = puller.pull_once();
    std::string error = changed ? "" : changed.error().message();
    if (!changed && error != last) complain(error);
    if (!changed || *changed || error != last) puller.record(error);
    last = error;
  } while (wait_for(seconds, stop));
  return kClean;
}

base::Result<Puller> open_puller(const Invocation& invocation) {
  Invocation flags = invocation;
  // Of other commands they have a prefix.
  constexpr std::string_view kPrefix = "policy-";
  for (const Flag& flag : kNamedPolicyFlags) {
    std::string own(flag.name.substr(kPrefix.size()));
    if (invocation.has(own)) flags.values_[std::string(flag.name)] = invocation.values(own);
  }
  gitsync::Remote remote = TRY(policy_remote(flags, invocation.arguments().front()));
  remote.allow_rewind = invocation.has("allow-rewind");
  PolicyStore store = TRY(PolicyStore::open(invocation.value("to")));
  return Puller(invocation, std::move(remote), TRY(policy_keys(flags)), std::move(store));
}

int run(const Invocation& invocation) {
  auto seconds = base::to_number<long>(invocation.value("interval", "30"));
  if (!seconds || *seconds < 1 || *seconds > 86400) {
    complain("--interval is a number of seconds from 1 to 86400");
    return kUsage;
  }
  if (!invocation.has("to")) {
    complain("policy pull needs --to DIR to keep the policy in");
    return kUsage;
  }
  auto puller = open_puller(invocation);
  if (!puller) return fail(puller.error());
  if (invocation.has("watch")) return watch(*puller, *seconds);
  auto changed = puller->pull_once();
  if (!changed && puller->abandon()) return fail(changed.error());
  puller->record(changed ? "" : changed.error().message());
  if (!changed) return fail(changed.error());
  if (!*changed && !invocation.has("quiet")) complain("the newest commit is in force already");
  return kClean;
}

}  // namespace

extern constinit const Command descriptor = {
    "policy pull",
    "bring the newest commit of a policy's repository into force",
    "REPOSITORY",
    "REPOSITORY is an address that git knows: https://, ssh://, git@host:path, file://; a folder "
    "of\n"
    "it follows after //. A commit whose signature or rules do not hold changes nothing.\n"
    "  bulkhead policy pull https://git.example.org/security/policies --to /var/lib/policy --watch",
    kOwnFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_pull
