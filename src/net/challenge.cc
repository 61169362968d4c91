// SPDX-License-Identifier: Apache-2.0
// A scanner for
//   WWW-Authenticate = [ challenge *( OWS "," OWS challenge ) ]
//   challenge        = scheme [ 1*SP ( token68 / [ auth-param *( OWS "," OWS auth-param ) ] ) ]
//   auth-param       = token BWS "=" BWS ( token / quoted-string )
// (RFC 9110 sections 11.2 to 11.6, list rule of 5.6.1). The comma separates both parameters and
// challenges; which of them follows shows only after the next token: "name =" is a parameter.
// One pass, nothing is read twice but the token that decides.
#include "net/challenge.h"

#include <utility>

#include "base/text.h"

namespace bulkhead::net {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  size_t left() const { return text_.size(); }
  bool at(char c) const { return !text_.empty() && text_.front() == c; }
  bool take(char c) {
    if (!at(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool spaces() {
    bool any = false;
    while (at(' ') || at('\t')) {
      text_.remove_prefix(1);
      any = true;
    }
    return any;
  }
  // Empty list elements are allowed (RFC 9110 section 5.6.1.2).
  void commas() {
    do {
      spaces();
    } while (take(','));
  }
  std::string_view token() {
    size_t length = 0;
    while (length < text_.size() && Headers::is_valid_name(text_.substr(length, 1))) ++length;
    return advance(length);
  }
  // 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=", up to a comma or the end.
  std::string_view token68() {
    size_t length = 0;
    while (length < text_.size() &&
           (base::is_alnum(text_[length]) ||
            std::string_view("-._~+/").find(text_[length]) != std::string_view::npos)) {
      ++length;
    }
    if (length == 0) return {};
    while (length < text_.size() && text_[length] == '=') ++length;
    size_t after = text_.find_first_not_of(" \t", length);
    if (after != std::string_view::npos && text_[after] != ',') return {};
    return advance(length);
  }
  bool quoted(std::string& out) {
    if (!take('"')) return false;
    while (!text_.empty()) {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\') {
        if (text_.empty()) return false;
        c = text_.front();
        text_.remove_prefix(1);
      }
      out += c;
    }
    return false;
  }
  // Whether the next thing is "token BWS =" and not a scheme.
  bool at_parameter() const {
    Scanner probe = *this;
    if (probe.token().empty()) return false;
    probe.spaces();
    return probe.at('=');
  }

 private:
  std::string_view advance(size_t length) {
    std::string_view out = text_.substr(0, length);
    text_.remove_prefix(length);
    return out;
  }
  std::string_view text_;
};

// One "name=value"; false when the grammar breaks.
bool read_parameter(Scanner& in, Challenge& challenge) {
  std::string name = base::lower(in.token());
  in.spaces();
  if (name.empty() || !in.take('=')) return false;
  in.spaces();
  std::string value;
  if (in.at('"')) {
    if (!in.quoted(value)) return false;
  } else {
    value = in.token();
    if (value.empty()) return false;
  }
  if (challenge.parameters.size() < kMaxParameters) {
    challenge.parameters.emplace(std::move(name), std::move(value));
  }
  return true;
}

// What follows a scheme; false when the grammar breaks.
bool read_details(Scanner& in, Challenge& challenge) {
  if (!in.at_parameter()) {
    challenge.token68 = in.token68();
    return !challenge.token68.empty() || in.at(',') || in.at_end();
  }
  // "Negotiate abc==" looks like a parameter up to its '=': as token68 it ends at the comma.
  if (std::string_view whole = Scanner(in).token68(); !whole.empty()) {
    challenge.token68 = in.token68();
    return true;
  }
  while (in.at_parameter()) {
    if (!read_parameter(in, challenge)) return false;
    in.spaces();
    if (!in.at(',')) return in.at_end();
    in.commas();
  }
  return true;
}

}  // namespace

std::string_view Challenge::parameter(std::string_view name) const {
  auto found = parameters.find(std::string(name));
  return found == parameters.end() ? std::string_view() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view field) {
  std::vector<Challenge> out;
  Scanner in(field);
  in.commas();
  while (!in.at_end() && out.size() < kMaxChallenges) {
    Challenge challenge;
    challenge.scheme = base::lower(in.token());
    if (challenge.scheme.empty()) break;
    bool spaced = in.spaces();
    if (!spaced && !in.at_end() && !in.at(',')) break;
    bool sound = read_details(in, challenge);
    out.push_back(std::move(challenge));
    if (!sound) break;
    in.commas();
  }
  return out;
}

std::vector<Challenge> challenges_of(const Headers& headers) {
  std::vector<Challenge> out;
  for (std::string_view field : headers.all("WWW-Authenticate")) {
    for (Challenge& challenge : parse_challenges(field)) {
      if (out.size() == kMaxChallenges) return out;
      out.push_back(std::move(challenge));
    }
  }
  return out;
}

}  // namespace bulkhead::net
