// SPDX-License-Identifier: Apache-2.0
// Applying edits, and mapping columns back.
#include "policy/rego/edits.h"

#include <algorithm>

#include "base/check.h"

namespace bulkhead::policy::rego {
namespace {

// Characters of a text without the bytes that continue one.
uint32_t characters(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// A place while walking over a text.
struct Cursor {
  uint32_t line = 1;
  uint32_t column = 1;
  void pass(std::string_view text) {
    const size_t last = text.rfind('\n');
    line += static_cast<uint32_t>(std::ranges::count(text, '\n'));
    if (last == std::string_view::npos) {
      column += characters(text);
    } else {
      column = 1 + characters(text.substr(last + 1));
    }
  }
};

}  // namespace

uint32_t PlaceMap::original_column(uint32_t line, uint32_t column) const {
  const Span* found = nullptr;
  for (const Span& span : spans_) {
    if (span.line == line && span.changed <= column) found = &span;
  }
  if (found && column < found->changed + found->length) {
    column = found->original;
  } else if (found) {
    column = static_cast<uint32_t>(std::max<int64_t>(1, column + found->shift));
  }
  return earlier_.empty() ? column : earlier_.back().original_column(line, column);
}

void PlaceMap::follow(PlaceMap earlier) {
  if (!earlier.empty()) earlier_ = {std::move(earlier)};
}

std::string apply_edits(std::string_view text, std::vector<Edit> edits, PlaceMap& map) {
  std::ranges::stable_sort(edits, {},
                           [](const Edit& edit) { return std::pair(edit.offset, edit.size > 0); });
  std::string out;
  Cursor before;
  Cursor after;
  size_t at = 0;
  for (const Edit& edit : edits) {
    CHECK(edit.offset >= at && edit.offset + edit.size <= text.size());
    const std::string_view kept = text.substr(at, edit.offset - at);
    const std::string_view gone = text.substr(edit.offset, edit.size);
    CHECK(std::ranges::count(gone, '\n') == std::ranges::count(edit.text, '\n'));
    out += kept;
    out += edit.text;
    before.pass(kept);
    after.pass(kept);
    const Cursor start = after;
    const uint32_t original = before.column;
    before.pass(gone);
    after.pass(edit.text);
    const bool same_line = start.line == after.line;
    map.spans_.push_back({after.line, same_line ? start.column : 1,
                          same_line ? after.column - start.column : 0, original,
                          int64_t{before.column} - int64_t{after.column}});
    at = edit.offset + edit.size;
  }
  out += text.substr(at);
  return out;
}

}  // namespace bulkhead::policy::rego
