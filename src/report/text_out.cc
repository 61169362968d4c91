// SPDX-License-Identifier: Apache-2.0
// Colours are the sixteen that every terminal has; Style::colour already knows about NO_COLOR.
#include "report/text_out.h"

#include <utility>

#include "base/text.h"

namespace bulkhead::report {
namespace {

constexpr size_t kFlushBytes = 64 * 1024;
constexpr std::string_view kReset = "\x1b[0m";

std::string_view escape_of(Ink ink) {
  switch (ink) {
    case Ink::kPlain: return "";
    case Ink::kBold: return "\x1b[1m";
    case Ink::kDim: return "\x1b[2m";
    case Ink::kRed: return "\x1b[31m";
    case Ink::kBoldRed: return "\x1b[1;31m";
    case Ink::kYellow: return "\x1b[33m";
    case Ink::kBlue: return "\x1b[34m";
    case Ink::kMagenta: return "\x1b[1;35m";
    case Ink::kGreen: return "\x1b[32m";
  }
  return "";
}

// Wide: Hangul, CJK, full-width forms, emoji (Unicode 15, EastAsianWidth W and F, in blocks).
size_t columns_of(uint32_t code) {
  bool combining = (code >= 0x300 && code < 0x370) || (code >= 0x200b && code <= 0x200f) ||
                   (code >= 0xfe00 && code <= 0xfe0f);
  if (combining) return 0;
  bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xa4d0) ||
              (code >= 0xac00 && code < 0xd7a4) || (code >= 0xf900 && code < 0xfb00) ||
              (code >= 0xff00 && code < 0xff61) || (code >= 0x1f300 && code < 0x1f650) ||
              (code >= 0x20000 && code < 0x3fffe);
  return wide ? 2 : 1;
}

}  // namespace

TextOut& TextOut::operator<<(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kFlushBytes) flush();
  return *this;
}

void TextOut::flush() {
  if (status_ && !buffer_.empty()) status_ = out_(buffer_);
  buffer_.clear();
}

base::Status TextOut::finish() {
  flush();
  return std::move(status_);
}

std::string painted(const Style& style, Ink ink, std::string_view text) {
  if (!style.colour || ink == Ink::kPlain || text.empty()) return std::string(text);
  return std::string(escape_of(ink)) + std::string(text) + std::string(kReset);
}

Ink severity_ink(model::Severity severity) {
  switch (severity) {
    case model::Severity::kCritical: return Ink::kBoldRed;
    case model::Severity::kHigh: return Ink::kRed;
    case model::Severity::kMedium: return Ink::kYellow;
    case model::Severity::kLow: return Ink::kBlue;
    default: return Ink::kDim;
  }
}

size_t display_width(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) columns += columns_of(base::next_code_point(text).value_or(0xfffd));
  return columns;
}

std::string fitted(std::string_view text, size_t columns) {
  constexpr std::string_view kCut = "...";
  if (display_width(text) <= columns) return std::string(text);
  if (columns < kCut.size()) return std::string(columns, '.');
  std::string_view rest = text;
  size_t used = 0;
  size_t kept = 0;
  while (!rest.empty()) {
    used += columns_of(base::next_code_point(rest).value_or(0xfffd));
    if (used > columns - kCut.size()) break;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + std::string(kCut);
}

void Paragraph::switch_to(Ink ink) {
  if (!style_.colour || ink == ink_) return;
  if (ink_ != Ink::kPlain) out_ << kReset;
  out_ << escape_of(ink);
  ink_ = ink;
}

void Paragraph::word(Ink ink, std::string_view text) {
  size_t width = display_width(text);
  bool line_start = column_ == 0;
  if (!line_start && !fresh_ && column_ + 1 + width > style_.width) {
    end();
    line_start = true;
  }
  if (ink != ink_) switch_to(Ink::kPlain);
  if (line_start) {
    out_ << std::string(indent_, ' ');
    column_ = indent_;
  } else if (!fresh_) {
    out_ << " ";
    ++column_;
  }
  switch_to(ink);
  out_ << text;
  column_ += width;
  fresh_ = false;
}

void Paragraph::words(Ink ink, std::string_view text) {
  for (std::string_view part : base::split(text, ' ')) {
    if (!part.empty()) word(ink, part);
  }
}

void Paragraph::end() {
  switch_to(Ink::kPlain);
  out_ << "\n";
  column_ = 0;
  fresh_ = true;
}

}  // namespace bulkhead::report
