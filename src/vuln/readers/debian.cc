// SPDX-License-Identifier: Apache-2.0
// The Debian security tracker's bulk JSON: package -> vulnerability -> releases.<codename>.
//
// What the tracker's states mean here:
//   resolved, fixed_version V    affected below V
//   resolved, fixed_version 0    never affected
//   open                         affected, no fix yet; will not be fixed when the security team
//                                ignores it ("nodsa_reason": "ignored") or support has ended
//   undetermined                 under investigation
// A package or vulnerability that is not listed has not been judged: nothing follows from it.
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "vuln/ecosystems.h"
#include "vuln/osv_record.h"
#include "vuln/reader.h"

namespace bulkhead::vuln::readers::debian {
namespace {

using base::json::Value;
using model::Severity;

// "low**": the stars say that the rating was taken from elsewhere.
Severity urgency(std::string_view word) {
  word = word.substr(0, word.find('*'));
  if (word == "unimportant") return Severity::kNegligible;
  return model::parse_severity(word).value_or(Severity::kUnknown);
}

// False for states this reader does not know.
bool read_release(Value release, Affected& out) {
  std::string_view status = release["status"].string_or("");
  std::string_view rating = release["urgency"].string_or("");
  out.severity = urgency(rating);
  if (status == "resolved") {
    std::string_view fixed = release["fixed_version"].string_or("");
    if (fixed.empty()) return false;
    if (fixed == "0") {
      out.status = Status::kNotAffected;
    } else {
      out.ranges = {{{EventType::kIntroduced, "0"}, {EventType::kFixed, std::string(fixed)}}};
    }
    return true;
  }
  out.ranges = {{{EventType::kIntroduced, "0"}}};
  if (status == "undetermined") {
    out.status = Status::kInvestigating;
    return true;
  }
  if (status != "open") return false;
  bool ignored = release["nodsa_reason"].string_or("") == "ignored";
  if (ignored || rating == "end-of-life") out.status = Status::kWillNotFix;
  return true;
}

class TrackerReader {
 public:
  TrackerReader(const FeedInput& input, Batch& batch) : input_(input), batch_(batch) {}

  base::Status read() {
    base::json::Document::Options options;
    options.limits.max_bytes = 1ull << 30;
    base::json::Document document =
        TRY(base::json::Document::parse(base::as_text(input_.bytes), options));
    if (!document.root().is_object()) {
      return base::Error(base::Code::kInvalid, "not the Debian tracker's JSON: no object");
    }
    document.root().each_member([&](std::string_view package, Value vulnerabilities) {
      vulnerabilities.each_member([&](std::string_view id, Value facts) {
        read_vulnerability(package, id, facts);
      });
    });
    for (auto& [id, record] : records_) {
      if (prepare(record, input_.path, batch_.diagnostics)) {
        batch_.records.push_back(std::move(record));
      }
    }
    return {};
  }

 private:
  void read_vulnerability(std::string_view package, std::string_view id, Value facts) {
    if (id.empty() || id.size() > 100 || package.empty() || package.size() > 200) {
      batch_.diagnostics.skipped("bad-advisory", input_.path, "a record without an id or package");
      return;
    }
    Record& record = records_[std::string(id)];
    record.id = id;
    if (record.description.empty()) {
      std::string_view text = base::trim(facts["description"].string_or(""));
      record.title = shorten(text.substr(0, text.find('\n')), kMaxTitleBytes);
      record.description = shorten(text, kMaxDescriptionBytes);
    }
    facts["releases"].each_member([&](std::string_view codename, Value release) {
      auto number = debian_release(codename);
      Affected affected;
      affected.ecosystem = "Debian:" + std::string(number.value_or(codename));
      affected.name = package;
      if (read_release(release, affected)) {
        record.affected.push_back(std::move(affected));
      } else {
        batch_.diagnostics.skipped("bad-advisory", input_.path,
                                   base::printable(id, 60) + " of " +
                                       base::printable(package, 60) + " in " +
                                       base::printable(codename, 30) + " has an unknown state");
      }
    });
  }

  const FeedInput& input_;
  Batch& batch_;
  std::map<std::string, Record, std::less<>> records_;
};

base::Status read(const FeedInput& input, Batch& batch) {
  return TrackerReader(input, batch).read();
}

base::Result<std::unique_ptr<Feed>> open(const FeedInput& input) {
  return std::unique_ptr<Feed>(std::make_unique<WholeFeed>(input, read));
}

std::string source(std::string_view) { return "debian"; }

}  // namespace

extern constinit const FeedReader descriptor = {
    .name = "debian",
    .summary = "the Debian security tracker's bulk JSON",
    .globs = "debian/tracker.json",
    .first_hand = true,
    .source = source,
    .open = open,
};

}  // namespace bulkhead::vuln::readers::debian
