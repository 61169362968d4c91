// SPDX-License-Identifier: Apache-2.0
// Requests and responses of the server as text, apart from the file that includes Boost, so that a
// change here builds in a second.
#include "net/http_message.h"

#include "base/bytes.h"
#include "base/text.h"
#include "net/http_date.h"

namespace bulkhead::net {
namespace {

// RFC 9110 section 15; an unknown status has an empty phrase, which is allowed.
std::string_view reason(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "";
  }
}

bool is_framing(std::string_view name) {
  for (std::string_view own : {"Content-Length", "Transfer-Encoding", "Connection", "Date"}) {
    if (base::equals_ignore_case(name, own)) return true;
  }
  return false;
}

std::optional<std::string> decode_form(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      auto byte = base::from_hex(text.substr(i + 1, 2));
      if (!byte) return std::nullopt;
      out += static_cast<char>((*byte)[0]);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string_view ServerRequest::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view ServerRequest::query() const {
  size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::optional<std::string> ServerRequest::query_value(std::string_view name) const {
  for (std::string_view field : base::split(query(), '&')) {
    auto pair = base::cut(field, "=").value_or(std::pair(field, std::string_view()));
    if (decode_form(pair.first) == name) return decode_form(pair.second);
  }
  return std::nullopt;
}

ServerResponse ServerResponse::text(int status, std::string_view body) {
  ServerResponse response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = body;
  return response;
}

std::string head_of(const ServerResponse& response, const Plan& plan, base::UnixTime now) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason(response.status);
  head += "\r\nDate: " + format_http_date(now) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    // A handler may have put something of the request into a field: never a way to split responses.
    if (is_framing(name) || !Headers::is_valid_name(name) || !Headers::is_valid_value(value)) {
      continue;
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (plan.framing == Framing::kLength) {
    uint64_t bytes = response.stream ? *response.stream_bytes : response.body.size();
    // The answer to HEAD may announce a body that the handler did not make.
    auto own = base::to_number<uint64_t>(response.headers.value_or("Content-Length", ""));
    if (!plan.send_body && own && bytes == 0) bytes = *own;
    head += "Content-Length: " + std::to_string(bytes) + "\r\n";
  }
  if (plan.framing == Framing::kChunked) head += "Transfer-Encoding: chunked\r\n";
  if (!plan.keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string chunk_head(size_t bytes) {
  std::string out;
  do {
    out.insert(out.begin(), "0123456789abcdef"[bytes % 16]);
    bytes /= 16;
  } while (bytes != 0);
  return out + "\r\n";
}

}  // namespace bulkhead::net
