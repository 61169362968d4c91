// SPDX-License-Identifier: Apache-2.0
// What each stored entry says about one package, and which of them belong to one vulnerability.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/package.h"
#include "vuln/database/state.h"
#include "vuln/ecosystems.h"

namespace bulkhead::vuln {

enum class Verdict : uint8_t {
  kAffected,
  kOutside,      // the version is in none of the ranges
  kNotAffected,  // the source says that this package never was affected
  kOtherStream,  // speaks about another module stream: says nothing about this package
  kUnreadable,   // damaged
};

// One entry, judged.
struct Statement {
  Verdict verdict = Verdict::kUnreadable;
  format::Affected entry{};
  format::Advisory advisory{};
  uint32_t rank = 0;            // of its source: the highest that speaks counts
  std::string_view rule;        // "below-fixed", ...
  std::vector<EventView> range; // the one that decided; empty for a listed version
  std::vector<std::string_view> fixes;  // all its fixed versions above the package's
};

// A package's question with what is needed to answer it.
struct Case {
  const model::Package* package = nullptr;
  Question question;
  const version::Scheme* scheme = nullptr;
  format::Package entry{};
};

// All statements about the package, in the order of the file.
std::vector<Statement> judge(const Database::State& state, const Case& subject);

// One vulnerability as this package's sources see it.
struct Group {
  std::string id;                    // CVE first, then GHSA, then others
  std::vector<std::string> aliases;  // sorted, without id
  std::vector<const Statement*> statements;  // of the highest rank that speaks
  bool affected = false;             // whether any of them says so
  bool covered = false;              // an advisory about several: its text is not this one's own
  // When a distribution first announced an update with a fixed version, whatever the rank of the
  // source that says so; unix seconds, 0 unknown.
  uint32_t announced = 0;
};

// Joins statements that share an id or alias. Only groups with an affected statement are returned,
// unless `all`.
std::vector<Group> join(const Database::State& state, const std::vector<Statement>& statements,
                        bool all);

// The order in which ids name a vulnerability.
bool id_before(std::string_view a, std::string_view b);

}  // namespace bulkhead::vuln
