// SPDX-License-Identifier: Apache-2.0
// Brings records into the shape the database stores.
//
// Feeds such as PyPI's list every affected version next to the ranges that say the same. A listed
// version that a range covers is dropped here, by the very function that the matcher uses, so the
// answers stay the same and the database loses nine tenths of its strings.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "vuln/ecosystems.h"
#include "vuln/osv_record.h"
#include "vuln/range.h"

namespace bulkhead::vuln {
namespace {

// "2020.04.23" -> "2020.4.23": Bitnami's records of date versions keep zeros that SemVer forbids.
void drop_leading_zeros(std::string& version) {
  std::string out;
  for (size_t i = 0; i < version.size(); ++i) {
    bool first = out.empty() || out.back() == '.';
    bool more = i + 1 < version.size() && base::is_digit(version[i + 1]);
    if (version[i] != '0' || !first || !more) out += version[i];
  }
  version = std::move(out);
}

// Slips of converters that have one reading: "2.6.0-NA" is the release 2.6.0 itself, whose update
// field in a CPE name is "not applicable".
void mend(std::string_view ecosystem, std::string& version) {
  if (version.ends_with("-NA")) version.resize(version.size() - 3);
  if (ecosystem == "Bitnami") drop_leading_zeros(version);
}

bool valid_events(const version::Scheme& scheme, const std::vector<Event>& events) {
  return std::all_of(events.begin(), events.end(), [&](const Event& event) {
    return is_before_all({event.type, event.version}) || scheme.valid(event.version);
  });
}

std::vector<EventView> views(const std::vector<Event>& events) {
  std::vector<EventView> out;
  out.reserve(events.size());
  for (const Event& event : events) out.push_back({event.type, event.version});
  return out;
}

void prune_versions(const version::Scheme& scheme, Affected& affected) {
  if (affected.versions.empty()) return;
  std::vector<std::vector<EventView>> ranges;
  for (const auto& range : affected.ranges) ranges.push_back(views(range));
  std::erase_if(affected.versions, [&](const std::string& version) {
    if (!scheme.valid(version)) return false;
    return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
      return in_range(scheme, range, version);
    });
  });
  std::sort(affected.versions.begin(), affected.versions.end());
  auto end = std::unique(affected.versions.begin(), affected.versions.end());
  affected.versions.erase(end, affected.versions.end());
  affected.versions.shrink_to_fit();
}

bool prepare_affected(Affected& affected, std::string_view where, base::Diagnostics& diagnostics) {
  affected.key_ecosystem = canonical_ecosystem(affected.ecosystem);
  affected.key_name = canonical_name(affected.key_ecosystem, affected.name);
  const version::Scheme* scheme = version::scheme_for_ecosystem(affected.key_ecosystem);
  if (scheme == nullptr) {
    // The matcher could not compare anything either; listed versions still match by their text.
    affected.ranges.clear();
  } else {
    for (auto& range : affected.ranges) {
      for (Event& event : range) {
        if (!scheme->valid(event.version)) mend(affected.key_ecosystem, event.version);
      }
      if (valid_events(*scheme, range)) {
        sort_events(*scheme, range);
      } else {
        diagnostics.skipped("bad-advisory", where,
                            "a range of " + base::printable(affected.name, 80) +
                                " with a version that is not of the scheme " +
                                std::string(scheme->name) + " was left out");
        range.clear();
      }
    }
    std::erase_if(affected.ranges, [](const auto& range) { return range.empty(); });
    prune_versions(*scheme, affected);
  }
  return !affected.ranges.empty() || !affected.versions.empty() ||
         affected.status != Status::kRanges;
}

bool same_statement(const Affected& a, const Affected& b) {
  return a.key_ecosystem == b.key_ecosystem && a.key_name == b.key_name && a.status == b.status &&
         a.severity == b.severity && a.stream == b.stream && a.ranges == b.ranges &&
         a.versions == b.versions;
}

// Feeds repeat an entry for each architecture or repository; once is enough.
void drop_repeated_entries(std::vector<Affected>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Affected& a, const Affected& b) {
    return std::tie(a.key_ecosystem, a.key_name) < std::tie(b.key_ecosystem, b.key_name);
  });
  size_t kept = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    bool repeated = false;
    // Looks back over this package's entries only, and not far: each holds a different range.
    for (size_t j = kept; j > 0 && kept - j < 64 && !repeated; --j) {
      if (entries[j - 1].key_name != entries[i].key_name) break;
      repeated = same_statement(entries[j - 1], entries[i]);
    }
    if (repeated) continue;
    if (kept != i) entries[kept] = std::move(entries[i]);
    ++kept;
  }
  entries.resize(kept);
}

// "ALBA-2019:1": bug fixes and enhancements that close no vulnerability.
bool is_errata_only(const Record& record) {
  if (!record.covers.empty()) return false;
  for (const std::string& alias : record.aliases) {
    if (alias.starts_with("CVE-")) return false;
  }
  std::string_view kind = std::string_view(record.id).substr(0, record.id.find('-'));
  bool red_hat = kind.size() == 4 && (kind.ends_with("BA") || kind.ends_with("EA"));
  auto parts = base::cut(record.id, "SUSE-");
  bool suse = parts && (parts->second.starts_with("RU-") || parts->second.starts_with("FU-") ||
                        parts->second.starts_with("OU-"));
  return red_hat || suse;
}

}  // namespace

bool prepare(Record& record, std::string_view where, base::Diagnostics& diagnostics) {
  if (record.withdrawn || is_errata_only(record)) return false;
  std::erase_if(record.affected, [&](Affected& affected) {
    return !prepare_affected(affected, where, diagnostics);
  });
  drop_repeated_entries(record.affected);
  return !record.affected.empty();
}

}  // namespace bulkhead::vuln
