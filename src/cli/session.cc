// SPDX-License-Identifier: Apache-2.0
// The parent opens the input, the database, the cache and a spill file; then it forks. The child
// confines itself, scans and writes; the parent answers its requests and passes on its exit code.
#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "archive/compress.h"
#include "base/clock.h"
#include "base/counted.h"
#include "base/text.h"
#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/judging.h"
#include "cli/named_file.h"
#include "cli/needed_feeds.h"
#include "cli/open_input.h"
#include "cli/outputs.h"
#include "cli/progress_bar.h"
#include "cli/tree_documents.h"
#include "cli/version.h"
#include "model/feed_age.h"
#include "oci/archive.h"
#include "oci/layout.h"
#include "oci/platform.h"
#include "scan/broker.h"
#include "scan/confine.h"
#include "scan/scan.h"
#include "vuln/ecosystems.h"

namespace bulkhead::cli {
namespace {

constexpr uint64_t kMaxCacheBytes = 4ull << 30;
constexpr uint64_t kMaxArchiveBytes = 64ull << 30;
constexpr uint64_t kMaxSbomBytes = 256ull << 20;

// Everything the child works with, opened before the fork.
struct Session {
  const Invocation& invocation;
  const SessionOptions& options;
  const UseReport& use;
  scan::Options scan = {};
  Judging judging = {};
  OpenedInput input = {};
  ChosenDatabase database = {};
  std::optional<scan::FileStore> store = {};
  base::Fd spill = {};
  base::Fd needs = {};  // a file in memory: the child says which advisories it needed
  bool debug = false;
};

base::Status read_severities(const Invocation& invocation, scan::Options& out) {
  for (const std::string& list : invocation.values("severity")) {
    for (std::string_view name : base::split(list, ',')) {
      auto severity = model::parse_severity(base::trim(name));
      if (!severity) {
        return base::Error(base::Code::kInvalid,
                           "--severity: unknown level \"" + base::printable(name, 100) +
                               "\"; known are unknown, negligible, low, medium, high, critical");
      }
      out.severities.push_back(*severity);
    }
  }
  return {};
}

base::Result<scan::Options> scan_options(const Invocation& invocation,
                                         const SessionOptions& options) {
  scan::Options out;
  out.platform = invocation.value("platform");
  if (invocation.has("platform")) TRY_AT("--platform", oci::Platform::parse(out.platform));
  out.vulnerabilities = options.vulnerabilities;
  out.verify = invocation.has("verify");
  out.files = invocation.has("files");
  out.skip_dirs = invocation.values("skip-dirs");
  for (std::string& glob : out.skip_dirs) {
    if (glob.starts_with("/")) glob.erase(0, 1);
    if (glob.ends_with("/")) glob.pop_back();
  }
  out.only_fixable = invocation.has("fixable");
  out.now = TRY(reference_time(invocation));
  if (invocation.has("at")) out.judged_at = base::format_time(out.now);
  out.tool_version = kVersion;
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    auto seconds = base::to_number<int64_t>(epoch);
    constexpr int64_t kEndOfYear9999 = 253'402'300'799;  // documents have four digits for the year
    if (!seconds || *seconds < 0 || *seconds > kEndOfYear9999) {
      return base::Error(base::Code::kInvalid,
                         "SOURCE_DATE_EPOCH is not a number of seconds from 1970 to the year 9999");
    }
    out.created = base::format_time(*seconds);
  }
  TRY(read_severities(invocation, out));
  return out;
}

// A packed archive is inflated into the file that the parent made for it: finding layers in it
// needs to seek.
base::Result<std::unique_ptr<oci::Transport>> open_archive(OpenedInput& input) {
  std::array<std::byte, 8> head{};
  base::RangeSource peek(TRY(base::duplicate(input.file)), 0, head.size());
  size_t got = TRY(base::read_full(peek, head));
  auto packed = archive::detect_compression(base::ByteView(head).first(got));
  if (packed == archive::Compression::kNone) {
    return oci::open_archive(std::move(input.file), input.local);
  }
  base::FdSource source(std::move(input.file));
  TRY_AT("packed archive", oci::unpack_archive(source, input.unpacked, kMaxArchiveBytes));
  return oci::open_archive(std::move(input.unpacked), input.local);
}

base::Result<model::ScanReport> scan_opened(Session& session, const scan::Tools& tools,
                                            scan::BrokerClient& broker) {
  OpenedInput& input = session.input;
  switch (input.input.kind) {
    case scan::InputKind::kDirectory:
      return scan::scan_directory(input.directory, catalog::TreeKind::kInstalled, session.scan,
                                  tools);
    case scan::InputKind::kRepository:
      if (input.input.single) {
        std::string name(base::basename(input.input.value));
        return scan::scan_file(input.file, name, session.scan, tools);
      }
      return scan::scan_directory(input.directory, catalog::TreeKind::kSource, session.scan, tools);
    case scan::InputKind::kSbom: {
      std::string bytes = TRY(base::read_fd(input.file, kMaxSbomBytes));
      return scan::scan_sbom(bytes, session.scan, tools);
    }
    case scan::InputKind::kLayout: {
      auto layout = TRY(oci::open_layout(input.local));
      return scan::scan_image(*layout, session.scan, tools);
    }
    case scan::InputKind::kArchive: {
      auto archive = TRY(open_archive(input));
      return scan::scan_image(*archive, session.scan, tools);
    }
    default: return scan::scan_image(broker, session.scan, tools);
  }
}

// How the input is called in a registry; "" for what has only a path.
std::string registry_name(const scan::Input& input) {
  bool named = input.kind == scan::InputKind::kRegistry ||
               input.kind == scan::InputKind::kDockerDaemon ||
               input.kind == scan::InputKind::kPodman;
  return named ? input.value : std::string();
}

void remark_on_database(const Session& session) {
  if (!session.database.database || session.invocation.has("quiet")) return;
  if (session.database.kind != "feeds") return;
  std::vector<model::FeedInfo> feeds = vuln::feeds_of(session.database.database->info());
  model::AdvisoryAge age = model::advisory_age(feeds, session.scan.now);
  if (!age.stale) return;
  complain(
      fmt::format("the advisory database is stale: its newest record is {} old ({}); "
                  "run bulkhead db update",
                  base::counted(static_cast<uint64_t>(age.days), "day"), age.newest.substr(0, 10)));
}

// The child's life.
int work(Session& session, base::Fd socket) {
  scan::BrokerClient broker(std::move(socket));
  bool reads_directory = session.input.directory.valid();
  if (!session.invocation.has("no-sandbox")) {
    scan::Confinement confinement;
    if (reads_directory) confinement.readable = &session.input.directory;
    auto confined = scan::confine(confinement);
    if (!confined) return fail(confined.error());
    if (session.debug) complain("scanner confined by " + *confined);
  }
  ProgressBar bar(session.invocation.has("quiet"));
  scan::Spill spill(std::move(session.spill));
  scan::Tools tools;
  tools.spill = &spill;
  tools.progress = &bar;
  if (session.store) tools.store = &broker;
  if (session.database.database) tools.database = &*session.database.database;
  tools.database_kind = session.database.kind;
  TreeDocuments documents;
  bool tree = session.input.input.kind == scan::InputKind::kRepository;
  if (tree && session.judging.wants_document()) tools.reader = &documents.reader();
  tools.decide = [&](model::ScanReport& found) {
    std::optional<std::vector<decide::FileDocument>> files;
    if (tools.reader != nullptr) files = documents.finish(found.diagnostics);
    return session.judging.run(registry_name(session.input.input), std::move(files), found);
  };
  auto report = scan_opened(session, tools, broker);
  bar.finish();
  if (!report) return fail(report.error());
  if (session.needs.valid()) {
    std::string needs = needs_text(vuln::ecosystems_of(report->artifact.distro, report->packages));
    auto written = base::write_all(session.needs, base::as_bytes(needs));
    if (!written && session.debug) complain(written.error().message());
  }
  return session.use(*report, tools.database);
}

base::Status open_session(Session& session) {
  session.scan = TRY(scan_options(session.invocation, session.options));
  session.judging =
      TRY(Judging::open(session.invocation, session.scan.now, session.options.document));
  session.input = TRY(open_input(session.invocation, session.options.input, spool_directory()));
  session.scan.name = session.input.name;
  if (session.options.vulnerabilities) {
    session.database = TRY(choose_database(session.invocation));
    remark_on_database(session);
    session.needs = TRY(base::memory_file({}));
  }
  if (!session.invocation.has("no-cache")) {
    auto directory = base::cache_directory();
    auto store = directory ? scan::FileStore::open(*directory + "/layers")
                           : base::Result<scan::FileStore>(directory.error());
    if (store) session.store = std::move(*store);
    if (!store && session.debug) complain("no layer cache: " + store.error().message());
  }
  auto spill = scan::make_spill_file(spool_directory());
  if (spill) session.spill = std::move(*spill);
  if (!spill && session.debug) complain(spill.error().message());
  return {};
}

// For db update. A scan does not fail because this cannot be kept.
void keep_needs(const Session& session) {
  if (!session.needs.valid() || ::lseek(session.needs.get(), 0, SEEK_SET) != 0) return;
  auto text = base::read_fd(session.needs, kMaxNeedsBytes);
  auto kept = text ? remember_needs(*text, base::SystemClock().now()) : base::Status(text.error());
  if (!kept && session.debug) complain("needs not kept: " + kept.error().message());
}

}  // namespace

