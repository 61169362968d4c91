// SPDX-License-Identifier: Apache-2.0
// Package URLs as ECMA-427 (purl-spec) defines them: split at the separators, decode, apply the
// rules of the type, and write back in the one canonical form.
//
// Where the standard leaves room:
// - The first '#' and the first '?' separate, as in every other URL, so that an unescaped URL in a
//   qualifier's value is still read whole.
// - An '@' that opens a path segment belongs to an npm scope written without escapes, unless it
//   opens the last segment: then the name is missing.
// - Keys have to be in lower case, and the standard's own tests refuse "Arch" but fold
//   "repositorY_url": the first letter decides, the rest is folded.
#include "model/purl.h"

#include <algorithm>

#include "base/text.h"
#include "model/purl_types.h"

namespace bulkhead::model {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr size_t kMaxBytes = 1 << 16;
constexpr std::string_view kUpperHex = "0123456789ABCDEF";

Error invalid(std::string_view what) {
  return Error(Code::kInvalid, "package URL: " + std::string(what));
}

int hex_value(char c) {
  if (base::is_digit(c)) return c - '0';
  char folded = base::to_lower(c);
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

Result<std::string> decode(std::string_view part, std::string_view text) {
  size_t plain = text.find('%');
  std::string out(text.substr(0, plain));
  if (plain == std::string_view::npos) plain = text.size();
  for (size_t i = plain; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return invalid(std::string(part) + " has a '%' without two hexadecimal digits");
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!base::is_utf8(out)) return invalid(std::string(part) + " is not UTF-8");
  return out;
}

void encode(std::string& out, std::string_view text) {
  size_t plain = 0;  // begin of the stretch that stands as it is
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    auto byte = static_cast<unsigned char>(c);
    out += {'%', kUpperHex[byte >> 4], kUpperHex[byte & 15]};
  }
  out.append(text, plain);
}

void encode_path(std::string& out, std::string_view path) {
  bool first = true;
  for (std::string_view segment : base::split(path, '/')) {
    if (!first) out += '/';
    first = false;
    encode(out, segment);
  }
}

std::string_view strip_slashes(std::string_view text) {
  while (!text.empty() && text.front() == '/') text.remove_prefix(1);
  while (!text.empty() && text.back() == '/') text.remove_suffix(1);
  return text;
}

// Decodes the segments of a namespace or subpath; empty ones are dropped, dots too in a subpath.
Result<std::string> decode_path(std::string_view part, std::string_view text, bool drop_dots) {
  std::string out;
  for (std::string_view raw : base::split(text, '/')) {
    std::string segment = TRY(decode(part, raw));
    if (segment.find('/') != std::string::npos) {
      return invalid(std::string(part) + " has an escaped '/'");
    }
    if (segment.empty() || (drop_dots && (segment == "." || segment == ".."))) continue;
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

// The same for text that is not encoded.
std::string clean_path(std::string_view text, bool drop_dots) {
  std::string out;
  for (std::string_view segment : base::split(text, '/')) {
    if (segment.empty() || (drop_dots && (segment == "." || segment == ".."))) continue;
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

Result<std::string> checked_type(std::string_view text) {
  bool fits = !text.empty() && base::is_alpha(text.front()) &&
              std::all_of(text.begin(), text.end(),
                          [](char c) { return base::is_alnum(c) || c == '.' || c == '-'; });
  if (!fits) {
    return invalid("the type \"" + base::printable(text, 40) +
                   "\" is not a letter followed by letters, digits, '.' and '-'");
  }
  return base::lower(text);
}

Result<std::string> checked_key(std::string_view text, bool lenient) {
  bool fits = !text.empty() && base::is_alpha(text.front()) &&
              std::all_of(text.begin(), text.end(), [](char c) {
                return base::is_alnum(c) || c == '.' || c == '-' || c == '_';
              });
  if (fits && !lenient) fits = text.front() == base::to_lower(text.front());
  if (!fits) {
    return invalid("the qualifier \"" + base::printable(text, 40) +
                   "\" is not a lower-case letter followed by letters, digits, '.', '-' and '_'");
  }
  return base::lower(text);
}

Result<std::map<std::string, std::string>> parse_qualifiers(std::string_view text, bool lenient) {
  std::map<std::string, std::string> out;
  for (std::string_view pair : base::split(text, '&')) {
    if (pair.empty()) continue;
    auto parts = base::cut(pair, "=");
    std::string key = TRY(checked_key(parts ? parts->first : pair, lenient));
    std::string value = parts ? TRY(decode("a qualifier", parts->second)) : std::string();
    if (value.empty()) continue;
    if (!out.emplace(key, value).second && !lenient) {
      return invalid("the qualifier \"" + key + "\" stands there twice");
    }
  }
  return out;
}

// Where the version begins: the last '@' that is not the mark of a scope.
Result<size_t> find_version(std::string_view path) {
  size_t at = path.rfind('@');
  if (at == std::string_view::npos || (at > 0 && path[at - 1] != '/')) return at;
  if (path.find('/', at) != std::string_view::npos) return std::string_view::npos;
  return invalid("there is no name before '@'");
}

// Folds and checks by the rules of the type.
Status normalise(Purl& purl, bool lenient) {
  if (purl.name.empty()) return invalid("there is no name");
  if (auto checksum = purl.qualifiers.find("checksum"); checksum != purl.qualifiers.end()) {
    checksum->second = base::lower(checksum->second);
  }
  const PurlType* type = find_purl_type(purl.type);
  if (type == nullptr) return {};
  if (type->lower & PurlType::kNamespace) purl.name_space = base::lower(purl.name_space);
  if (type->lower & PurlType::kName) purl.name = base::lower(purl.name);
  if (type->lower & PurlType::kVersion) purl.version = base::lower(purl.version);
  if (type->lower & PurlType::kSubpath) purl.subpath = base::lower(purl.subpath);
  if (type->normalise != nullptr) type->normalise(purl);
  if (lenient) return {};
  if (type->name_space == Need::kRequired && purl.name_space.empty()) {
    return invalid("the type \"" + purl.type + "\" needs a namespace");
  }
  if (type->name_space == Need::kProhibited && !purl.name_space.empty()) {
    return invalid("the type \"" + purl.type + "\" has no namespace");
  }
  if (!type->qualifier.empty() && !purl.qualifiers.contains(std::string(type->qualifier))) {
    return invalid("the type \"" + purl.type + "\" needs the qualifier \"" +
                   std::string(type->qualifier) + "\"");
  }
  const char* wrong = type->wrong != nullptr ? type->wrong(purl) : nullptr;
  if (wrong != nullptr) return invalid(wrong);
  return {};
}

Result<Purl> parse_text(std::string_view text, bool lenient) {
  if (text.size() > kMaxBytes) return Error(Code::kLimit, "package URL: longer than 64 KiB");
  Purl purl;
  if (auto parts = base::cut(text, "#")) {
    purl.subpath = TRY(decode_path("the subpath", parts->second, true));
    text = parts->first;
  }
  if (auto parts = base::cut(text, "?")) {
    purl.qualifiers = TRY(parse_qualifiers(parts->second, lenient));
    text = parts->first;
  }
  auto scheme = base::cut(text, ":");
  if (!scheme || !base::equals_ignore_case(scheme->first, "pkg")) {
    return invalid("it does not start with \"pkg:\"");
  }
  text = scheme->second;
  while (!text.empty() && text.front() == '/') text.remove_prefix(1);
  auto type = base::cut(text, "/");
  if (!type) return invalid("there is no '/' after the type");
  purl.type = TRY(checked_type(type->first));
  text = type->second;
  size_t at = TRY(find_version(text));
  if (at != std::string_view::npos) {
    purl.version = TRY(decode("the version", text.substr(at + 1)));
    text = text.substr(0, at);
  }
  text = strip_slashes(text);
  auto name = base::cut_last(text, "/");
  if (name) purl.name_space = TRY(decode_path("the namespace", name->first, false));
  purl.name = TRY(decode("the name", name ? name->second : text));
  TRY(normalise(purl, lenient));
  return purl;
}

}  // namespace

Result<Purl> Purl::parse(std::string_view text) { return parse_text(text, false); }

Result<Purl> Purl::parse_lenient(std::string_view text) { return parse_text(text, true); }

Result<Purl> Purl::build(Purl components) {
  components.type = TRY(checked_type(components.type));
  components.name_space = clean_path(components.name_space, false);
  components.name = std::string(strip_slashes(components.name));
  components.subpath = clean_path(components.subpath, true);
  std::map<std::string, std::string> qualifiers;
  for (auto& [key, value] : components.qualifiers) {
    std::string folded = TRY(checked_key(key, false));
    if (!value.empty()) qualifiers.emplace(std::move(folded), std::move(value));
  }
  components.qualifiers = std::move(qualifiers);
  TRY(normalise(components, false));
  return components;
}

std::string Purl::to_string() const {
  std::string out = "pkg:" + type + "/";
  if (!name_space.empty()) {
    encode_path(out, name_space);
    out += '/';
  }
  encode(out, name);
  if (!version.empty()) {
    out += '@';
    encode(out, version);
  }
  char separator = '?';
  for (const auto& [key, value] : qualifiers) {
    if (value.empty()) continue;
    out += separator;
    out += key;
    out += '=';
    encode(out, value);
    separator = '&';
  }
  if (!subpath.empty()) {
    out += '#';
    encode_path(out, subpath);
  }
  return out;
}

}  // namespace bulkhead::model
