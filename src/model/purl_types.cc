// SPDX-License-Identifier: Apache-2.0
// The registered package URL types (purl-spec, types/*-definition.json), reduced to what a program
// has to do: is a namespace wanted, which components are case-insensitive, which qualifier must be
// there. Rules that the definitions give only as prose are the small functions below.
//
// golang: the definition says case_sensitive, its prose says lower case. Go's own module paths are
// case-sensitive and so are the advisories about them: nothing is folded.
#include "model/purl_types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::model {
namespace {

void underscore_to_dash(Purl& purl) { std::replace(purl.name.begin(), purl.name.end(), '_', '-'); }

void only_word_characters(Purl& purl) {
  for (char& c : purl.name) {
    if (!base::is_alnum(c)) c = '_';
  }
}

void author_in_upper_case(Purl& purl) {
  for (char& c : purl.name_space) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
}

// Azure ML model names are case-sensitive, those of Databricks are not.
void fold_databricks(Purl& purl) {
  auto url = purl.qualifiers.find("repository_url");
  if (url != purl.qualifiers.end() && url->second.find("databricks") != std::string::npos) {
    purl.name = base::lower(purl.name);
  }
}

const char* cpan_module(const Purl& purl) {
  return purl.name.find("::") == std::string::npos
             ? nullptr
             : "a cpan name is a distribution and has no \"::\"";
}

const char* pod_name(const Purl& purl) {
  bool odd =
      purl.name.front() == '.' || std::any_of(purl.name.begin(), purl.name.end(),
                                              [](char c) { return c == '+' || base::is_space(c); });
  return odd ? "a pod's name has no white space, no '+' and no leading '.'" : nullptr;
}

const char* chrome_id(const Purl& purl) {
  bool id = purl.name.size() == 32 && std::all_of(purl.name.begin(), purl.name.end(),
                                                  [](char c) { return c >= 'a' && c <= 'p'; });
  if (!id) return "a chrome-extension name is 32 letters from a to p";
  if (purl.version.empty()) return nullptr;
  auto parts = base::split(purl.version, '.');
  bool numbers = parts.size() <= 4 && std::all_of(parts.begin(), parts.end(), [](auto part) {
                   return !part.empty() && std::all_of(part.begin(), part.end(), base::is_digit);
                 });
  return numbers ? nullptr : "a chrome-extension version is one to four numbers";
}

const char* swid_namespace(const Purl& purl) {
  return std::count(purl.name_space.begin(), purl.name_space.end(), '/') > 1
             ? "a swid namespace has at most two segments"
             : nullptr;
}

constexpr auto kOpt = Need::kOptional;
constexpr auto kReq = Need::kRequired;
constexpr auto kNot = Need::kProhibited;
constexpr unsigned char kNs = PurlType::kNamespace;
constexpr unsigned char kName = PurlType::kName;
constexpr unsigned char kBoth = kNs | kName;
constexpr unsigned char kVersion = PurlType::kVersion;
constexpr unsigned char kSubpath = PurlType::kSubpath;

constexpr auto kTypes = std::to_array<PurlType>({
    {"alpm", kReq, kBoth, "", nullptr, nullptr},
    {"apk", kReq, kBoth, "", nullptr, nullptr},
    {"bazel", kNot, 0, "", nullptr, nullptr},
    {"bitbucket", kReq, kBoth, "", nullptr, nullptr},
    {"bitnami", kNot, kName, "", nullptr, nullptr},
    {"brew", kOpt, kBoth, "", nullptr, nullptr},
    {"cargo", kNot, 0, "", nullptr, nullptr},
    {"chrome-extension", kNot, kName, "", nullptr, chrome_id},
    {"cocoapods", kNot, 0, "", nullptr, pod_name},
    {"composer", kReq, kBoth, "", nullptr, nullptr},
    {"conan", kOpt, 0, "", nullptr, nullptr},
    {"conda", kNot, 0, "", nullptr, nullptr},
    {"cpan", kOpt, 0, "", author_in_upper_case, cpan_module},
    {"cran", kNot, 0, "", nullptr, nullptr},
    {"deb", kReq, kBoth, "", nullptr, nullptr},
    {"docker", kOpt, 0, "", nullptr, nullptr},
    {"gem", kNot, 0, "", nullptr, nullptr},
    {"generic", kOpt, 0, "", nullptr, nullptr},
    {"git", kReq, 0, "", nullptr, nullptr},
    {"github", kReq, kBoth, "", nullptr, nullptr},
    {"golang", kReq, 0, "", nullptr, nullptr},
    {"hackage", kNot, 0, "", underscore_to_dash, nullptr},
    {"hex", kOpt, kBoth, "", nullptr, nullptr},
    {"huggingface", kReq, kVersion, "", nullptr, nullptr},
    {"julia", kNot, 0, "uuid", nullptr, nullptr},
    {"luarocks", kOpt, kBoth, "", nullptr, nullptr},
    {"maven", kReq, 0, "", nullptr, nullptr},
    {"mlflow", kNot, 0, "", fold_databricks, nullptr},
    {"npm", kOpt, 0, "", nullptr, nullptr},
    {"nuget", kNot, 0, "", nullptr, nullptr},
    {"oci", kNot, kName | kVersion, "", nullptr, nullptr},
    {"opam", kNot, 0, "", nullptr, nullptr},
    {"otp", kNot, kName | kSubpath, "", nullptr, nullptr},
    {"pub", kNot, kName, "", only_word_characters, nullptr},
    {"pypi", kNot, kName | kVersion, "", underscore_to_dash, nullptr},
    {"qpkg", kReq, kNs, "", nullptr, nullptr},
    {"rpm", kReq, kNs, "", nullptr, nullptr},
    {"swid", kOpt, 0, "tag_id", nullptr, swid_namespace},
    {"swift", kReq, 0, "", nullptr, nullptr},
    {"vcpkg", kNot, 0, "", nullptr, nullptr},
    {"vscode-extension", kReq, kBoth | kVersion, "", nullptr, nullptr},
    {"yocto", kOpt, kNs, "", nullptr, nullptr},
});

static_assert(std::is_sorted(kTypes.begin(), kTypes.end(),
                             [](const PurlType& a, const PurlType& b) { return a.name < b.name; }));

}  // namespace

std::span<const PurlType> purl_types() { return kTypes; }

const PurlType* find_purl_type(std::string_view name) {
  auto found = std::lower_bound(kTypes.begin(), kTypes.end(), name,
                                [](const PurlType& a, std::string_view b) { return a.name < b; });
  return found != kTypes.end() && found->name == name ? &*found : nullptr;
}

}  // namespace bulkhead::model
