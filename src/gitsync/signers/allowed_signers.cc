// SPDX-License-Identifier: Apache-2.0
// Reading follows ssh-keygen's own parser where it is defined (quotes, case of option names) and is
// stricter where that one guesses.
#include "gitsync/signers/allowed_signers.h"

#include <algorithm>

#include "base/text.h"
#include "gitsync/signers/ssh_key.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::UnixTime;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// The next word; quotes may stand around it or around a part of it, and belong to it then.
std::optional<std::string_view> take_word(std::string_view& text) {
  skip_blanks(text);
  size_t end = 0;
  bool quoted = false;
  for (; end < text.size() && (quoted || !is_blank(text[end])); ++end) {
    if (text[end] == '"') quoted = !quoted;
  }
  if (quoted || end == 0) return std::nullopt;
  std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string_view unquoted(std::string_view word) {
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    word = word.substr(1, word.size() - 2);
  }
  return word;
}

// YYYYMMDD[HHMM[SS]][Z]
std::optional<UnixTime> parse_stamp(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
  if (!std::ranges::all_of(text, base::is_digit)) return std::nullopt;
  std::string padded = std::string(text) + std::string(14 - text.size(), '0');
  auto part = [&](size_t at, size_t count) { return padded.substr(at, count); };
  return base::parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) +
                          ":" + part(10, 2) + ":" + part(12, 2) + "Z");
}

Status read_option(std::string_view option, AllowedSigner& out) {
  auto pair = base::cut(option, "=");
  std::string name = base::lower(pair ? pair->first : option);
  std::string_view value = pair ? unquoted(pair->second) : std::string_view();
  if (name == "cert-authority" && !pair) {
    out.cert_authority = true;
    return {};
  }
  if (name == "namespaces" && pair) {
    if (value.empty()) return Error(Code::kInvalid, "namespaces is empty");
    if (!out.namespaces.empty()) return Error(Code::kInvalid, "namespaces is given twice");
    out.namespaces = value;
    return {};
  }
  if ((name == "valid-after" || name == "valid-before") && pair) {
    auto time = parse_stamp(value);
    if (!time)
      return Error(Code::kInvalid, name + " is not a time like 20261231 or 20261231235959Z");
    auto& slot = name == "valid-after" ? out.valid_after : out.valid_before;
    if (slot) return Error(Code::kInvalid, name + " is given twice");
    slot = *time;
    return {};
  }
  return Error(Code::kUnsupported, "option \"" + base::printable(name, 64) + "\" is not known");
}

Status read_options(std::string_view word, AllowedSigner& out) {
  bool quoted = false;
  size_t start = 0;
  for (size_t i = 0; i <= word.size(); ++i) {
    if (i < word.size() && word[i] == '"') quoted = !quoted;
    if (i < word.size() && (quoted || word[i] != ',')) continue;
    TRY(read_option(word.substr(start, i - start), out));
    start = i + 1;
  }
  if (out.valid_after && out.valid_before && *out.valid_after >= *out.valid_before) {
    return Error(Code::kInvalid, "valid-before is not later than valid-after");
  }
  return {};
}

bool looks_like_key_type(std::string_view word) {
  return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
}

Result<AllowedSigner> read_line(std::string_view text) {
  AllowedSigner out;
  auto principals = take_word(text);
  if (!principals) return Error(Code::kInvalid, "no principals");
  out.principals = unquoted(*principals);
  if (out.principals.empty()) return Error(Code::kInvalid, "no principals");
  auto word = take_word(text);
  if (word && !looks_like_key_type(*word)) {
    TRY(read_options(*word, out));
    word = take_word(text);
  }
  auto base64 = take_word(text);
  if (!word || !base64) return Error(Code::kInvalid, "no key");
  SshKey key = TRY(SshKey::parse_text(*word, *base64));
  out.key_type = key.type();
  out.key_wire = key.wire();
  return out;
}

// '*' and '?' over the whole text, without segments; linear in text times pattern.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// Why this line does not allow; "" when it does.
std::string objection(const AllowedSigner& signer, std::string_view name_space,
                      const std::vector<UnixTime>& times) {
  std::string who = signer.principals + " (line " + std::to_string(signer.line) + ")";
  if (signer.cert_authority) {
    return who + " is a cert-authority, which is not supported: list the signer's own key";
  }
  if (!signer.namespaces.empty() && !matches_pattern_list(signer.namespaces, name_space)) {
    return who + " may not sign in the namespace \"" + base::printable(name_space, 64) + "\"";
  }
  for (UnixTime time : times) {
    if (signer.valid_after && time < *signer.valid_after) {
      return who + " may only sign after " + base::format_time(*signer.valid_after) + ", not at " +
             base::format_time(time);
    }
    if (signer.valid_before && time > *signer.valid_before) {
      return who + " expired at " + base::format_time(*signer.valid_before) + ", before " +
             base::format_time(time);
    }
  }
  return {};
}

}  // namespace

bool matches_pattern_list(std::string_view list, std::string_view text) {
  bool matched = false;
  for (std::string_view pattern : base::split(list, ',')) {
    bool negated = pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    if (!matches_pattern(pattern, text)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

Result<AllowedSigners> AllowedSigners::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Error(Code::kLimit, "allowed signers: larger than 1 MiB");
  AllowedSigners out;
  uint32_t number = 0;
  std::string_view line;
  while (base::next_line(text, line)) {
    ++number;
    skip_blanks(line);
    if (line.empty() || line.front() == '#') continue;
    auto signer = read_line(line);
    if (!signer) {
      return std::move(signer).error().context("allowed signers, line " + std::to_string(number));
    }
    signer->line = number;
    out.signers_.push_back(std::move(*signer));
  }
  return out;
}

AllowedSigners::Answer AllowedSigners::check(std::string_view key_wire, std::string_view name_space,
                                             const std::vector<UnixTime>& times) const {
  Answer answer;
  for (const AllowedSigner& signer : signers_) {
    if (signer.key_wire != key_wire) continue;
    std::string reason = objection(signer, name_space, times);
    if (reason.empty()) return {true, signer.principals, {}};
    if (answer.reason.empty()) answer = {false, signer.principals, std::move(reason)};
  }
  if (answer.reason.empty()) answer.reason = "the key is not among the allowed signers";
  return answer;
}

}  // namespace bulkhead::gitsync
