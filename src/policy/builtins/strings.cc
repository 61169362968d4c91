// SPDX-License-Identifier: Apache-2.0
// strings.count, strings.replace_n, strings.split_n, and the text that a template stands for.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "policy/builtin.h"
#include "policy/glob.h"

namespace bulkhead::policy::builtins::strings {
namespace {

using base::Code;
using base::Error;

constexpr size_t kAll = SIZE_MAX;
constexpr size_t kMaxWork = 500'000'000;  // patterns times bytes
constexpr size_t kMaxText = 256u << 20;

// The parts of a text, at most `limit`; the last one holds the rest. Without a delimiter, one
// character each.
std::vector<std::string> parts_of(std::string_view text, std::string_view delimiter, size_t limit) {
  std::vector<std::string> parts;
  while (parts.size() + 1 < limit) {
    size_t end = text.find(delimiter);
    size_t skip = delimiter.size();
    if (delimiter.empty()) {
      if (text.empty()) return parts;
      end = 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
      if (end == text.size()) break;
      skip = 0;
    }
    if (end == std::string_view::npos) break;
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + skip);
  }
  if (limit > 0) parts.emplace_back(text);
  return parts;
}

// The first n parts, or the last -n.
BuiltinResult split_n(Arguments arguments, CallContext&) {
  const std::string_view text = TRY(text_argument(arguments, 0));
  const std::string_view delimiter = TRY(text_argument(arguments, 1));
  const int64_t n = TRY(integer_argument(arguments, 2));
  const bool from_front = n >= 0;
  const auto count = from_front ? static_cast<uint64_t>(n) : 0 - static_cast<uint64_t>(n);
  std::vector<std::string> parts =
      parts_of(text, delimiter, from_front && count < kAll ? count + 1 : kAll);
  const size_t keep = static_cast<size_t>(std::min<uint64_t>(count, parts.size()));
  if (from_front) {
    parts.resize(keep);
  } else {
    parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(keep));
  }
  Term::Array out;
  for (std::string& part : parts) out.items.emplace_back(std::move(part));
  return Term(std::move(out));
}

// The pieces of a template (rego/template.h): texts, and sets with the value of a term each.
BuiltinResult template_string(Arguments arguments, CallContext&) {
  std::string out;
  for (const Term& piece : TRY(array_argument(arguments, 0))) {
    const auto* value = piece.set();
    if (!value) {
      out += piece.string() ? *piece.string() : term_to_rego(piece);
    } else if (value->empty()) {
      out += "<undefined>";
    } else {
      out += value->front().string() ? *value->front().string() : term_to_rego(value->front());
    }
  }
  return Term(std::move(out));
}

// How often a text stands in another, not overlapping; of the empty text, between all characters.
BuiltinResult count(Arguments arguments, CallContext&) {
  const std::string_view text = TRY(text_argument(arguments, 0));
  const std::string_view part = TRY(text_argument(arguments, 1));
  if (part.empty()) return Term(static_cast<int64_t>(code_points(text).size() + 1));
  int64_t found = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++found;
  }
  return Term(found);
}

// Goes over the text once, as Go's strings.Replacer does: of several keys that fit at one place the
// first in order is taken, the empty key once between two characters, and what was put in is not
// looked at again.
BuiltinResult replace_n(Arguments arguments, CallContext&) {
  std::map<std::string_view, std::string_view> patterns;
  for (const auto& [key, value] : TRY(object_argument(arguments, 0))) {
    if (!key.string()) return failed("operand 1 non-string key found in pattern object");
    if (!value.string()) return failed("operand 1 non-string value found in pattern object");
    patterns.emplace(*key.string(), *value.string());
  }
  const std::string_view text = TRY(text_argument(arguments, 1));
  if (patterns.size() * text.size() > kMaxWork) {
    return Error(Code::kLimit, "too many patterns for a text of this size");
  }
  std::string out;
  bool after_empty = false;
  for (size_t at = 0; at <= text.size();) {
    const auto fits = std::ranges::find_if(patterns, [&](const auto& pattern) {
      return text.substr(at).starts_with(pattern.first) && !(pattern.first.empty() && after_empty);
    });
    after_empty = fits != patterns.end() && fits->first.empty();
    if (fits != patterns.end()) {
      out += fits->second;
      at += fits->first.size();
    } else if (at == text.size()) {
      break;
    } else {
      // A character is never cut in two.
      do out += text[at++];
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
    }
    if (out.size() > kMaxText) return Error(Code::kLimit, "the text grows too large");
  }
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {
    {"strings.count", 2, count},
    {"strings.replace_n", 2, replace_n},
    {"strings.split_n", 3, split_n},
    {"internal.template_string", 1, template_string},
};

}  // namespace

extern constinit const Family descriptor = {"strings", "texts", kBuiltins};

}  // namespace bulkhead::policy::builtins::strings
