// SPDX-License-Identifier: Apache-2.0
// What readers hand to the builder: advisories in one shape, whatever feed they came from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostics.h"
#include "model/finding.h"

namespace bulkhead::vuln {

// What an advisory says about one package. Stored in the database as these numbers.
enum class Status : uint8_t {
  kRanges = 0,       // affected as far as ranges and listed versions say
  kWillNotFix = 1,   // within the ranges, and its maintainer decided against a fix
  kInvestigating = 2,
  kNotAffected = 3,
};

enum class EventType : uint8_t { kIntroduced = 0, kFixed = 1, kLastAffected = 2, kLimit = 3 };

struct Event {
  EventType type;
  std::string version;

  bool operator==(const Event&) const = default;
};

struct Affected {
  std::string ecosystem;  // as the feed writes it
  std::string name;       // as the feed writes it
  std::vector<std::vector<Event>> ranges;
  std::vector<std::string> versions;
  Status status = Status::kRanges;
  model::Severity severity = model::Severity::kUnknown;  // as rated for this package
  std::string stream;     // of a modular RPM advisory: "virt:rhel virt-devel:rhel"

  // Filled in by prepare().
  std::string key_ecosystem;  // canonical: what the matcher asks for
  std::string key_name;
};

// Appends a text that the list does not have yet.
inline void add_unique(std::vector<std::string>& list, std::string_view text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.emplace_back(text);
}

struct Record {
  std::string id;
  std::vector<std::string> aliases;
  std::vector<std::string> covers;  // the vulnerabilities a distribution's advisory fixes
  std::string title;
  std::string description;
  model::Severity severity = model::Severity::kUnknown;  // as the source rates it
  std::vector<std::string> cvss;    // vectors, "CVSS:3.1/..." or bare v2
  std::vector<std::string> cwes;
  std::vector<std::string> references;
  base::UnixTime published = 0;
  base::UnixTime modified = 0;
  bool withdrawn = false;
  std::vector<Affected> affected;
};

struct KevEntry {
  std::string id;
  base::UnixTime added = 0;
  bool ransomware = false;
};

// Both numbers in units of 0.00001.
struct EpssEntry {
  uint32_t year = 0;
  uint32_t number = 0;
  uint32_t probability = 0;
  uint32_t percentile = 0;
};

// What one chunk of a feed gave.
struct Batch {
  std::vector<Record> records;
  std::vector<KevEntry> kev;
  std::vector<EpssEntry> epss;
  base::UnixTime newest = 0;  // the feed's own date, where it has one
  base::Diagnostics diagnostics;
};

}  // namespace bulkhead::vuln
