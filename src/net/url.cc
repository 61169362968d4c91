// SPDX-License-Identifier: Apache-2.0
// URLs over libcurl's own parser: two parsers that disagree about where the host ends are the
// classic way to send credentials to the wrong server.
#include "net/url.h"

#include <arpa/inet.h>

#include <memory>

#include "base/text.h"
#include "net/curl_library.h"

namespace bulkhead::net {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

// libcurl's parser, with one URL in it.
class Parser {
 public:
  static Result<Parser> make() {
    const CurlLibrary* curl = TRY(curl_library());
    Parser out{Handle(curl->url(), Deleter{curl})};
    if (!out.handle_) return Error(Code::kInternal, "out of memory");
    return out;
  }
  // Takes a URL, or a reference to be resolved against the one before.
  Status set(std::string_view text, unsigned flags = 0) {
    CURLUcode code = curl().url_set(handle_.get(), CURLUPART_URL, std::string(text).c_str(), flags);
    if (code == CURLUE_OK) return {};
    return Error(Code::kInvalid, std::string("not a usable URL: ") + curl().url_strerror(code));
  }
  // A part as text; "" when the URL has none.
  std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    CURLUcode code = curl().url_get(handle_.get(), which, &text, flags);
    if (code != CURLUE_OK || text == nullptr) return {};
    std::string out(text);
    curl().free(text);
    return out;
  }

 private:
  struct Deleter {
    const CurlLibrary* curl;
    void operator()(CURLU* handle) const { curl->url_cleanup(handle); }
  };
  using Handle = std::unique_ptr<CURLU, Deleter>;

  explicit Parser(Handle handle) : handle_(std::move(handle)) {}
  const CurlLibrary& curl() const { return *handle_.get_deleter().curl; }

  Handle handle_;
};

bool has_bad_bytes(std::string_view text) {
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return true;
  }
  return false;
}

Result<Url> take_apart(const Parser& parser) {
  Url url;
  url.scheme = parser.part(CURLUPART_SCHEME);
  if (url.scheme != "http" && url.scheme != "https") {
    return Error(Code::kInvalid, "not an http or https URL");
  }
  url.host = base::lower(parser.part(CURLUPART_HOST));
  auto port = base::to_number<uint16_t>(parser.part(CURLUPART_PORT, CURLU_DEFAULT_PORT));
  if (url.host.empty() || !port || *port == 0) {
    return Error(Code::kInvalid, "URL without a usable host and port");
  }
  if (!parser.part(CURLUPART_ZONEID).empty()) {
    return Error(Code::kInvalid, "URL with an IPv6 zone");
  }
  url.port = *port;
  url.path = parser.part(CURLUPART_PATH);
  url.query = parser.part(CURLUPART_QUERY);
  url.user = parser.part(CURLUPART_USER, CURLU_URLDECODE);
  url.password = parser.part(CURLUPART_PASSWORD, CURLU_URLDECODE);
  if (has_bad_bytes(url.host) || has_bad_bytes(url.path) || has_bad_bytes(url.query)) {
    return Error(Code::kInvalid, "URL with spaces or control characters");
  }
  return url;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Error(Code::kInvalid, "URL is too long");
  if (has_bad_bytes(text)) return Error(Code::kInvalid, "URL with spaces or control characters");
  Parser parser = TRY(Parser::make());
  TRY(parser.set(text));
  return take_apart(parser);
}

Result<Url> Url::resolve(std::string_view reference) const {
  if (reference.size() > kMaxBytes) return Error(Code::kInvalid, "URL is too long");
  if (reference.find('\0') != std::string_view::npos) {
    return Error(Code::kInvalid, "URL with control characters");
  }
  Parser parser = TRY(Parser::make());
  TRY(parser.set(to_string()));
  // Servers do send raw spaces in Location; they are encoded rather than refused.
  TRY(parser.set(reference, CURLU_URLENCODE));
  Url out = TRY(take_apart(parser));
  out.user.clear();
  out.password.clear();
  return out;
}

std::string Url::authority() const {
  bool usual = (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
  return usual ? host : host + ":" + std::to_string(port);
}

std::string Url::to_string() const {
  std::string out = scheme + "://" + authority() + path;
  if (!query.empty()) out.append("?").append(query);
  return out;
}

std::string Url::display() const {
  std::string out = scheme + "://" + authority() + path;
  if (!query.empty()) out += "?...";
  return base::printable(out, 500);
}

bool Url::is_loopback_host(std::string_view host) {
  if (base::equals_ignore_case(host, "localhost")) return true;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  std::string text(host);
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kMarks = "-._~";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (base::is_alnum(c) || kMarks.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string redact_urls(std::string_view text) {
  std::string out;
  while (true) {
    size_t mark = text.find("://");
    if (mark == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, mark + 3));
    text.remove_prefix(mark + 3);
    size_t end = text.find_first_of(" \t\r\n\"'<>()");
    std::string_view url = text.substr(0, end);
    text.remove_prefix(url.size());
    std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    std::string_view rest = url.substr(authority.size());
    if (size_t at = authority.rfind('@'); at != std::string_view::npos) {
      authority.remove_prefix(at + 1);
    }
    size_t query = rest.find_first_of("?#");
    out.append(authority).append(rest.substr(0, query));
    if (query != std::string_view::npos) out += "?...";
  }
}

}  // namespace bulkhead::net
