// SPDX-License-Identifier: Apache-2.0
// Names, versions and origins of npm packages. Names follow validate-npm-package-name's rules for
// names that exist in the registry, versions follow Semantic Versioning 2.0.0 as node-semver reads
// it, integrity is W3C Subresource Integrity.
#include "catalog/npm/names.h"

#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace bulkhead::catalog::npm {
namespace {

constexpr size_t kMaxNameBytes = 255;     // old names reach 214 and a little more
constexpr size_t kMaxVersionBytes = 256;  // node-semver's own limit

bool url_friendly(std::string_view part) {
  for (char c : part) {
    // What encodeURIComponent leaves alone.
    if (!base::is_alnum(c) && std::string_view("-_.!~*'()").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !part.empty();
}

// Takes digits off the front; false when there are none, or they have a leading zero.
bool take_number(std::string_view& text) {
  size_t digits = 0;
  while (digits < text.size() && base::is_digit(text[digits])) ++digits;
  if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
  text.remove_prefix(digits);
  return true;
}

// Dot-separated identifiers of a prerelease or build part, up to a '+' or the end.
bool take_identifiers(std::string_view& text, bool prerelease) {
  while (true) {
    size_t length = 0;
    bool digits = true;
    while (length < text.size() && (base::is_alnum(text[length]) || text[length] == '-')) {
      digits = digits && base::is_digit(text[length]);
      ++length;
    }
    if (length == 0 || (prerelease && digits && length > 1 && text[0] == '0')) return false;
    text.remove_prefix(length);
    if (!text.starts_with('.')) return true;
    text.remove_prefix(1);
  }
}

bool is_semver(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    if (!take_number(text)) return false;
  }
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    if (!take_identifiers(text, true)) return false;
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (!take_identifiers(text, false)) return false;
  }
  return text.empty();
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  for (std::string_view prefix : prefixes) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

// "git+https://github.com/user/repo.git" from the ways of writing it that npm knows.
std::string repository_url(std::string_view url) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kHosts = {
      {{"github:", "github.com"}, {"gitlab:", "gitlab.com"}, {"bitbucket:", "bitbucket.org"}}};
  for (auto [prefix, host] : kHosts) {
    if (!url.starts_with(prefix)) continue;
    std::string path(url.substr(prefix.size()));
    return "git+https://" + std::string(host) + "/" + path + (path.ends_with(".git") ? "" : ".git");
  }
  bool plain = starts_with_any(url, {"http:", "https:", "ssh:"});
  return (plain ? "git+" : "") + std::string(url);
}

bool is_archive(std::string_view path) {
  return path.ends_with(".tgz") || path.ends_with(".tar.gz") || path.ends_with(".tar");
}

}  // namespace

bool valid_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  if (name.starts_with('@')) {
    auto parts = base::cut(name.substr(1), "/");
    return parts && url_friendly(parts->first) && url_friendly(parts->second) &&
           parts->first != "." && parts->first != ".." && parts->second[0] != '.';
  }
  return name[0] != '.' && name[0] != '_' && url_friendly(name) && name != "node_modules" &&
         name != "favicon.ico";
}

std::optional<std::string_view> clean_version(std::string_view version) {
  version = base::trim(version);
  if (version.size() > kMaxVersionBytes) return std::nullopt;
  while (!version.empty() && (version[0] == 'v' || version[0] == '=' || version[0] == ' ')) {
    version.remove_prefix(1);
  }
  if (!is_semver(version)) return std::nullopt;
  return version;
}

model::Package make_package(std::string_view name, std::string_view version) {
  model::Package package;
  package.type = "npm";
  if (auto parts = name.starts_with('@') ? base::cut(name, "/") : std::nullopt) {
    package.name_space = parts->first;
    package.name = parts->second;
  } else {
    package.name = name;
  }
  package.version = version;
  return package;
}

std::string full_name(const model::Package& package) {
  return package.name_space.empty() ? package.name.str() : package.name_space + "/" + package.name;
}

std::string display_id(const model::Package& package) {
  std::string id = full_name(package);
  if (!package.version.empty()) id.append("@").append(package.version);
  return id;
}

