// SPDX-License-Identifier: Apache-2.0
// Taking secrets out of URLs, and the purl qualifiers that hold URLs.
#include "catalog/url.h"

#include "base/text.h"

namespace bulkhead::catalog {

std::string public_url(std::string_view url) {
  size_t start = url.find("://");
  if (start == url.npos) return base::to_utf8(url);
  start += 3;
  std::string_view authority = url.substr(start, url.find_first_of("/?#", start) - start);
  size_t at = authority.rfind('@');
  if (at == authority.npos) return base::to_utf8(url);
  std::string_view user = authority.substr(0, at);
  std::string_view scheme = url.substr(0, start - 3);
  bool web = scheme.ends_with("http") || scheme.ends_with("https");
  std::string_view kept = web ? std::string_view() : user.substr(0, user.find(':'));
  std::string out(url.substr(0, start));
  if (!kept.empty()) out.append(kept).append("@");
  out += url.substr(start + at + 1);
  return base::to_utf8(out);
}

void set_vcs_url(model::Package& package, std::string_view url, std::string_view revision) {
  if (url.empty()) return;
  std::string out = url.starts_with("git+") ? "" : "git+";
  out += public_url(url);
  if (!revision.empty()) out.append("@").append(base::to_utf8(revision));
  package.qualifiers["vcs_url"] = std::move(out);
}

void set_download_url(model::Package& package, std::string_view url) {
  if (!url.empty()) package.qualifiers["download_url"] = public_url(url);
}

void set_repository_url(model::Package& package, std::string_view url) {
  if (!url.empty()) package.qualifiers["repository_url"] = public_url(url);
}

}  // namespace bulkhead::catalog
