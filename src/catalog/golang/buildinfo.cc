// SPDX-License-Identifier: Apache-2.0
// Finds and reads Go's build information by its documented layout (debug/buildinfo, runtime/debug).
//
//   offset 0   "\xff Go buildinf:"
//         14   bytes of a pointer
//         15   flags: bit 0 big endian, bit 1 strings follow inline (Go 1.18 and later)
//         16   pointer to the string header of the version, then of the modules; or
//         32   varint length and bytes of the version, then of the modules
//
// It stands in the section .go.buildinfo, or, when a stripper took the section table away, at an
// aligned place of the first writable segment. The text of the modules is framed by 16 bytes at
// both ends, which let the runtime's debugger find it.
#include "catalog/golang/buildinfo.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::catalog::golang {
namespace {

using base::ByteView;

constexpr std::string_view kMagic = "\xff Go buildinf:";
constexpr size_t kHeaderBytes = 32;
constexpr size_t kAlign = 16;
constexpr size_t kFrame = 16;
constexpr uint64_t kMaxTextBytes = 16ull << 20;
constexpr size_t kMaxModules = 100'000;
constexpr size_t kMaxSettings = 1000;

// The header and what follows it.
std::optional<ByteView> find_header(ByteView data) {
  std::string_view text = base::as_text(data);
  for (size_t at = text.find(kMagic); at != text.npos; at = text.find(kMagic, at + 1)) {
    if (at % kAlign == 0 && data.size() - at >= kHeaderBytes) return data.subspan(at);
  }
  return std::nullopt;
}

std::optional<ByteView> find_header(const Elf& elf) {
  if (auto section = elf.section(".go.buildinfo")) return find_header(*section);
  if (elf.has_sections()) return std::nullopt;
  for (const Elf::Segment& segment : elf.segments()) {
    if (segment.writable && !segment.executable) return find_header(segment.bytes);
  }
  return std::nullopt;
}

// A string header is a pointer to the bytes and their number.
std::optional<std::string_view> string_at(const Elf& elf, uint64_t address, size_t width) {
  auto header = elf.at_address(address, 2 * width);
  if (!header) return std::nullopt;
  auto data = elf.number(*header, 0, width);
  auto size = elf.number(*header, width, width);
  if (!data || !size || *size > kMaxTextBytes) return std::nullopt;
  if (*size == 0) return std::string_view();
  auto bytes = elf.at_address(*data, *size);
  if (!bytes) return std::nullopt;
  return base::as_text(*bytes);
}

std::optional<std::string_view> inline_string(base::ByteReader& in) {
  auto size = in.varint();
  if (!size || *size > kMaxTextBytes) return std::nullopt;
  auto bytes = in.take(*size);
  if (!bytes) return std::nullopt;
  return base::as_text(*bytes);
}

std::string_view without_frame(std::string_view modules) {
  bool framed = modules.size() > 2 * kFrame && modules[modules.size() - kFrame - 1] == '\n';
  return framed ? modules.substr(kFrame, modules.size() - 2 * kFrame) : std::string_view();
}

// The next field of a line of fields between tabs.
std::string_view next_field(std::string_view& line) {
  size_t tab = line.find('\t');
  std::string_view field = line.substr(0, tab);
  line = tab == line.npos ? std::string_view() : line.substr(tab + 1);
  return field;
}

// A Go string literal in quotes, as strconv.Quote writes keys and values with odd characters, or
// the text as it stands. Takes it off the front of text.
std::string take_quoted(std::string_view& text, std::string_view ends) {
  std::string out;
  if (!text.starts_with('"') && !text.starts_with('`')) {
    size_t end = std::min(text.find_first_of(ends), text.size());
    out = text.substr(0, end);
    text.remove_prefix(end);
    return out;
  }
  char quote = text[0];
  size_t i = 1;
  for (; i < text.size() && text[i] != quote; ++i) {
    if (text[i] == '\\' && quote == '"' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    } else {
      out += text[i];
    }
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return out;
}

// Splits a command line into words: white space separates, quotes of either kind group.
std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool open = false;
  char quote = 0;
  for (char c : line) {
    if (quote == 0 && base::is_space(c)) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote == c) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  return words;
}

// "v1.2.3", "1.2.3-rc.1+build": the version with "v" in front; "" for anything else.
std::string as_module_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  size_t end = text.find_first_of("-+");
  std::vector<std::string_view> numbers = base::split(text.substr(0, end), '.');
  bool three = numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), [](auto n) {
                 return !n.empty() && std::all_of(n.begin(), n.end(), base::is_digit);
               });
  bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alnum(c) || c == '.' || c == '-' || c == '+';
  });
  return three && plain ? "v" + std::string(text) : std::string();
}

