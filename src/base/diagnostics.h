// SPDX-License-Identifier: Apache-2.0
// Diagnostics: the operation went on, but something was skipped or looks wrong.
//
// Every parser takes one. A bad file never aborts a scan and is always reported. The list is
// bounded: after kMaxPerKind entries of one kind only a count is kept, so that hostile input
// cannot turn diagnostics themselves into the memory problem.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::base {

enum class Impact {
  kNote,        // worth knowing, the answer is complete
  kDegraded,    // one file or record was skipped; the answer may miss what it held
  kIncomplete,  // a package database or a layer was not read: the answer is incomplete (exit 1)
};

std::string_view impact_name(Impact impact);

struct Diagnostic {
  Impact impact = Impact::kNote;
  std::string kind;     // stable word in kebab-case: "bad-lockfile", "layer-refused", ...
  std::string where;    // path, layer or feed; never empty
  std::string message;  // what was wrong and what was skipped

  bool operator==(const Diagnostic&) const = default;
};

class Diagnostics {
 public:
  static constexpr size_t kMaxPerKind = 100;

  void add(Impact impact, std::string_view kind, std::string_view where, std::string_view message);
  void note(std::string_view kind, std::string_view where, std::string_view message) {
    add(Impact::kNote, kind, where, message);
  }
  // A file or record that could not be read and was skipped.
  void skipped(std::string_view kind, std::string_view where, std::string_view message) {
    add(Impact::kDegraded, kind, where, message);
  }
  void incomplete(std::string_view kind, std::string_view where, std::string_view message) {
    add(Impact::kIncomplete, kind, where, message);
  }
  void merge(const Diagnostics& other);

  const std::vector<Diagnostic>& all() const { return all_; }
  // How many more of a kind were seen than are listed.
  const std::map<std::string, uint64_t>& dropped() const { return dropped_; }
  bool any_incomplete() const { return incomplete_; }
  bool empty() const { return all_.empty(); }

 private:
  std::vector<Diagnostic> all_;
  std::map<std::string, uint64_t> counts_;
  std::map<std::string, uint64_t> dropped_;
  bool incomplete_ = false;
};

}  // namespace bulkhead::base
