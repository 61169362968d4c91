// SPDX-License-Identifier: Apache-2.0
// Canonical text straight from the text: base/json would lose how numbers are written, and "1.0"
// and "1" have different digests. Strings come out as Go's encoder writes them (escapes for quotes,
// backslash, control characters, U+2028 and U+2029; nothing else).
#include "policy/canonical_json.h"

#include <map>

#include "base/json.h"
#include "base/text.h"
#include "policy/rego/lexer.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using base::Error;

constexpr unsigned kMaxDepth = 256;

std::string in_quotes(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[c >> 4 & 0xf];
          out += kHex[c & 0xf];
        } else if (text.substr(i, 3) == "\xe2\x80\xa8" || text.substr(i, 3) == "\xe2\x80\xa9") {
          out += text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
          i += 2;
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

// Walks a text that base/json has found to be well-formed, so only structure is looked at.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  base::Result<std::string> value(unsigned depth) {
    if (depth > kMaxDepth) return Error(Code::kInvalid, "JSON nested too deeply");
    space();
    switch (peek()) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': return in_quotes(string());
      default: return word();
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void space() {
    while (at_ < text_.size() && base::is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  std::string word() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  std::string string() {
    const size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    rego::Token token;
    token.kind = rego::TokenKind::kString;
    token.text = text_.substr(start, at_ - start);
    return rego::string_value(token);
  }

  base::Result<std::string> array(unsigned depth) {
    std::string out = "[";
    ++at_;
    if (take(']')) return out + ']';
    do {
      if (out.size() > 1) out += ',';
      out += TRY(value(depth + 1));
    } while (take(','));
    take(']');
    return out + ']';
  }

  base::Result<std::string> object(unsigned depth) {
    std::map<std::string, std::string> members;
    ++at_;
    if (take('}')) return std::string("{}");
    do {
      space();
      std::string key = string();
      take(':');
      members[std::move(key)] = TRY(value(depth + 1));
    } while (take(','));
    take('}');
    std::string out = "{";
    for (const auto& [key, text] : members) {
      if (out.size() > 1) out += ',';
      out += in_quotes(key);
      out += ':';
      out += text;
    }
    return out + '}';
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

base::Result<std::string> canonical_json(std::string_view json) {
  base::json::Document::Options options;
  options.limits.max_bytes = json.size();
  options.limits.max_string_bytes = UINT32_MAX;
  options.limits.max_depth = kMaxDepth;
  options.allow_duplicate_keys = true;
  TRY(base::json::Document::parse(json, options));
  return Walker(json).value(0);
}

}  // namespace bulkhead::policy
