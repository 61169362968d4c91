// SPDX-License-Identifier: Apache-2.0
// The security database of apk distributions: Alpine's <branch>/<repository>.json, and Wolfi's and
// Chainguard's security.json of the same layout. A package (by its origin) lists, for each version,
// the vulnerabilities that this version fixed; the version "0" lists those that never affected it.
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "vuln/osv_record.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::secdb {
namespace {

using base::json::Value;

// "alpine/v3.21/main.json" -> "Alpine:v3.21"; "" when the path says nothing.
std::string ecosystem_of(std::string_view path) {
  std::vector<std::string_view> parts = base::split(path, '/');
  if (parts[0] == "wolfi") return "Wolfi";
  if (parts[0] == "chainguard") return "Chainguard";
  return parts.size() == 3 ? "Alpine:" + std::string(parts[1]) : "";
}

std::string source(std::string_view path) {
  std::vector<std::string_view> parts = base::split(path, '/');
  return parts.size() == 3 ? std::string(parts[0]) + ":" + std::string(parts[1])
                           : std::string(parts[0]);
}

// A value may hold several names of one vulnerability: "CVE-2026-1584 GNUTLS-SA-2026-02-09-1".
void read_fix(std::string_view value, const Affected& affected,
              std::map<std::string, Record, std::less<>>& records) {
  std::vector<std::string> ids;
  for (std::string_view id : base::split(value, ' ')) {
    if (!id.empty() && id.size() < 100 && ids.size() < 8) ids.emplace_back(id);
  }
  if (ids.empty()) return;
  Record& record = records[ids[0]];
  record.id = ids[0];
  for (size_t i = 1; i < ids.size(); ++i) {
    bool known = false;
    for (const std::string& alias : record.aliases) known |= alias == ids[i];
    if (!known && ids[i] != record.id) record.aliases.push_back(ids[i]);
  }
  record.affected.push_back(affected);
}

base::Status read(const FeedInput& input, Batch& batch) {
  base::json::Document::Options options;
  options.limits.max_bytes = 256ull << 20;
  options.allow_duplicate_keys = true;  // the service has repeated a version before
  base::json::Document document =
      TRY(base::json::Document::parse(base::as_text(input.bytes), options));
  Value packages = document.root()["packages"];
  if (!packages.is_array()) {
    return base::Error(base::Code::kInvalid, "not a security database: no packages");
  }
  std::map<std::string, Record, std::less<>> records;
  packages.each([&](Value item) {
    Affected affected;
    affected.ecosystem = ecosystem_of(input.path);
    affected.name = item["pkg"]["name"].string_or("");
    if (affected.name.empty() || affected.name.size() > 200) {
      batch.diagnostics.skipped("bad-advisory", input.path, "a package without a name");
      return;
    }
    item["pkg"]["secfixes"].each_member([&](std::string_view version, Value fixes) {
      affected.ranges.clear();
      affected.status = Status::kRanges;
      version = base::trim(version);
      if (version == "0") {
        affected.status = Status::kNotAffected;
      } else {
        affected.ranges = {
            {{EventType::kIntroduced, "0"}, {EventType::kFixed, std::string(version)}}};
      }
      fixes.each([&](Value fix) { read_fix(fix.string_or(""), affected, records); });
    });
  });
  for (auto& [id, record] : records) {
    if (prepare(record, input.path, batch.diagnostics)) batch.records.push_back(std::move(record));
  }
  return {};
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read));
}

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "secdb",
    .summary = "security databases of Alpine, Wolfi and Chainguard",
    .globs =
        "alpine/*/main.json alpine/*/community.json wolfi/security.json "
        "chainguard/security.json",
    .first_hand = true,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::secdb
