// SPDX-License-Identifier: Apache-2.0
// Locations as git writes them (git-fetch(1), GIT URLS) and names of refs
// (git-check-ref-format(1)). Hosts, users and paths that begin with '-' are refused although no
// program is run with them: such a URL is an attack on somebody.
#include "gitsync/location.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "net/url.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

Error invalid(std::string message) { return Error(Code::kInvalid, std::move(message)); }

bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '-') return false;
  return std::ranges::all_of(host, [](char c) {
    return base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

bool is_user(std::string_view user) {
  if (user.empty() || user.size() > 64 || user.front() == '-') return false;
  return std::ranges::all_of(user, [](char c) {
    return base::is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
  });
}

Result<Location> http_location(const Remote& remote) {
  auto url = TRY_AT("repository URL", net::Url::parse(remote.url));
  if (!url.user.empty() || !url.password.empty()) {
    return invalid(
        "repository URL with a user or password in it: put the token into a file and "
        "name that");
  }
  if (!url.query.empty()) return invalid("repository URL with a query");
  if (url.scheme == "http" && !url.is_loopback() && !remote.insecure) {
    return Error(Code::kDenied, url.display() +
                                    ": plain http would let anybody on the way choose "
                                    "the policy; use https, or insecure");
  }
  Location out;
  out.kind = Location::Kind::kHttp;
  out.url = url.to_string();
  while (out.url.ends_with('/')) out.url.pop_back();
  if (out.url.size() > 400) return invalid("repository URL of more than 400 bytes");
  return out;
}

Result<Location> checked_ssh(Location out) {
  if (!is_host(out.host)) return invalid("SSH repository without a usable host name");
  if (!is_user(out.user))
    return invalid("SSH repository: \"git@HOST:PATH\" needs a usable user name");
  if (out.path.empty() || out.path.front() == '-' || out.path.size() > 4096) {
    return invalid("SSH repository without a usable path");
  }
  return out;
}

// ssh://[user@]host[:port]/path; the path is absolute unless it begins with "/~".
Result<Location> ssh_url_location(std::string_view rest) {
  Location out;
  out.kind = Location::Kind::kSsh;
  auto slash = rest.find('/');
  if (slash == std::string_view::npos) return invalid("SSH repository without a path");
  std::string_view authority = rest.substr(0, slash);
  out.path = rest.substr(slash);
  if (out.path.starts_with("/~")) out.path.erase(0, 1);
  out.user = "git";
  if (auto parts = base::cut_last(authority, "@")) {
    out.user = parts->first;
    authority = parts->second;
    if (out.user.find(':') != std::string::npos) return invalid("SSH URL with a password in it");
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    auto parts = base::cut(authority.substr(1), "]");
    if (!parts) return invalid("SSH repository without a usable host name");
    out.host = parts->first;
    port = parts->second;
    if (!port.empty() && port.front() != ':') return invalid("SSH URL with a broken port");
    if (!port.empty()) port.remove_prefix(1);
  } else if (auto parts = base::cut(authority, ":")) {
    out.host = parts->first;
    port = parts->second;
  } else {
    out.host = authority;
  }
  if (!port.empty()) {
    auto number = base::to_number<uint16_t>(port);
    if (!number || *number == 0) return invalid("SSH URL with a broken port");
    out.port = *number;
  }
  return checked_ssh(std::move(out));
}

// user@host:path
Result<Location> scp_location(std::string_view text) {
  Location out;
  out.kind = Location::Kind::kSsh;
  auto colon = base::cut(text, ":");
  auto at = base::cut_last(colon->first, "@");
  out.user = at->first;
  out.host = at->second;
  out.path = colon->second;
  return checked_ssh(std::move(out));
}

Result<Location> path_location(std::string_view path) {
  if (path.empty()) return invalid("repository without a path");
  std::error_code error;
  // Absolute, because the cache is found by it.
  auto absolute = std::filesystem::absolute(path, error);
  if (error) return invalid("repository: " + error.message());
  Location out;
  out.path = absolute.lexically_normal().string();
  while (out.path.size() > 1 && out.path.ends_with('/')) out.path.pop_back();
  return out;
}

// "user@host:path" with no slash before the colon, as git tells it from a path.
bool is_scp_form(std::string_view text) {
  auto colon = base::cut(text, ":");
  return colon && colon->first.find('/') == std::string_view::npos &&
         colon->first.find('@') != std::string_view::npos;
}

}  // namespace

std::string Location::display() const {
  if (kind == Kind::kHttp) return url;
  if (kind == Kind::kPath) return path;
  std::string shown_host = host.find(':') == std::string::npos ? host : "[" + host + "]";
  std::string out = "ssh://" + user + "@" + shown_host;
  if (port != 22) out += ":" + std::to_string(port);
  return out + (path.starts_with('/') ? "" : "/") + path;
}

Result<Location> parse_location(const Remote& remote) {
  std::string_view text = remote.url;
  if (text.size() > 8192 || has_control(text)) {
    return invalid("repository URL is too long or has control characters");
  }
  if (text.starts_with("https://") || text.starts_with("http://")) return http_location(remote);
  if (text.starts_with("ssh://")) return ssh_url_location(text.substr(6));
  if (text.starts_with("file://")) {
    std::string_view path = text.substr(7);
    if (path.starts_with("localhost/")) path.remove_prefix(9);
    if (!path.starts_with('/')) return invalid("file:// needs an absolute path");
    return path_location(path);
  }
  if (auto scheme = base::cut(text, "://");
      scheme && scheme->first.find('/') == std::string::npos) {
    return Error(Code::kUnsupported, "repositories over " + base::printable(scheme->first, 32) +
                                         ":// are not supported; use https or ssh");
  }
  if (is_scp_form(text)) return scp_location(text);
  return path_location(text);
}

bool is_object_id(std::string_view text) {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) {
           return base::is_digit(c) || (c >= 'a' && c <= 'f');
         });
}

Status check_ref(std::string_view ref) {
  if (ref.empty() || is_object_id(ref)) return {};
  auto bad = [&](std::string_view why) {
    return invalid("ref \"" + base::printable(ref, 200) + "\" " + std::string(why));
  };
  if (ref.size() == 64 && base::from_hex(ref)) {
    return Error(Code::kUnsupported,
                 bad("is of a SHA-256 repository, which is not supported").message());
  }
  if (ref.size() > 255) return bad("is too long");
  if (ref.front() == '-' || ref == "@") return bad("is no name of a branch or tag");
  for (char c : ref) {
    bool bad_byte = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (bad_byte || std::string_view("~^:?*[\\").find(c) != std::string_view::npos) {
      return bad("has characters that no branch or tag has");
    }
  }
  for (std::string_view part : base::split(ref, '/')) {
    if (part.empty() || part.front() == '.' || part.ends_with(".lock") || part.ends_with('.')) {
      return bad("is no name of a branch or tag");
    }
  }
  if (ref.find("..") != std::string_view::npos || ref.find("@{") != std::string_view::npos) {
    return bad("is no name of a branch or tag");
  }
  return {};
}

Status check_subdirectory(std::string_view path) {
  if (path.empty()) return {};
  for (std::string_view part : base::split(path, '/')) {
    if (part.empty() || part == "." || part == "..") {
      return invalid("subdirectory \"" + base::printable(path, 200) +
                     "\" must be a clean path within the repository");
    }
  }
  if (has_control(path) || path.size() > 4096) return invalid("subdirectory is no usable path");
  return {};
}

}  // namespace bulkhead::gitsync
