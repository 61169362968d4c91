// SPDX-License-Identifier: Apache-2.0
// bulkhead policy waive: an entry in the file that scanner and policy both read.
#include <array>
#include <cstdio>

#include "base/clock.h"
#include "base/fs.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "decide/waivers/edit.h"
#include "model/purl.h"

namespace bulkhead::cli::commands::policy_waive {
namespace {

constexpr uint64_t kMaxFileBytes = 16ull << 20;

constexpr std::array kFlags = {
    Flag{"reason", 0, "TEXT", "why it is waived"},
    Flag{"owner", 0, "WHO", "who answers for it: a team, a mail address"},
    Flag{"expires", 0, "DATE", "last day on which it holds (YYYY-MM-DD)"},
    Flag{"purl", 0, "PURL", "only in this package; any version, unless it names one", true},
    Flag{"path", 0, "GLOB", "only below this path", true},
    Flag{"justification", 0, "WORD", "why the vulnerability does not matter here, for VEX", false,
         "component_not_present,vulnerable_code_not_present,vulnerable_code_not_in_execute_path,"
         "vulnerable_code_cannot_be_controlled_by_adversary,inline_mitigations_already_exist"},
    Flag{"id", 0, "NAME", "name of the waiver (default: made of what it waives)"},
    Flag{"file", 0, "FILE", "file to add it to (default: waivers.yaml)"},
    Flag{"at", 0, "TIME", "today, for tests (RFC 3339; default: now)"},
};

base::Error wrong(const std::string& what) { return base::Error(base::Code::kInvalid, what); }

// "2027-01-31" in full: a day that exists, and no time of day.
base::Status check_date(const std::string& text, base::UnixTime now) {
  auto day = base::parse_time(text);
  if (!day || text.size() != 10) {
    return wrong("--expires \"" + text + "\" is not a date (YYYY-MM-DD)");
  }
  if (base::format_date(*day) < base::format_date(now)) {
    return wrong("--expires " + text + " is past; a waiver that has expired covers nothing");
  }
  return {};
}

base::Result<decide::Waiver> waiver_of(const Invocation& invocation, base::UnixTime now) {
  decide::Waiver out;
  out.id = invocation.arguments().front();
  if (out.id.empty() || out.id.find_first_of(" \t\n") != std::string::npos) {
    return wrong("\"" + out.id + "\" is neither the id of a vulnerability nor a class id");
  }
  for (const char* flag : {"reason", "owner", "expires"}) {
    if (base::trim(invocation.value(flag)).empty()) {
      return wrong("--" + std::string(flag) + " is needed: a waiver says why, whose and how long");
    }
  }
  out.reason = base::trim(invocation.value("reason"));
  out.owner = base::trim(invocation.value("owner"));
  out.expires = invocation.value("expires");
  TRY(check_date(out.expires, now));
  out.purls = invocation.values("purl");
  for (const std::string& purl : out.purls) {
    auto parsed = model::Purl::parse_lenient(purl);
    if (!parsed) return std::move(parsed).error().context("--purl \"" + purl + "\"");
  }
  out.paths = invocation.values("path");
  auto why = model::parse_vex_justification(invocation.value("justification"));
  if (why) out.justification = *why;
  out.waiver = invocation.value("id");
  if (out.waiver.empty()) out.waiver = decide::waiver_name(out);
  return out;
}

int run(const Invocation& invocation) {
  auto now = reference_time(invocation);
  auto waiver = now ? waiver_of(invocation, *now) : base::Result<decide::Waiver>(now.error());
  if (!waiver) {
    complain(waiver.error().message());
    return kUsage;
  }
  std::string file = invocation.value("file", decide::kWaiverFile);
  auto text = base::read_file(file, kMaxFileBytes);
  if (!text && text.error().code() != base::Code::kNotFound) return fail(text.error());
  auto edited = decide::add_waiver(file, text ? *text : std::string(), *waiver, *now);
  if (!edited) return fail(edited.error());
  auto written = base::write_file_atomic(file, base::as_bytes(*edited));
  if (!written) return fail(written.error());
  std::string told =
      file + ": " + waiver->waiver + " waives " + waiver->id + " until " + waiver->expires + "\n";
  std::fwrite(told.data(), 1, told.size(), stdout);
  return kClean;
}

constexpr std::string_view kDetails =
    "FINDING is the id of a vulnerability or advisory, or a finding's class id (\"classId\" in\n"
    "JSON reports). The entry is added behind the others; nothing else in the file changes.\n"
    "  bulkhead policy waive CVE-2019-10744 --purl pkg:npm/lodash --owner team-web \\\n"
    "      --reason \"not reachable, see ADR 7\" --expires 2027-01-31";

}  // namespace

extern constinit const Command descriptor = {
    "policy waive", "accept a finding for a while, in the file that scans and policies read",
    "FINDING",      kDetails,
    kFlags,         run};

}  // namespace bulkhead::cli::commands::policy_waive
