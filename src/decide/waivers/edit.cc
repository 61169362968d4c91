// SPDX-License-Identifier: Apache-2.0
// The text is edited as text. YAML's own tree would lose comments, quotes and order; so the list is
// found by its lines, the entry is put behind the last of them, and reading the result says whether
// that was right. What is written in an unusual way is refused rather than guessed at.
#include "decide/waivers/edit.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/node.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "decide/bundle/yaml_members.h"

namespace bulkhead::decide {
namespace {

base::Error invalid_file(std::string_view name, std::string_view what) {
  return base::Error(base::Code::kInvalid, std::string(name) + ": " + std::string(what));
}

// A double-quoted scalar: everything in it can be written so.
std::string in_quotes(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : base::to_utf8(text)) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string list_of(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? ", " : "") + in_quotes(item);
  return out + "]";
}

std::string entry(const Waiver& waiver, size_t indent, std::string_view line_end) {
  std::string pad(indent, ' ');
  std::string out = pad + "- id: " + in_quotes(waiver.id) + std::string(line_end);
  auto member = [&](std::string_view key, const std::string& value) {
    out += pad + "  " + std::string(key) + ": " + value + std::string(line_end);
  };
  if (!waiver.waiver.empty()) member("waiver", in_quotes(waiver.waiver));
  if (waiver.purls.size() == 1) member("package", in_quotes(waiver.purls.front()));
  if (waiver.purls.size() > 1) member("purls", list_of(waiver.purls));
  if (!waiver.paths.empty()) member("paths", list_of(waiver.paths));
  if (!waiver.owner.empty()) member("owner", in_quotes(waiver.owner));
  if (!waiver.reason.empty()) member("reason", in_quotes(waiver.reason));
  std::string_view why = vex_justification_name(waiver.justification);
  if (!why.empty()) member("justification", std::string(why));
  if (!waiver.expires.empty()) member("expires", waiver.expires);
  return out;
}

struct Line {
  size_t begin = 0;
  size_t end = 0;  // behind its line feed
  size_t indent = 0;
  std::string_view text;  // without indentation and line end
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> out;
  for (size_t at = 0; at < text.size();) {
    Line line;
    line.begin = at;
    size_t feed = text.find('\n', at);
    line.end = feed == std::string_view::npos ? text.size() : feed + 1;
    std::string_view whole = text.substr(at, line.end - at);
    line.indent = std::min(whole.find_first_not_of(' '), whole.size());
    line.text = base::trim(whole);
    at = line.end;
    out.push_back(line);
  }
  return out;
}

struct Place {
  size_t offset = 0;  // where the entry begins
  size_t indent = 2;
  bool needs_key = false;
};

bool is_comment(const Line& line) { return line.text.starts_with('#'); }

// The end of the list under the key, and how deep its entries stand.
base::Result<Place> find_end(std::string_view name, std::string_view text, std::string_view key) {
  std::vector<Line> lines = lines_of(text);
  auto head = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
    return line.indent == 0 && line.text.starts_with(std::string(key) + ":");
  });
  if (head == lines.end()) {
    return invalid_file(name, "the list \"" + std::string(key) +
                                  "\" is written in a way that this command does not edit; add the "
                                  "waiver by hand");
  }
  std::string_view rest = base::trim(head->text.substr(key.size() + 1));
  if (!rest.empty() && !rest.starts_with('#')) {
    return invalid_file(name, "the list \"" + std::string(key) +
                                  "\" is written in one line; put each entry on a line of its own, "
                                  "beginning with \"- \"");
  }
  Place place{head->end, 2, false};
  std::optional<size_t> indent;
  for (auto line = head + 1; line != lines.end(); ++line) {
    if (line->text.empty()) continue;
    bool item = line->text == "-" || line->text.starts_with("- ");
    if (!indent && item) indent = line->indent;
    if (!indent && is_comment(*line)) continue;
    bool inside = indent && (line->indent > *indent || (line->indent == *indent && item));
    // A comment no deeper than the entries may speak about what follows; deeper ones, and what
    // looks like one within a long text, belong to the entry.
    if (!inside && is_comment(*line)) continue;
    if (!inside) break;
    place.offset = line->end;
    place.indent = *indent;
  }
  return place;
}

base::Result<Place> find_place(std::string_view name, std::string_view text) {
  base::Limits limits;
  limits.max_entries = 100'000;
  bool bare = true;  // nothing but comments
  for (const Line& line : lines_of(text)) {
    bare = bare && (line.text.empty() || is_comment(line) || line.text == "---");
  }
  if (bare) return Place{text.size(), 2, true};
  base::Node root = TRY_AT(name, base::parse_yaml(text, limits));
  if (!root.is_mapping())
    return invalid_file(name, "it is no mapping with a list \"ignore\" in it");
  for (std::string_view key : {"ignore", "vulnerabilities"}) {
    if (!root[key].missing()) return find_end(name, text, key);
  }
  return Place{text.size(), 2, true};
}

bool same_entry(const Waiver& a, const Waiver& b) {
  return a.id == b.id && a.waiver == b.waiver && a.purls == b.purls && a.paths == b.paths &&
         a.reason == b.reason && a.expires == b.expires && a.owner == b.owner &&
         a.justification == b.justification;
}

// A list that is there and empty is no list to the reader of waivers.
base::Result<std::vector<Waiver>> existing(std::string_view name, std::string_view text,
                                           const Place& place) {
  auto waivers = parse_waivers(name, text);
  bool none_yet = place.needs_key || (!waivers && text.find("- ") == std::string_view::npos);
  if (none_yet) return std::vector<Waiver>();
  return waivers;
}

}  // namespace

std::string waiver_name(const Waiver& waiver) {
  std::string text = waiver.id + '\n' + base::join(waiver.purls, "\t") + '\n' +
                     base::join(waiver.paths, "\t") + '\n' + waiver.expires;
  return "W-" + crypto::sha256_hex(base::as_bytes(text)).substr(0, 8);
}

base::Result<std::string> add_waiver(std::string_view name, std::string_view text,
                                     const Waiver& waiver, base::UnixTime now) {
  bool yaml = is_yaml(name);
  if (!yaml) return invalid_file(name, "waivers are written to YAML files; name it *.yaml");
  Place place = TRY(find_place(name, text));
  std::vector<Waiver> before = TRY(existing(name, text, place));
  for (const Waiver& old : before) {
    bool same = old.id == waiver.id && old.purls == waiver.purls && old.paths == waiver.paths;
    if (same && !expired(old, now)) {
      return invalid_file(old.where, waiver.id + " is waived there already, " +
                                         (old.expires.empty() ? std::string("without end")
                                                              : "until " + old.expires));
    }
  }
  std::string_view line_end = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
  std::string out(text.substr(0, place.offset));
  if (!out.empty() && !out.ends_with('\n')) out += line_end;
  if (place.needs_key) out += "ignore:" + std::string(line_end);
  out += entry(waiver, place.indent, line_end);
  out += text.substr(place.offset);
  std::vector<Waiver> after = TRY(parse_waivers(name, out));
  bool kept = after.size() == before.size() + 1 && same_entry(after.back(), waiver);
  for (size_t i = 0; kept && i < before.size(); ++i) kept = same_entry(before[i], after[i]);
  if (!kept) {
    return invalid_file(name,
                        "adding an entry behind the list changes what the file says; add the "
                        "waiver by hand");
  }
  return out;
}

}  // namespace bulkhead::decide