std::string digest_of_integrity(std::string_view integrity) {
  constexpr std::array<std::pair<std::string_view, size_t>, 4> kByStrength = {
      {{"sha512", 64}, {"sha384", 48}, {"sha256", 32}, {"sha1", 20}}};
  for (auto [algorithm, bytes] : kByStrength) {
    for (std::string_view entry : base::split(integrity, ' ')) {
      auto parts = base::cut(entry, "-");
      if (!parts || parts->first != algorithm) continue;
      std::string_view value = parts->second.substr(0, parts->second.find('?'));  // options
      auto decoded = base::from_base64(value);
      if (decoded && decoded->size() == bytes) {
        return std::string(algorithm) + ":" + base::to_hex(*decoded);
      }
    }
  }
  return "";
}

bool has_segment(std::string_view path, std::string_view segment) {
  for (size_t at = path.find(segment); at != path.npos; at = path.find(segment, at + 1)) {
    size_t end = at + segment.size();
    if ((at == 0 || path[at - 1] == '/') && (end == path.size() || path[end] == '/')) return true;
  }
  return false;
}

SourceKind source_kind(std::string_view specifier) {
  if (starts_with_any(specifier, {"link:", "workspace:", "portal:", "exec:"})) {
    return SourceKind::kLocal;
  }
  if (specifier.starts_with("file:")) {
    std::string_view path = specifier.substr(0, specifier.find('#'));
    return is_archive(path.substr(0, path.find("::"))) ? SourceKind::kTarball : SourceKind::kLocal;
  }
  if (starts_with_any(specifier, {"git+", "git:", "git@",
                                  "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"})) {
    return SourceKind::kGit;
  }
  if (starts_with_any(specifier, {"http://", "https://"})) {
    std::string_view url = specifier.substr(0, specifier.find('#'));
    url = url.substr(0, url.find('?'));
    if (url.ends_with(".git")) return SourceKind::kGit;
    // A registry serves "<registry>/<name>/-/<name>-<version>.tgz".
    bool registry = url.find("/-/") != url.npos && url.ends_with(".tgz");
    return registry ? SourceKind::kRegistry : SourceKind::kTarball;
  }
  if (is_archive(specifier)) return SourceKind::kTarball;
  if (starts_with_any(specifier, {"./", "../", "/", "~/"})) return SourceKind::kLocal;
  return SourceKind::kRegistry;
}

void set_source(model::Package& package, SourceKind kind, std::string_view url) {
  if (kind == SourceKind::kGit) {
    auto parts = base::cut(url, "#");
    std::string vcs = repository_url(parts ? parts->first : url);
    // A commit stands behind '#' in npm's URLs and behind '@' in vcs_url.
    std::string_view commit = parts ? parts->second : std::string_view();
    if (commit.starts_with("commit=")) commit.remove_prefix(7);
    if (!commit.empty()) vcs.append("@").append(commit);
    package.qualifiers["vcs_url"] = std::move(vcs);
  } else if (kind == SourceKind::kTarball) {
    package.qualifiers["download_url"] = url.substr(0, url.find('#'));
  }
}

std::string_view version_of_archive(std::string_view url, std::string_view name) {
  url = url.substr(0, url.find('#'));
  url = url.substr(0, url.find('?'));
  if (url.starts_with("file:")) url.remove_prefix(5);  // "file:a-1.0.0.tgz" has no slash
  std::string_view file = base::basename(url);
  if (!file.ends_with(".tgz")) return {};
  file.remove_suffix(4);
  std::string_view base_name = name.substr(name.find('/') == name.npos ? 0 : name.find('/') + 1);
  if (!file.starts_with(base_name) || !file.substr(base_name.size()).starts_with('-')) return {};
  return clean_version(file.substr(base_name.size() + 1)).value_or(std::string_view());
}

std::optional<std::pair<std::string_view, std::string_view>> split_descriptor(
    std::string_view text) {
  size_t at = text.find('@', 1);
  if (text.empty() || at == text.npos) return std::nullopt;
  return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::optional<std::pair<std::string_view, std::string_view>> split_alias(std::string_view text) {
  if (!text.starts_with("npm:")) return std::nullopt;
  text.remove_prefix(4);
  // Without a second '@' it is yarn's "npm:^1.2.3": from the registry under its own name.
  auto parts = split_descriptor(text);
  if (!parts || !valid_name(parts->first)) return std::nullopt;
  return parts;
}

}  // namespace bulkhead::catalog::npm
