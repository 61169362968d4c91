// SPDX-License-Identifier: Apache-2.0
// The reference grammar of the distribution project, by hand and in one pass:
//   reference  = name [ ":" tag ] [ "@" digest ]
//   name       = [ host [ ":" port ] "/" ] component *( "/" component )
//   component  = alphanum *( separator alphanum )   separator = "." / "_" / "__" / 1*"-"
//   tag        = word *127( word / "." / "-" )
// What stands before the first "/" is a host if it has a dot, a colon or a capital letter or is
// "localhost"; everything else lives on docker.io, single names in "library/".
#include "oci/reference.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr size_t kMaxBytes = 1024;
constexpr size_t kMaxRepositoryBytes = 255;
constexpr size_t kMaxTagBytes = 128;
constexpr std::string_view kDefaultRegistry = "docker.io";
constexpr std::string_view kLegacyDefaultRegistry = "index.docker.io";

bool is_lower_alnum(char c) { return base::is_digit(c) || (c >= 'a' && c <= 'z'); }

// A length of separator characters that the grammar allows between two letters or digits.
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         text.find_first_not_of('-') == std::string_view::npos;
}

bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
  size_t gap = 0;  // separator characters since the last letter or digit
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_lower_alnum(text[i])) {
      ++gap;
      continue;
    }
    if (gap != 0 && !is_separator(text.substr(i - gap, gap))) return false;
    gap = 0;
  }
  return true;
}

bool is_host_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '-'; });
}

bool is_host_name(std::string_view text) {
  if (text.size() > 253) return false;
  return std::ranges::all_of(base::split(text, '.'), is_host_label);
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_tag(std::string_view text) {
  auto is_word = [](char c) { return base::is_alnum(c) || c == '_'; };
  return !text.empty() && text.size() <= kMaxTagBytes && is_word(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Status check_registry(std::string_view text) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  bool good = false;
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return Error(Code::kInvalid, "registry lacks its ']'");
    host = text.substr(1, close - 1);
    std::string_view rest = text.substr(close + 1);
    good = is_ipv6(host) && (rest.empty() || rest.front() == ':');
    if (!rest.empty()) port = rest.substr(1);
  } else {
    if (auto parts = base::cut(text, ":")) {
      host = parts->first;
      port = parts->second;
    }
    good = is_host_name(host);
  }
  if (!good) return Error(Code::kInvalid, "'" + base::printable(text, 100) + "' is no host name");
  if (!port) return {};
  auto number = base::to_number<uint16_t>(*port);
  if (!number || *number == 0) {
    return Error(Code::kInvalid, "'" + base::printable(*port, 20) + "' is no port");
  }
  return {};
}

Status check_repository(std::string_view text) {
  if (text.empty()) return Error(Code::kInvalid, "no repository is named");
  if (std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return Error(Code::kInvalid, "repository names are lower case");
  }
  for (std::string_view component : base::split(text, '/')) {
    if (!is_component(component)) {
      return Error(Code::kInvalid,
                   "'" + base::printable(component, 100) + "' cannot be part of a repository name");
    }
  }
  return {};
}

bool is_registry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         std::ranges::any_of(first, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<Reference> parse_parts(std::string_view text) {
  Reference out;
  if (auto at = base::cut(text, "@")) {
    out.digest = TRY_AT("digest", crypto::Digest::parse(at->second)).to_string();
    text = at->first;
  }
  auto first = base::cut(text, "/");
  if (first && is_registry(first->first)) {
    TRY(check_registry(first->first));
    out.registry = base::lower(first->first);
    // "Host/app": the capital letter is all that marks it as a host.
    if (!is_registry(out.registry)) out.registry = first->first;
    text = first->second;
  } else {
    out.registry = kDefaultRegistry;
  }
  if (auto named = base::cut(text, ":")) {
    if (!is_tag(named->second)) {
      return Error(Code::kInvalid, "'" + base::printable(named->second, 150) +
                                       "' is no tag: 1 to 128 letters, digits, '_', '.', '-'");
    }
    out.tag = named->second;
    text = named->first;
  }
  TRY(check_repository(text));
  out.repository = text;
  if (out.registry == kLegacyDefaultRegistry) out.registry = kDefaultRegistry;
  if (out.registry == kDefaultRegistry && text.find('/') == std::string_view::npos) {
    // What looks like an image id would silently name a repository.
    if (text.size() == 64 && base::from_hex(text)) {
      return Error(Code::kInvalid, "64 hexadecimal digits are an image id, not a name");
    }
    out.repository.insert(0, "library/");
  }
  if (out.repository.size() > kMaxRepositoryBytes) {
    return Error(Code::kInvalid, "repository name is longer than 255 characters");
  }
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  return out;
}

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Error(Code::kInvalid, "image name is too long");
  if (text.empty()) return Error(Code::kInvalid, "image name is empty");
  if (text.find("://") != std::string_view::npos) {
    return Error(Code::kInvalid, "image name '" + base::printable(text, 200) +
                                     "': leave out the 'scheme://' in front");
  }
  return parse_parts(text).context("image name '" + base::printable(text, 200) + "'");
}

std::string Reference::to_string() const {
  std::string out = registry + "/" + repository;
  if (!tag.empty()) out.append(":").append(tag);
  if (!digest.empty()) out.append("@").append(digest);
  return out;
}

}  // namespace bulkhead::oci
