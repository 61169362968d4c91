// SPDX-License-Identifier: Apache-2.0
// uri.parse, uri.is_valid and urlquery.*: what Go's net/url makes of a text, which is laxer than
// RFC 3986 in places (hosts) and stricter in others (a colon in a first path segment).
#include <algorithm>
#include <map>

#include "base/text.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::uri {
namespace {

using base::is_alnum;

enum class Part : uint8_t { kPath, kHost, kZone, kUser, kQuery, kFragment };

int hex_digit(char c) {
  if (base::is_digit(c)) return c - '0';
  const char lower = base::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool unreserved(char c) {
  return is_alnum(c) || std::string_view("-_.~").find(c) != std::string_view::npos;
}

// Whether Go writes a byte of this part as %XX.
bool must_escape(char c, Part part) {
  if (unreserved(c)) return false;
  const auto among = [c](std::string_view set) { return set.find(c) != std::string_view::npos; };
  if (part == Part::kHost || part == Part::kZone) return !among("!$&'()*+,;=:[]<>\"");
  if (among("$&+,/:;=?@")) {
    switch (part) {
      case Part::kPath: return c == '?';
      case Part::kUser: return among("@/?:");
      case Part::kFragment: return false;
      default: return true;
    }
  }
  return !(part == Part::kFragment && among("!()*"));
}

base::Result<std::string> unescape(std::string_view text, Part part) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return failed("invalid URL escape");
      if (part == Part::kHost && high < 8 && text.substr(i, 3) != "%25") {
        return failed("invalid URL escape in a host");
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && part == Part::kQuery) {
      out += ' ';
    } else {
      if ((part == Part::kHost || part == Part::kZone) && static_cast<unsigned char>(c) < 0x80 &&
          must_escape(c, part)) {
        return failed("invalid character in a host name");
      }
      out += c;
    }
  }
  return out;
}

std::string escape(std::string_view text, Part part) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c == ' ' && part == Part::kQuery) {
      out += '+';
    } else if (must_escape(c, part)) {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 0xf];
    } else {
      out += c;
    }
  }
  return out;
}

struct Url {
  std::string scheme, host, path, raw_path, query, fragment;
};

// Takes "scheme:" off the front; nothing when there is none.
base::Result<std::string> take_scheme(std::string_view& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (base::is_alpha(c)) continue;
    if (base::is_digit(c) || c == '+' || c == '-' || c == '.') {
      if (i == 0) return std::string();
    } else if (c == ':') {
      if (i == 0) return failed("missing protocol scheme");
      std::string scheme = base::lower(text.substr(0, i));
      text.remove_prefix(i + 1);
      return scheme;
    } else {
      return std::string();
    }
  }
  return std::string();
}

bool valid_port(std::string_view port) {
  return port.empty() || (port[0] == ':' && std::ranges::all_of(port.substr(1), base::is_digit));
}

base::Result<std::string> parse_host(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t end = host.rfind(']');
    if (end == std::string_view::npos) return failed("missing ']' in host");
    if (!valid_port(host.substr(end + 1))) return failed("invalid port after host");
    const size_t zone = host.substr(0, end).find("%25");
    if (zone != std::string_view::npos) {
      std::string out = TRY(unescape(host.substr(0, zone), Part::kHost));
      out += TRY(unescape(host.substr(zone, end - zone), Part::kZone));
      out += TRY(unescape(host.substr(end), Part::kHost));
      return out;
    }
  } else if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    if (!valid_port(host.substr(colon))) return failed("invalid port after host");
  }
  return unescape(host, Part::kHost);
}

base::Result<std::string> parse_authority(std::string_view authority) {
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return parse_host(authority);
  const std::string_view user = authority.substr(0, at);
  for (const char c : user) {
    if (!is_alnum(c) && std::string_view("-._:~!$&'()*+,;=%@").find(c) == std::string_view::npos) {
      return failed("invalid userinfo");
    }
  }
  TRY(unescape(user, Part::kUser));
  return parse_host(authority.substr(at + 1));
}

