// SPDX-License-Identifier: Apache-2.0
// CISA's catalogue of known exploited vulnerabilities, JSON feed.
#include "base/json.h"
#include "base/text.h"
#include "vuln/database/state.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::kev {
namespace {

base::Status read(const FeedInput& input, Batch& batch) {
  base::json::Document document = TRY(base::json::Document::parse(base::as_text(input.bytes)));
  base::json::Value root = document.root();
  if (!root["vulnerabilities"].is_array()) {
    return base::Error(base::Code::kInvalid, "not the KEV catalogue: no vulnerabilities");
  }
  batch.newest = base::parse_time(root["dateReleased"].string_or("")).value_or(0);
  root["vulnerabilities"].each([&](base::json::Value item) {
    KevEntry entry;
    entry.id = base::trim(item["cveID"].string_or(""));
    if (!parse_cve(entry.id)) {
      batch.diagnostics.skipped("bad-advisory", input.path, "an entry without a CVE id");
      return;
    }
    entry.added = base::parse_time(item["dateAdded"].string_or("")).value_or(0);
    entry.ransomware = item["knownRansomwareCampaignUse"].string_or("") == "Known";
    batch.kev.push_back(std::move(entry));
  });
  return {};
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read));
}

std::string source(std::string_view) { return "kev"; }

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "kev",
    .summary = "CISA's known exploited vulnerabilities",
    .globs = "kev/*.json",
    .first_hand = false,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::kev
