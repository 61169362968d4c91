// SPDX-License-Identifier: Apache-2.0
// The starter list (data/starter-advisories.json): a few hundred well-known vulnerabilities that
// ship inside the program, for a machine without network or feeds. Versions are written for people:
// ">= 2.4, < 2.12.2"; the parts of a list are alternatives.
#include "base/json.h"
#include "base/text.h"
#include "vuln/osv_record.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::starter {
namespace {

using base::json::Value;

// nullopt when the text is not a range.
std::optional<std::vector<Event>> parse_range(std::string_view text) {
  std::vector<Event> events;
  for (std::string_view part : base::split(text, ',')) {
    part = base::trim(part);
    auto words = base::cut(part, " ");
    if (!words || words->second.empty()) return std::nullopt;
    auto [sign, version] = *words;
    EventType type;
    if (sign == ">=") {
      type = EventType::kIntroduced;
    } else if (sign == "<") {
      type = EventType::kFixed;
    } else if (sign == "<=") {
      type = EventType::kLastAffected;
    } else {
      return std::nullopt;
    }
    if (events.empty() && type != EventType::kIntroduced) {
      events.push_back({EventType::kIntroduced, "0"});
    }
    events.push_back({type, std::string(version)});
  }
  return events;
}

void read_affected(Value item, Record& record, const FeedInput& input, Batch& batch) {
  Affected affected;
  affected.ecosystem = item["ecosystem"].string_or("");
  affected.name = item["package"].string_or("");
  item["versions"].each([&](Value versions) {
    auto range = parse_range(versions.string_or(""));
    if (range) {
      affected.ranges.push_back(std::move(*range));
    } else {
      batch.diagnostics.skipped("bad-advisory", input.path, record.id + ": not a range");
    }
  });
  record.affected.push_back(std::move(affected));
}

base::Status read(const FeedInput& input, Batch& batch) {
  base::json::Document document = TRY(base::json::Document::parse(base::as_text(input.bytes)));
  Value root = document.root();
  batch.newest = base::parse_time(root["date"].string_or("")).value_or(0);
  root["advisories"].each([&](Value item) {
    Record record;
    record.id = item["id"].string_or("");
    record.title = shorten(item["title"].string_or(""), kMaxTitleBytes);
    record.severity =
        model::parse_severity(item["severity"].string_or("")).value_or(model::Severity::kUnknown);
    if (std::string_view added = item["kev"].string_or(""); !added.empty()) {
      batch.kev.push_back({record.id, base::parse_time(added).value_or(0),
                           item["ransomware"].boolean().value_or(false)});
    }
    item["affected"].each([&](Value a) { read_affected(a, record, input, batch); });
    if (prepare(record, input.path, batch.diagnostics)) batch.records.push_back(std::move(record));
  });
  if (batch.records.empty()) return base::Error(base::Code::kInvalid, "no advisories in it");
  return {};
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read));
}

std::string source(std::string_view) { return "starter"; }

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "starter",
    .summary = "the list of well-known vulnerabilities that ships with the program",
    .globs = "starter/advisories.json",
    .first_hand = false,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::starter
