// SPDX-License-Identifier: Apache-2.0
// ASCII and UTF-8 text tools.
#include "base/text.h"

#include <cstdint>
#include <cstring>

namespace bulkhead::base {
namespace {

// Length of the valid UTF-8 sequence at the front of text, 0 when malformed (Unicode 15, table
// 3-7).
size_t utf8_length(std::string_view text, uint32_t& code) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t lead = byte(0);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  code = lead & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
  return length;
}

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kHexDigits = "0123456789abcdef";

// Glob without recursion: the last '*' and the last '**' are the only places to come back to.
struct GlobMark {
  size_t pattern = std::string_view::npos;
  size_t text = 0;
};

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignore_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == separator) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  return parts;
}

std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text,
                                                                 std::string_view separator) {
  size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + separator.size()));
}

std::optional<std::pair<std::string_view, std::string_view>> cut_last(std::string_view text,
                                                                      std::string_view separator) {
  size_t at = text.rfind(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + separator.size()));
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

bool next_line(std::string_view& text, std::string_view& line) {
  if (text.empty()) return false;
  size_t end = text.find('\n');
  line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

bool is_utf8(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint32_t code = 0;
  while (!text.empty()) {
    // Most text is ASCII: eight bytes at a time.
    uint64_t word = kHighBits;
    if (text.size() >= sizeof word) std::memcpy(&word, text.data(), sizeof word);
    if ((word & kHighBits) == 0) {
      text.remove_prefix(sizeof word);
      continue;
    }
    size_t length = utf8_length(text, code);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<uint32_t> next_code_point(std::string_view& text) {
  uint32_t code = 0;
  size_t length = utf8_length(text, code);
  text.remove_prefix(length == 0 ? 1 : length);
  if (length == 0) return std::nullopt;
  return code;
}

bool is_unsafe_to_show(uint32_t code) {
  bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  bool line_end = code == 0x2028 || code == 0x2029;
  bool direction = code == 0x061c || code == 0x200e || code == 0x200f ||
                   (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  bool invisible =
      code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
  return control || line_end || direction || invisible;
}

std::string to_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  uint32_t code = 0;
  while (!text.empty()) {
    size_t length = utf8_length(text, code);
    out += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void append_utf8(uint32_t code, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string printable(std::string_view text, size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= max_bytes) return out + "...";
    std::string_view bytes = text;
    auto code = next_code_point(text);
    bytes.remove_suffix(text.size());
    if (!code) {
      out += kReplacement;
    } else if (!is_unsafe_to_show(*code)) {
      out += bytes;
    } else {
      for (char c : bytes) {
        auto byte = static_cast<uint8_t>(c);
        out += {'\\', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
      }
    }
  }
  return out;
}

bool glob_match(std::string_view pattern, std::string_view path) {
  GlobMark star;
  GlobMark deep;
  size_t p = 0;
  size_t t = 0;
  while (true) {
    if (pattern.substr(p, 2) == "**") {
      p += 2;
      if (p < pattern.size() && pattern[p] == '/') ++p;  // "**/" also matches no directory at all
      deep = {p, t};
      star = {};
      continue;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      star = {++p, t};
      continue;
    }
    if (t == path.size() && p == pattern.size()) return true;
    bool same = p < pattern.size() && t < path.size() &&
                (pattern[p] == path[t] || (pattern[p] == '?' && path[t] != '/'));
    if (same) {
      ++p;
      ++t;
    } else if (star.pattern != std::string_view::npos && star.text < path.size() &&
               path[star.text] != '/') {
      p = star.pattern;
      t = ++star.text;
    } else if (deep.pattern != std::string_view::npos && deep.text < path.size()) {
      // Come back at the next segment, unless the pattern ends with '**', which takes everything.
      do {
        ++deep.text;
      } while (deep.pattern != pattern.size() && deep.text < path.size() &&
               path[deep.text - 1] != '/');
      p = deep.pattern;
      t = deep.text;
      star = {};
    } else {
      return false;
    }
  }
}

std::string_view basename(std::string_view path) {
  size_t at = path.rfind('/');
  return at == std::string_view::npos ? path : path.substr(at + 1);
}

std::string_view dirname(std::string_view path) {
  size_t at = path.rfind('/');
  return at == std::string_view::npos ? std::string_view() : path.substr(0, at);
}

}  // namespace bulkhead::base
