// SPDX-License-Identifier: Apache-2.0
// Plain text for people and for line formats: collects pieces, hands them on in large ones, knows
// colours and the width of the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/format.h"

namespace bulkhead::report {

// Buffers and remembers the first failure of the sink.
class TextOut {
 public:
  explicit TextOut(const Out& out) : out_(out) {}
  TextOut& operator<<(std::string_view text);
  bool failed() const { return !status_; }
  base::Status finish();

 private:
  void flush();
  const Out& out_;
  std::string buffer_;
  base::Status status_;
};

enum class Ink { kPlain, kBold, kDim, kRed, kBoldRed, kYellow, kBlue, kMagenta, kGreen };

// The text in that colour, or as it is when colours are off.
std::string painted(const Style& style, Ink ink, std::string_view text);
Ink severity_ink(model::Severity severity);

// Columns that a terminal uses for text: code points, wide ones twice, combining ones not.
size_t display_width(std::string_view text);
// At most that many columns; "..." marks a cut.
std::string fitted(std::string_view text, size_t columns);

// A paragraph: words go onto lines of Style::width, each line begins with indent. A word is a piece
// that must not be broken, with its own colour.
class Paragraph {
 public:
  Paragraph(TextOut& out, const Style& style, size_t indent)
      : out_(out), style_(style), indent_(indent) {}
  // first_indent: columns that are already used on the current line.
  void begin(size_t used) { column_ = used; }
  void word(Ink ink, std::string_view text);
  void words(Ink ink, std::string_view text);  // between spaces
  void end();

 private:
  TextOut& out_;
  const Style& style_;
  size_t indent_;
  void switch_to(Ink ink);
  size_t column_ = 0;
  bool fresh_ = true;
  Ink ink_ = Ink::kPlain;  // in force on the current line
};

}  // namespace bulkhead::report
