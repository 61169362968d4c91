// SPDX-License-Identifier: Apache-2.0
// bulkhead policy eval: the verdict about a document that was kept or written by hand.
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/judging.h"
#include "cli/policy_source.h"
#include "decide/judge.h"
#include "model/verdict_json.h"

namespace bulkhead::cli::commands::policy_eval {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"input", 'i', "FILE", "the document (policy input prints one); default: standard input"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kNamedPolicyFlags);

constexpr uint64_t kMaxBytes = 256ull << 20;

// Stage and time stand in the document.
base::Result<decide::Subject> subject_of(std::string text) {
  auto document = TRY_AT("input", base::json::Document::parse(text));
  base::json::Value root = document.root();
  decide::Subject out;
  auto stage = model::parse_stage(root["stage"].string_or(""));
  if (!stage) {
    return base::Error(base::Code::kInvalid,
                       "input: \"stage\" is build, registry, admission or runtime");
  }
  auto time = base::parse_time(root["at"].string_or(""));
  if (!time) return base::Error(base::Code::kInvalid, "input: \"at\" is no time (RFC 3339)");
  out.stage = *stage;
  out.at = *time;
  out.name = root["image"]["reference"].string_or(root["target"]["name"].string_or("input"));
  out.digest = root["image"]["digest"].string_or("");
  out.document = std::move(text);
  return out;
}

base::Result<int> eval(const Invocation& invocation, const PolicySource& source, std::string text) {
  auto policy = TRY(decide::PolicySet::load(source.files, source.identity, source.options));
  model::Verdict verdict = TRY(decide::judge(policy, TRY(subject_of(std::move(text)))));
  base::json::Writer writer(2);
  model::write_verdict(writer, verdict);
  TRY(print(writer.take() + "\n"));
  complain_about_nothing_judged(invocation, verdict);
  return verdict.decision == model::Decision::kDeny ? kPolicy : kClean;
}

base::Result<std::string> read_input(const Invocation& invocation) {
  if (invocation.has("input")) return base::read_file(invocation.value("input"), kMaxBytes);
  base::FdSource in(base::Fd(::dup(STDIN_FILENO)));
  std::string out;
  std::array<std::byte, 65536> buffer{};
  while (true) {
    size_t got = TRY(in.read(buffer));
    if (got == 0) return out;
    out += base::as_text(base::ByteView(buffer).first(got));
    if (out.size() > kMaxBytes) return base::Error(base::Code::kLimit, "input: too large");
  }
}

int run(const Invocation& invocation) {
  std::vector<std::string> names = invocation.arguments();
  auto source = read_policy_source(invocation, names.empty() ? "." : names.front());
  if (!source) return fail(source.error());
  auto text = read_input(invocation);
  if (!text) return fail(text.error());
  std::string_view trimmed = base::trim(*text);
  return run_confined_command(invocation,
                              [&] { return eval(invocation, *source, std::string(trimmed)); });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy eval",
    "judge a document by a policy and print the verdict",
    "[SOURCE]",
    "  bulkhead policy input oci:build/image > input.json\n"
    "  bulkhead policy eval policies --input input.json",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_eval
