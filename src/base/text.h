// SPDX-License-Identifier: Apache-2.0
// Small text tools without locale: ASCII rules everywhere, UTF-8 passes through.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower(std::string_view text);
std::string_view trim(std::string_view text);
bool equals_ignore_case(std::string_view a, std::string_view b);

// Splits at every separator; "a::b" gives three parts, "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
// The parts before and after the first separator; nullopt when there is none.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text,
                                                                 std::string_view separator);
std::optional<std::pair<std::string_view, std::string_view>> cut_last(std::string_view text,
                                                                      std::string_view separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// Takes the next line (without "\n" or "\r\n") off the front of text; false at the end.
bool next_line(std::string_view& text, std::string_view& line);

// The whole text as a decimal number; nullopt when anything else is in it or it overflows.
template <typename T>
std::optional<T> to_number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

bool is_utf8(std::string_view text);
// Takes the first code point off the text, which must not be empty; nullopt when the bytes there
// are malformed, of which one is taken then.
std::optional<uint32_t> next_code_point(std::string_view& text);
// Code points that a terminal or an editor obeys instead of showing them: control characters (C0,
// DEL, C1), line separators, marks and overrides of direction, invisible tags.
bool is_unsafe_to_show(uint32_t code);
// Valid UTF-8 of at most max_bytes, for messages and terminals: the bytes of what is unsafe to show
// become "\xNN", malformed ones U+FFFD, a cut is marked with "...".
std::string printable(std::string_view text, size_t max_bytes);
// Replaces malformed sequences with U+FFFD; everything else is kept.
std::string to_utf8(std::string_view text);
// A code point up to U+10FFFF that is no surrogate, in UTF-8 (RFC 3629, section 3).
void append_utf8(uint32_t code, std::string& out);

// Shell-style match of a whole path: '*' stays inside one segment, '**' crosses segments, '?' is
// one character. No brackets. Linear in text times pattern.
bool glob_match(std::string_view pattern, std::string_view path);

// The last segment of a path, and what stands before it (without the slash).
std::string_view basename(std::string_view path);
std::string_view dirname(std::string_view path);

}  // namespace bulkhead::base
