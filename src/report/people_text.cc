// SPDX-License-Identifier: Apache-2.0
// Package URLs (purl-spec) escape what people read; nobody upgrades "%40scope%2Fname@1%2B2".
#include "report/people_text.h"

#include "model/purl.h"
#include "report/text_out.h"

namespace bulkhead::report {
namespace {

constexpr std::string_view kScheme = "pkg:";

// Namespaces of distributions say nothing that the head of the report does not.
bool shows_namespace(std::string_view type) {
  return type != "deb" && type != "rpm" && type != "apk" && type != "alpm" && type != "oci";
}

// Punctuation of the sentence around it, which a package URL may hold but not end with.
std::string_view without_punctuation(std::string_view word) {
  size_t end = word.find_last_not_of(".,;:!?");
  return word.substr(0, end == word.npos ? 0 : end + 1);
}

}  // namespace

std::string package_name(std::string_view text) {
  auto purl = model::Purl::parse_lenient(text);
  if (!purl) return std::string(text);
  std::string out;
  if (!purl->name_space.empty() && shows_namespace(purl->type)) {
    out = purl->name_space + (purl->type == "maven" ? ":" : "/");
  }
  out += purl->name;
  if (!purl->version.empty()) out += " " + purl->version;
  return out;
}

std::string without_purls(std::string_view text) {
  constexpr std::string_view kEnd = " \t\n\"'()<>[]{}`";
  std::string out;
  while (true) {
    size_t at = text.find(kScheme);
    out += text.substr(0, at);
    if (at == text.npos) return out;
    text.remove_prefix(at);
    std::string_view word = without_punctuation(text.substr(0, text.find_first_of(kEnd)));
    bool begins = out.empty() || kEnd.find(out.back()) != kEnd.npos;
    if (!begins || word.size() <= kScheme.size()) word = kScheme;  // "npkg:" and the like
    out += word == kScheme ? std::string(word) : package_name(word);
    text.remove_prefix(word.size());
  }
}

std::string short_path(std::string_view path, size_t columns) {
  constexpr std::string_view kGap = "/.../";
  if (display_width(path) <= columns) return std::string(path);
  std::string first(path.substr(0, path.find('/', 1)));
  size_t used = display_width(first) + kGap.size();
  // The longest end that begins at a segment and fits.
  for (size_t at = path.find('/', first.size()); at != path.npos; at = path.find('/', at + 1)) {
    std::string_view end = path.substr(at + 1);
    if (used + display_width(end) <= columns) {
      return first + std::string(kGap) + std::string(end);
    }
  }
  std::string_view name = path.substr(path.rfind('/') + 1);
  return fitted(name, columns);
}

}  // namespace bulkhead::report