int run_session(const Invocation& invocation, const SessionOptions& options, const UseReport& use) {
  Session session{invocation, options, use};
  session.debug = invocation.has("debug");
  auto opened = open_session(session);
  if (!opened) {
    fail(opened.error());
    return opened.error().code() == base::Code::kInvalid ? kUsage : kFailed;
  }
  scan::ConfinedRun run;
  run.work = [&](base::Fd socket) { return work(session, std::move(socket)); };
  run.serve = [&](const base::Fd& socket) {
    scan::FileStore* store = session.store ? &*session.store : nullptr;
    return scan::BrokerServer(session.input.remote.get(), store).serve(socket);
  };
  auto code = scan::run_confined(run);
  if (session.store) session.store->prune(kMaxCacheBytes);
  if (!code) return fail(code.error());
  keep_needs(session);
  auto kept = session.judging.commit();
  if (!kept) return fail(kept.error());
  return *code;
}

int write_report(const Invocation& invocation, bool vulnerabilities,
                 std::string_view default_format, bool only_lists) {
  auto outputs = Outputs::open(invocation, default_format);
  if (!outputs) {
    complain(outputs.error().message());
    return outputs.error().code() == base::Code::kInvalid ? kUsage : kFailed;
  }
  if (std::string_view format = outputs->without_packages(); only_lists && !format.empty()) {
    complain(
        fmt::format("the format {} has findings only, and none are looked for here; "
                    "bulkhead scan writes it",
                    format));
    return kUsage;
  }
  auto style = style_for(invocation);
  if (!style) return fail(style.error());
  SessionOptions options;
  options.vulnerabilities = vulnerabilities;
  options.input = invocation.arguments().front();
  int code = run_session(invocation, options,
                         [&](const model::ScanReport& report, const vuln::Database*) -> int {
                           auto written = outputs->write(report, *style);
                           if (!written) return fail(written.error());
                           return exit_code_for(invocation, report) | kReportWritten;
                         });
  if ((code & kReportWritten) == 0) return code;
  auto committed = outputs->commit();
  if (!committed) return fail(committed.error());
  return code & ~kReportWritten;
}

int exit_code_for(const Invocation& invocation, const model::ScanReport& report) {
  if (report.verdict) complain_about_nothing_judged(invocation, *report.verdict);
  if (report.diagnostics.any_incomplete() && !invocation.has("allow-incomplete")) {
    complain("the answer is incomplete (see the report); --allow-incomplete accepts that");
    return kFailed;
  }
  if (report.verdict && report.verdict->decision == model::Decision::kDeny) return kPolicy;
  std::string level = invocation.value("fail-on");
  if (level.empty()) return kClean;
  auto bound = model::parse_severity(level);
  bool fails = std::any_of(report.findings.begin(), report.findings.end(),
                           [&](const model::Finding& finding) {
                             return level == "any" || (level == "kev" && finding.kev) ||
                                    (bound && finding.severity >= *bound);
                           });
  if (fails) return kPolicy;
  bool judged = report.vulnerabilities_scanned && report.database_kind != "starter";
  if (!judged && !invocation.has("allow-incomplete")) {
    complain("--fail-on is not answered without advisories: run bulkhead db update");
    return kFailed;
  }
  return kClean;
}

}  // namespace bulkhead::cli
