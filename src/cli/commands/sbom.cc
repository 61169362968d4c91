// SPDX-License-Identifier: Apache-2.0
// bulkhead sbom: the bill of materials of anything that can be scanned.
#include "cli/command.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::sbom {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"format", 'f', "FORMAT", "cyclonedx (default), spdx, json, csv or table"},
    Flag{"output", 'o', "[FORMAT=]FILE", "write it to a file", true},
    Flag{"files", 0, "", "with each package the files that it owns (cyclonedx, json)"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kInputFlags);

int run(const Invocation& invocation) { return write_report(invocation, false, "cyclonedx", true); }

}  // namespace

extern constinit const Command descriptor = {
    "sbom",
    "write the bill of materials of an image, directory or source tree",
    "INPUT",
    "Scanning it (cyclonedx or spdx) gives the same vulnerability findings as scanning the image:\n"
    "  bulkhead sbom oci:build/image -o image.cdx.json && bulkhead scan image.cdx.json",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::sbom
