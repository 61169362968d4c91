// SPDX-License-Identifier: Apache-2.0
// FIRST's daily EPSS scores: gzip, a comment line with the date, a heading, then
// "cve,epss,percentile" with five decimals.
#include <cmath>

#include "archive/compress.h"
#include "base/text.h"
#include "vuln/database/format.h"
#include "vuln/database/state.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::epss {
namespace {

constexpr uint64_t kMaxBytes = 512ull << 20;

// "0.03351" as 3351; nullopt outside 0 to 1.
std::optional<uint32_t> share(std::string_view text) {
  auto value = base::to_number<double>(text);
  if (!value || !(*value >= 0 && *value <= 1)) return std::nullopt;
  return static_cast<uint32_t>(std::lround(*value * format::kEpssUnit));
}

std::optional<EpssEntry> parse_row(std::string_view line) {
  std::vector<std::string_view> fields = base::split(line, ',');
  if (fields.size() < 3) return std::nullopt;
  auto cve = parse_cve(fields[0]);
  auto probability = share(fields[1]);
  auto percentile = share(fields[2]);
  if (!cve || !probability || !percentile) return std::nullopt;
  return EpssEntry{cve->year, cve->number, *probability, *percentile};
}

base::Status read(const FeedInput& input, Batch& batch) {
  base::Bytes inflated = TRY(archive::gunzip(input.bytes, kMaxBytes));
  std::string_view text = base::as_text(inflated);
  std::string_view line;
  bool heading = false;
  while (base::next_line(text, line)) {
    if (line.empty()) continue;
    if (line[0] == '#') {
      if (auto date = base::cut(line, "score_date:")) {
        // The service writes "+0000" where RFC 3339 wants "+00:00"; the day is what counts.
        batch.newest = base::parse_time(date->second.substr(0, 10)).value_or(0);
      }
    } else if (!heading && line.starts_with("cve,")) {
      heading = true;
    } else if (auto row = parse_row(line)) {
      batch.epss.push_back(*row);
    } else {
      batch.diagnostics.skipped("bad-advisory", input.path,
                                "not a score: " + base::printable(line, 60));
    }
  }
  if (batch.epss.empty()) return base::Error(base::Code::kInvalid, "no EPSS scores in it");
  return {};
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read));
}

std::string source(std::string_view) { return "epss"; }

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "epss",
    .summary = "FIRST's exploit prediction scores",
    .globs = "epss/*.csv.gz",
    .first_hand = false,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::epss