base::Result<Url> parse(std::string_view text) {
  Url url;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return failed("control character in URL");
  }
  if (const auto parts = base::cut(text, "#")) {
    url.fragment = TRY(unescape(parts->second, Part::kFragment));
    text = parts->first;
  }
  url.scheme = TRY(take_scheme(text));
  if (const auto parts = base::cut(text, "?")) {
    url.query = std::string(parts->second);
    text = parts->first;
  }
  if (!text.starts_with('/')) {
    if (!url.scheme.empty()) return url;  // opaque: mailto:someone
    if (text.substr(0, text.find('/')).find(':') != std::string_view::npos) {
      return failed("first path segment in URL cannot contain colon");
    }
  }
  if (text.starts_with("//") && (!url.scheme.empty() || !text.starts_with("///"))) {
    text.remove_prefix(2);
    const size_t slash = std::min(text.find('/'), text.size());
    url.host = TRY(parse_authority(text.substr(0, slash)));
    text.remove_prefix(slash);
  }
  url.path = TRY(unescape(text, Part::kPath));
  url.raw_path = escape(url.path, Part::kPath) == text ? url.path : std::string(text);
  return url;
}

// Host name and port of "host:port", "[v6]:port".
std::pair<std::string, std::string> split_host(std::string_view host) {
  std::string_view port;
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && valid_port(host.substr(colon))) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(port)};
}

BuiltinResult uri_parse(Arguments arguments, CallContext&) {
  const Url url = TRY(parse(TRY(text_argument(arguments, 0))));
  const auto [hostname, port] = split_host(url.host);
  Term::Object out;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out.members.emplace_back(name, value);
  };
  add("scheme", url.scheme);
  add("hostname", hostname);
  add("port", port);
  add("path", url.path);
  add("raw_path", url.raw_path);
  add("raw_query", url.query);
  add("fragment", url.fragment);
  return Term(std::move(out));
}

BuiltinResult uri_is_valid(Arguments arguments, CallContext&) {
  const std::string* text = arguments[0].string();
  return Term(text != nullptr && !text->empty() && parse(*text).has_value());
}

BuiltinResult query_encode(Arguments arguments, CallContext&) {
  return Term(escape(TRY(text_argument(arguments, 0)), Part::kQuery));
}

BuiltinResult query_decode(Arguments arguments, CallContext&) {
  return Term(TRY(unescape(TRY(text_argument(arguments, 0)), Part::kQuery)));
}

BuiltinResult query_encode_object(Arguments arguments, CallContext&) {
  std::map<std::string, std::vector<std::string>> sorted;
  for (const auto& [key, value] : TRY(object_argument(arguments, 0))) {
    auto& values = sorted[key.string() ? *key.string() : term_to_json(key)];
    if (value.string()) {
      values = {*value.string()};
      continue;
    }
    const auto* items = value.collection();
    if (!items) return failed("operand 1 values must be string, array[string], or set[string]");
    for (const Term& item : *items) {
      if (!item.string()) {
        return failed("operand 1 values must be string, array[string], or set[string]");
      }
      values.push_back(*item.string());
    }
  }
  std::string out;
  for (const auto& [key, values] : sorted) {
    for (const std::string& value : values) {
      if (!out.empty()) out += '&';
      out += escape(key, Part::kQuery) + "=" + escape(value, Part::kQuery);
    }
  }
  return Term(std::move(out));
}

BuiltinResult query_decode_object(Arguments arguments, CallContext&) {
  std::map<std::string, Term::Array> sorted;
  for (const std::string_view pair : base::split(TRY(text_argument(arguments, 0)), '&')) {
    if (pair.find(';') != std::string_view::npos) return failed("invalid semicolon separator");
    if (pair.empty()) continue;
    const auto parts = base::cut(pair, "=");
    std::string key = TRY(unescape(parts ? parts->first : pair, Part::kQuery));
    std::string value = TRY(unescape(parts ? parts->second : "", Part::kQuery));
    sorted[std::move(key)].items.emplace_back(std::move(value));
  }
  Term::Object out;
  for (auto& [key, values] : sorted) out.members.emplace_back(key, std::move(values));
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {
    {"uri.parse", 1, uri_parse},
    {"uri.is_valid", 1, uri_is_valid},
    {"urlquery.encode", 1, query_encode},
    {"urlquery.decode", 1, query_decode},
    {"urlquery.encode_object", 1, query_encode_object},
    {"urlquery.decode_object", 1, query_decode_object},
};

}  // namespace

extern constinit const Family descriptor = {"uri", "URIs and their queries", kBuiltins};

}  // namespace bulkhead::policy::builtins::uri