bool names_a_version(std::string_view variable) {
  std::string name = base::lower(variable);
  for (std::string_view known : {"version", "gitversion", "buildversion", "appversion",
                                 "releaseversion", "semver", "tag", "gittag"}) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

std::string_view BuildInfo::setting(std::string_view key) const {
  for (const auto& [name, value] : settings) {
    if (name == key) return value;
  }
  return {};
}

std::optional<EmbeddedStrings> find_build_info(const Elf& elf) {
  auto header = find_header(elf);
  if (!header) return std::nullopt;
  auto flags = static_cast<uint8_t>((*header)[15]);
  EmbeddedStrings out;
  if ((flags & 2) != 0) {
    base::ByteReader in(header->subspan(kHeaderBytes));
    auto version = inline_string(in);
    if (!version) return std::nullopt;
    out.go_version = *version;
    out.modules = without_frame(inline_string(in).value_or(std::string_view()));
    return out;
  }
  size_t width = static_cast<uint8_t>((*header)[14]);
  bool big_endian = (flags & 1) != 0;
  if (width != elf.pointer_bytes() || big_endian != elf.big_endian()) return std::nullopt;
  auto version = string_at(elf, elf.number(*header, 16, width).value_or(0), width);
  if (!version) return std::nullopt;
  out.go_version = *version;
  auto modules = string_at(elf, elf.number(*header, 16 + width, width).value_or(0), width);
  out.modules = without_frame(modules.value_or(std::string_view()));
  return out;
}

BuildInfo parse_build_info(const EmbeddedStrings& strings) {
  BuildInfo out;
  out.go_version = strings.go_version;
  std::string_view text = strings.modules;
  std::string_view line;
  Module* last = nullptr;
  while (base::next_line(text, line)) {
    std::string_view kind = next_field(line);
    if (kind == "path") {
      out.main_package = line;
    } else if (kind == "mod" || kind == "dep") {
      if (kind == "dep" && out.dependencies.size() == kMaxModules) break;
      last = kind == "mod" ? &out.main : &out.dependencies.emplace_back();
      last->path = next_field(line);
      last->version = next_field(line);
    } else if (kind == "=>" && last != nullptr) {
      last->replaced_by = next_field(line);
      last->replaced_by_version = next_field(line);
      last = nullptr;
    } else if (kind == "build" && out.settings.size() < kMaxSettings) {
      std::string key = take_quoted(line, "=");
      if (line.starts_with('=')) line.remove_prefix(1);
      out.settings.emplace_back(std::move(key), take_quoted(line, ""));
    }
  }
  return out;
}

std::string version_from_ldflags(std::string_view ldflags, std::string_view main_module) {
  // Variables of package main speak for the program, then those of its own module; a variable of
  // another module may hold that module's version.
  std::string best[3];
  bool unsure[3] = {};
  std::vector<std::string> words = split_words(ldflags);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word.starts_with("--")) word.remove_prefix(1);
    if (!word.starts_with("-X")) continue;
    word.remove_prefix(2);
    if (word.empty()) {
      if (++i == words.size()) break;
      word = words[i];
    } else if (word[0] == '=') {
      word.remove_prefix(1);
    } else {
      continue;
    }
    auto assignment = base::cut(word, "=");
    auto symbol = assignment ? base::cut_last(assignment->first, ".") : std::nullopt;
    if (!symbol || !names_a_version(symbol->second)) continue;
    std::string version = as_module_version(assignment->second);
    if (version.empty()) continue;
    size_t rank = symbol->first == "main"                                          ? 0
                  : !main_module.empty() && symbol->first.starts_with(main_module) ? 1
                                                                                   : 2;
    unsure[rank] = unsure[rank] || (!best[rank].empty() && best[rank] != version);
    best[rank] = std::move(version);
  }
  for (size_t rank = 0; rank < 3; ++rank) {
    if (!best[rank].empty()) return unsure[rank] ? std::string() : best[rank];
  }
  return {};
}

}  // namespace bulkhead::catalog::golang
