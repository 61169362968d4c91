// SPDX-License-Identifier: Apache-2.0
// strings.split_n, and the text that a string template stands for.
#include <algorithm>

#include "base/text.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins {
namespace {

constexpr size_t kAll = SIZE_MAX;

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

constexpr Builtin kBuiltins[] = {
    {"strings.split_n", 3, split_n},
    {"internal.template_string", 1, template_string},
};

}  // namespace

extern constinit const Family strings = {"strings", "texts", kBuiltins};

}  // namespace bulkhead::policy::builtins
