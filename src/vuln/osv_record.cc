// SPDX-License-Identifier: Apache-2.0
// Reads one OSV record by the OSV schema 1.7, with what the ecosystems put into their
// *_specific members as far as it changes an answer: ratings, module streams.
//
// A distribution's advisory that fixes several vulnerabilities names them in `upstream` (or, by the
// older custom, in `related`); they are not its aliases, since each is a vulnerability of its own.
#include "vuln/osv_record.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "vuln/cvss.h"
#include "vuln/ecosystems.h"

namespace bulkhead::vuln {
namespace {

using base::json::Value;
using model::Severity;

constexpr size_t kMaxIdBytes = 200;
constexpr size_t kMaxNameBytes = 1000;
constexpr size_t kMaxVersionBytes = 300;
constexpr size_t kMaxUrlBytes = 400;

// Ids and names end up in reports and as keys: printable and without spaces around them.
bool usable(std::string_view text, size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

bool is_cve(std::string_view id) { return id.substr(0, 4) == "CVE-"; }

Severity rating(Value word) {
  return model::parse_severity(word.string_or("")).value_or(Severity::kUnknown);
}

void read_ids(Value list, std::vector<std::string>& out) {
  list.each([&](Value item) {
    std::string_view id = base::trim(item.string_or(""));
    if (usable(id, kMaxIdBytes) && out.size() < 200) add_unique(out, id);
  });
}

// Vectors go to the record; words (Ubuntu's priorities) are returned.
Severity read_severity(Value list, Record& record) {
  Severity word = Severity::kUnknown;
  list.each([&](Value item) {
    std::string_view type = item["type"].string_or("");
    std::string_view score = item["score"].string_or("");
    if (type.substr(0, 4) == "CVSS") {
      if (record.cvss.size() < 8 && cvss_score(score)) add_unique(record.cvss, score);
    } else {
      word = model::parse_severity(score).value_or(word);
    }
  });
  return word;
}

// Base scores without a vector, as converted feeds keep them.
Severity rating_of_scores(Value specific) {
  for (const char* key : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
    if (auto score = specific[key].number()) return cvss_rating(*score);
  }
  return Severity::kUnknown;
}

void read_references(Value list, Record& record) {
  // What tells a reader most comes first.
  constexpr std::array<std::string_view, 5> kOrder = {"ADVISORY", "FIX", "REPORT", "ARTICLE",
                                                      "WEB"};
  for (std::string_view type : kOrder) {
    list.each([&](Value item) {
      std::string_view url = item["url"].string_or("");
      if (item["type"].string_or("") != type || record.references.size() >= kMaxReferences) return;
      if (url.starts_with("http") && usable(url, kMaxUrlBytes)) add_unique(record.references, url);
    });
  }
}

bool read_range(Value range, std::vector<Event>& events) {
  constexpr std::array<std::pair<const char*, EventType>, 4> kTypes = {{
      {"introduced", EventType::kIntroduced}, {"fixed", EventType::kFixed},
      {"last_affected", EventType::kLastAffected}, {"limit", EventType::kLimit}}};
  bool good = true;
  bool introduced = false;
  range["events"].each([&](Value event) {
    for (auto [name, type] : kTypes) {
      Value member = event[name];
      if (member.missing()) continue;
      std::string_view version = base::trim(member.string_or(""));
      if (!usable(version, kMaxVersionBytes)) {
        good = false;
        continue;
      }
      introduced |= type == EventType::kIntroduced;
      if (type == EventType::kLimit && version == "*") continue;
      events.push_back({type, std::string(version)});
    }
  });
  // The schema asks for one; a range without a beginning has always been affected.
  if (!introduced) events.insert(events.begin(), {EventType::kIntroduced, "0"});
  return good && events.size() < 10000;
}

// "rpmmod=nodejs:16" of a package URL's qualifiers, percent-encoded or not.
std::string module_of_purl(std::string_view purl) {
  size_t at = purl.find("rpmmod=");
  if (at == std::string_view::npos) return {};
  std::string_view value = purl.substr(at + 7);
  value = value.substr(0, value.find('&'));
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (base::lower(value.substr(i, 3)) == "%3a") {
      out += ':';
      i += 2;
    } else {
      out += value[i];
    }
  }
  return out;
}

// "virt:rhel virt-devel:rhel" of "Moderate: virt:rhel and virt-devel:rhel security update".
std::string streams_of_title(std::string_view title) {
  std::string out;
  for (std::string_view word : base::split(title, ' ')) {
    while (!word.empty() && (word.back() == ',' || word.back() == '.')) word.remove_suffix(1);
    auto parts = base::cut(word, ":");
    if (!parts || parts->first.empty() || parts->second.empty()) continue;
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

bool is_modular(const Affected& affected) {
  for (const auto& range : affected.ranges) {
    for (const Event& event : range) {
      if (event.version.find(".module") != std::string::npos) return true;
    }
  }
  return false;
}

bool read_affected(Value item, Record& record, std::string_view where,
                   base::Diagnostics& diagnostics) {
  Affected affected;
  affected.ecosystem = item["package"]["ecosystem"].string_or("");
  affected.name = item["package"]["name"].string_or("");
  // Records of C and C++ projects carry only commits; they name no package.
  if (affected.ecosystem.empty() && affected.name.empty()) return true;
  if (!usable(affected.ecosystem, kMaxNameBytes) || !usable(affected.name, kMaxNameBytes)) {
    diagnostics.skipped("bad-advisory", where, "an entry without a usable package was left out");
    return false;
  }
  size_t commits = 0;
  item["ranges"].each([&](Value range) {
    if (range["type"].string_or("") == "GIT") {
      ++commits;
      return;
    }
    std::vector<Event> events;
    if (read_range(range, events)) {
      affected.ranges.push_back(std::move(events));
    } else {
      diagnostics.skipped("bad-advisory", where, "a range with an unusable version was left out");
    }
  });
  item["versions"].each([&](Value version) {
    std::string_view text = base::trim(version.string_or(""));
    if (usable(text, kMaxVersionBytes)) affected.versions.emplace_back(text);
  });
  affected.severity = read_severity(item["severity"], record);
  Value own = item["ecosystem_specific"];
  for (Value word : {own["urgency"], own["ubuntu_priority"], own["severity"],
                     item["database_specific"]["severity"]}) {
    if (affected.severity == Severity::kUnknown) affected.severity = rating(word);
  }
  std::string_view informational = item["database_specific"]["informational"].string_or("");
  if (informational == "unmaintained" || informational == "notice") {
    affected.severity = Severity::kNegligible;
  }
  if (is_modular(affected)) {
    affected.stream = module_of_purl(item["package"]["purl"].string_or(""));
    if (affected.stream.empty()) affected.stream = streams_of_title(record.title);
  }
  if (affected.ranges.empty() && affected.versions.empty()) {
    // By the schema's algorithm it matches no version. Only commits are ordinary.
    if (commits == 0) {
      diagnostics.skipped("bad-advisory", where,
                          "an entry with neither ranges nor versions was left out");
    }
    return true;
  }
  record.affected.push_back(std::move(affected));
  return true;
}

// "Important" of "Important: kernel security update", the manner of RHEL and its descendants.
Severity rating_of_title(std::string_view title) {
  auto parts = base::cut(title, ": ");
  if (!parts) return Severity::kUnknown;
  return model::parse_severity(parts->first).value_or(Severity::kUnknown);
}

void read_covers(Value root, Record& record) {
  std::vector<std::string> named;
  read_ids(root["upstream"], named);
  bool distribution = std::any_of(record.affected.begin(), record.affected.end(),
                                  [](const Affected& a) { return is_distribution(a.ecosystem); });
  bool any_cve = std::any_of(named.begin(), named.end(), is_cve) ||
                 std::any_of(record.aliases.begin(), record.aliases.end(), is_cve);
  if (distribution && !any_cve) read_ids(root["related"], named);
  std::vector<std::string> cves;
  std::copy_if(named.begin(), named.end(), std::back_inserter(cves), is_cve);
  if (!cves.empty()) named = std::move(cves);
  if (named.size() == 1) {
    add_unique(record.aliases, named[0]);
  } else {
    record.covers = std::move(named);
  }
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return base::is_space(c); }, ' ');
  return out;
}

void read_text(Value root, Record& record) {
  std::string_view summary = base::trim(root["summary"].string_or(""));
  std::string_view details = base::trim(root["details"].string_or(""));
  if (summary == record.id) summary = {};
  if (summary.empty()) {
    // The first sentence stands in for a title.
    std::string_view line = details.substr(0, details.find('\n'));
    size_t stop = line.find(". ");
    summary = line.substr(0, stop == std::string_view::npos ? line.size() : stop + 1);
  }
  record.title = shorten(one_line(summary), kMaxTitleBytes);
  record.description = shorten(details, kMaxDescriptionBytes);
}

}  // namespace

std::string shorten(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  constexpr std::string_view kEllipsis = "\u2026";
  size_t end = max_bytes - kEllipsis.size();
  size_t space = text.find_last_of(" \n", end);
  if (space != std::string_view::npos && space > max_bytes / 2) end = space;
  // Not inside a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(base::trim(text.substr(0, end))) + std::string(kEllipsis);
}

base::Result<Record> parse_osv(std::string_view json, std::string_view where,
                               base::Diagnostics& diagnostics) {
  base::json::Document::Options options;
  options.limits.max_depth = 40;
  base::json::Document document = TRY(base::json::Document::parse(json, options));
  Value root = document.root();
  Record record;
  record.id = base::trim(root["id"].string_or(""));
  if (!usable(record.id, kMaxIdBytes)) {
    return base::Error(base::Code::kInvalid, "not an OSV record: no usable id");
  }
  record.withdrawn = !root["withdrawn"].string_or("").empty();
  record.published = base::parse_time(root["published"].string_or("")).value_or(0);
  record.modified = base::parse_time(root["modified"].string_or("")).value_or(0);
  read_text(root, record);
  read_ids(root["aliases"], record.aliases);
  std::erase(record.aliases, record.id);
  record.severity = read_severity(root["severity"], record);
  Value specific = root["database_specific"];
  if (record.severity == Severity::kUnknown) record.severity = rating(specific["severity"]);
  if (record.severity == Severity::kUnknown) record.severity = rating_of_title(record.title);
  if (record.severity == Severity::kUnknown) record.severity = rating_of_scores(specific);
  specific["cwe_ids"].each([&](Value cwe) {
    if (usable(cwe.string_or(""), 20) && record.cwes.size() < 8) {
      add_unique(record.cwes, cwe.string_or(""));
    }
  });
  read_references(root["references"], record);
  root["affected"].each([&](Value item) { read_affected(item, record, where, diagnostics); });
  read_covers(root, record);
  return record;
}

}  // namespace bulkhead::vuln
