// SPDX-License-Identifier: Apache-2.0
// A line is "[@marker] hosts type base64 [comment]". A host on another port than 22 is written as
// "[host]:port". Hashed names are HMAC-SHA1 of the name under a salt of the line's own.
#include "gitsync/wire/known_hosts.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/hmac.h"
#include "gitsync/signers/allowed_signers.h"

namespace bulkhead::gitsync {
namespace {

constexpr size_t kMaxLines = 100'000;

std::string_view take_field(std::string_view& text) {
  while (!text.empty() && base::is_space(text.front())) text.remove_prefix(1);
  size_t end = 0;
  while (end < text.size() && !base::is_space(text[end])) ++end;
  std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string name_of(std::string_view host, uint16_t port) {
  std::string name = base::lower(host);
  return port == 22 ? name : "[" + name + "]:" + std::to_string(port);
}

}  // namespace

void KnownHosts::add(std::string_view text) {
  std::string_view line;
  while (base::next_line(text, line) && lines_.size() < kMaxLines) {
    std::string_view word = take_field(line);
    if (word.empty() || word.front() == '#') continue;
    Line out;
    if (word.front() == '@') {
      if (word != "@revoked") continue;
      out.revoked = true;
      word = take_field(line);
    }
    out.hosts = word.starts_with('|') ? std::string(word) : base::lower(word);
    out.type = take_field(line);
    auto wire = base::from_base64(take_field(line));
    if (out.hosts.empty() || !wire || wire->empty()) continue;
    out.wire = base::as_text(*wire);
    lines_.push_back(std::move(out));
  }
}

bool KnownHosts::names(const Line& line, const std::string& host) {
  if (!line.hosts.starts_with('|')) return matches_pattern_list(line.hosts, host);
  auto parts = base::split(line.hosts, '|');  // "", "1", salt, hash
  if (parts.size() != 4 || parts[1] != "1") return false;
  auto salt = base::from_base64(parts[2]);
  auto hash = base::from_base64(parts[3]);
  return salt && hash &&
         crypto::hmac(crypto::Algorithm::kSha1, *salt, base::as_bytes(host)) == *hash;
}

KnownHosts::Verdict KnownHosts::check(std::string_view host, uint16_t port,
                                      std::string_view key_wire) const {
  std::string name = name_of(host, port);
  Verdict verdict = Verdict::kUnknown;
  for (const Line& line : lines_) {
    if (!names(line, name)) continue;
    bool same = line.wire == key_wire;
    if (line.revoked && same) return Verdict::kRevoked;
    if (line.revoked) continue;
    if (same) {
      verdict = Verdict::kKnown;
    } else if (verdict == Verdict::kUnknown) {
      verdict = Verdict::kChanged;
    }
  }
  return verdict;
}

std::vector<std::string> KnownHosts::types(std::string_view host, uint16_t port) const {
  std::string name = name_of(host, port);
  std::vector<std::string> out;
  for (const Line& line : lines_) {
    bool fresh = !line.revoked && std::ranges::find(out, line.type) == out.end();
    if (fresh && names(line, name)) out.push_back(line.type);
  }
  return out;
}

}  // namespace bulkhead::gitsync
