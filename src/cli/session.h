// SPDX-License-Identifier: Apache-2.0
// A session: from the command line to a report in the hands of a command, with the parent opening
// things and the confined child doing the work. Shared by scan, sbom and explain.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "cli/command.h"
#include "model/scan_report.h"
#include "vuln/database/database.h"

namespace bulkhead::cli {

// What a command does with the report, inside the confined process; returns the exit code. The
// database is null when vulnerabilities were not asked for or none could be opened.
using UseReport = std::function<int(const model::ScanReport&, const vuln::Database*)>;

struct SessionOptions {
  bool vulnerabilities = true;
  std::string input;  // what to scan
  // Filled with the policy's document, inside the confined process; null: nobody wants it.
  std::string* document = nullptr;
};

int run_session(const Invocation& invocation, const SessionOptions& options, const UseReport& use);

// The whole of a command that scans INPUT and writes reports: scan, and sbom, which can only list
// packages.
int write_report(const Invocation& invocation, bool vulnerabilities,
                 std::string_view default_format, bool only_lists = false);

// Exit code of a finished report: incomplete answers fail unless --allow-incomplete, then
// --fail-on.
int exit_code_for(const Invocation& invocation, const model::ScanReport& report);

// Flags of every command that reads an input.
inline constexpr std::array kInputFlags = {
    Flag{"platform", 0, "OS/ARCH[/VARIANT]",
         "platform of a multi-platform image (default: this machine's)"},
    Flag{"skip-dirs", 0, "GLOB", "directories to leave out, e.g. 'opt/vendor/**'", true},
    Flag{"no-cache", 0, "", "neither use nor fill the layer cache"},
    Flag{"verify", 0, "", "hash local layers again even if their files did not change"},
    Flag{"insecure", 0, "", "allow plain HTTP and unverified TLS to the registry"},
    Flag{"mirror", 0, "HOST", "ask this registry first", true},
    Flag{"no-sandbox", 0, "", "parse without confinement (for kernels without seccomp)"},
    Flag{"allow-incomplete", 0, "", "exit 0 although something could not be read"},
    Flag{"quiet", 'q', "", "no progress, no remarks on stderr"},
    Flag{"debug", 0, "", "say on stderr what was put in force and chosen"},
};

inline constexpr std::array kDatabaseFlags = {
    Flag{"db", 0, "FILE", "advisory database (default: $BULKHEAD_DB, else the cache directory)"},
    Flag{"at", 0, "TIME", "judge ages and expiries as of this time (RFC 3339; default: now)"},
};

// How an input is put before a policy.
inline constexpr std::array kJudgeFlags = {
    Flag{"stage", 0, "STAGE", "stage to judge for (default: build)", false,
         "build,registry,admission,runtime"},
    Flag{"reference", 0, "NAME", "name under which the image is or will be in a registry"},
};

}  // namespace bulkhead::cli
