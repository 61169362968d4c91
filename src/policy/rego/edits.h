// SPDX-License-Identifier: Apache-2.0
// Changes to a text that keep its lines: what the rewrites do to a module, and the way back from a
// place in the changed text to the place in the one that was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::policy::rego {

// Replaces `size` bytes at `offset`. Both sides have the same number of line ends.
struct Edit {
  size_t offset = 0;
  size_t size = 0;
  std::string text;
};

class PlaceMap {
 public:
  // The column in the original of a column in the changed text, both in characters from 1.
  uint32_t original_column(uint32_t line, uint32_t column) const;
  bool empty() const { return spans_.empty() && earlier_.empty(); }
  // The text was changed before, too.
  void follow(PlaceMap earlier);

 private:
  friend std::string apply_edits(std::string_view text, std::vector<Edit> edits, PlaceMap& map);
  // From `changed` on, columns of the line are the original's plus the shift; inside of a change
  // (length characters) they are that of its start.
  struct Span {
    uint32_t line, changed, length, original;
    int64_t shift;
  };
  std::vector<Span> spans_;        // by line and column
  std::vector<PlaceMap> earlier_;  // none or one
};

// Applies edits that do not overlap, in any order. At one offset what is put in comes before what
// is replaced, else the given order counts.
std::string apply_edits(std::string_view text, std::vector<Edit> edits, PlaceMap& map);

}  // namespace bulkhead::policy::rego
