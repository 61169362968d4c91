// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_registry.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "base/check.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::testing {
namespace {

using net::ServerRequest;
using net::ServerResponse;

std::unique_ptr<net::HttpServer> start(net::Handler handler) {
  net::ServerOptions options;
  options.threads = 4;
  options.stop_grace_ms = 200;
  auto server = net::HttpServer::start(options, std::move(handler));
  CHECK(server.has_value());
  return std::move(server).value();
}

std::string address(const std::unique_ptr<net::HttpServer>& server) {
  return "127.0.0.1:" + std::to_string(server->port());
}

ServerResponse refuse(int status, std::string_view code, std::string_view message) {
  ServerResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  base::json::Writer json(0);
  json.begin_object().key("errors").begin_array().begin_object();
  json.member("code", code).member("message", message);
  json.end_object().end_array().end_object();
  response.body = std::move(json).take();
  return response;
}

std::string basic(const std::string& username, const std::string& password) {
  std::string pair = username + ":" + password;
  return "Basic " + base::to_base64(base::as_bytes(pair));
}

// A part of a blob, as fast as told, breaking where told.
class BlobSource final : public base::Source {
 public:
  BlobSource(std::string bytes, size_t break_after, uint32_t delay_ms)
      : bytes_(std::move(bytes)),
        left_(break_after == 0 ? SIZE_MAX : break_after),
        delay_ms_(delay_ms) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    if (delay_ms_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms_));
    size_t count = std::min({out.size(), bytes_.size() - at_, left_});
    if (count == 0 && at_ != bytes_.size()) {
      return base::Error(base::Code::kIo, "broken on purpose");
    }
    auto view = base::as_bytes(bytes_).subspan(at_, count);
    std::copy(view.begin(), view.end(), out.begin());
    at_ += count;
    left_ -= count;
    return count;
  }

 private:
  std::string bytes_;
  size_t at_ = 0;
  size_t left_;
  uint32_t delay_ms_;
};

}  // namespace

FakeRegistry::FakeRegistry() {
  tokens_server_ = start([this](const ServerRequest& request) { return serve_token(request); });
  storage_server_ = start([this](const ServerRequest& request) { return serve_storage(request); });
  server_ = start([this](const ServerRequest& request) { return serve(request); });
}

FakeRegistry::~FakeRegistry() = default;

std::string FakeRegistry::host() const { return address(server_); }

void FakeRegistry::set(Behaviour behaviour) {
  std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

std::string FakeRegistry::add_blob(std::string bytes) {
  std::string digest = crypto::sha256_digest(base::as_bytes(bytes));
  std::lock_guard lock(mutex_);
  blobs_[digest] = std::move(bytes);
  return digest;
}

std::string FakeRegistry::add_manifest(const std::string& repository, const std::string& tag,
                                       const std::string& media_type, std::string bytes) {
  std::string digest = crypto::sha256_digest(base::as_bytes(bytes));
  std::lock_guard lock(mutex_);
  if (!tag.empty()) manifests_[repository + ":" + tag] = {media_type, bytes};
  manifests_[repository + "@" + digest] = {media_type, std::move(bytes)};
  return digest;
}

void FakeRegistry::add_layout(const std::string& directory, const std::string& repository) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory + "/blobs")) {
    if (!file.is_regular_file()) continue;
    std::string bytes = base::read_file(file.path(), 1ull << 30).value();
    // Any blob with a media type may be a manifest; who asks knows which are.
    if (auto document = base::json::Document::parse(bytes)) {
      auto type = document->root()["mediaType"].string();
      add_manifest(repository, "",
                   std::string(type.value_or("application/vnd.oci.image.manifest.v1+json")), bytes);
    }
    add_blob(std::move(bytes));
  }
  auto index = base::read_file(directory + "/index.json", 64 << 20).value();
  auto document = base::json::Document::parse(index);
  CHECK(document.has_value());
  document->root()["manifests"].each([&](base::json::Value entry) {
    std::string tag(entry["annotations"]["org.opencontainers.image.ref.name"].string_or("latest"));
    std::string digest(entry["digest"].string_or(""));
    add_manifest(repository, tag, std::string(entry["mediaType"].string_or("")), blobs_[digest]);
  });
}

std::vector<std::string> FakeRegistry::log() const {
  std::lock_guard lock(mutex_);
  return log_;
}

size_t FakeRegistry::count(std::string_view part) const {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::ranges::count_if(
      log_, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

void FakeRegistry::clear_log() {
  std::lock_guard lock(mutex_);
  log_.clear();
}

void FakeRegistry::note(std::string_view who, const ServerRequest& request, int status) {
  std::string line(who);
  line.append(request.method).append(" ").append(request.path());
  if (request.headers.has("Authorization")) line += " auth";
  if (request.headers.has("Range")) line += " range";
  log_.push_back(line + " -> " + std::to_string(status));
}

ServerResponse FakeRegistry::serve(const ServerRequest& request) {
  std::lock_guard lock(mutex_);
  ServerResponse response = answer(request);
  note("", request, response.status);
  return response;
}

ServerResponse FakeRegistry::answer(const ServerRequest& request) {
  if (behaviour_.busy_answers > 0) {
    --behaviour_.busy_answers;
    ServerResponse busy = refuse(behaviour_.busy_status, "TOOMANYREQUESTS", "pull rate limit");
    if (!behaviour_.retry_after.empty()) busy.headers.set("Retry-After", behaviour_.retry_after);
    return busy;
  }
  if (!may_read(request)) return challenge();
  std::string_view path = request.path();
  if (path == "/v2/") return ServerResponse::text(200, "{}");
  if (!path.starts_with("/v2/")) return refuse(404, "NOT_FOUND", "no such page");
  path.remove_prefix(4);
  for (std::string_view kind : {"/manifests/", "/blobs/"}) {
    auto parts = base::cut_last(path, kind);
    if (!parts) continue;
    std::string name(parts->first);
    return kind == "/blobs/" ? blob(request, std::string(parts->second))
                             : manifest(request, name, std::string(parts->second));
  }
  return refuse(404, "UNSUPPORTED", "no such operation");
}

ServerResponse FakeRegistry::manifest(const ServerRequest& request, const std::string& repository,
                                      const std::string& selector) {
  if (behaviour_.no_head && request.method == "HEAD") return refuse(405, "UNSUPPORTED", "no HEAD");
  bool by_digest = selector.find(':') != std::string::npos;
  auto found = manifests_.find(repository + (by_digest ? "@" : ":") + selector);
  if (found == manifests_.end()) {
    return refuse(404, "MANIFEST_UNKNOWN", "manifest unknown");
  }
  ServerResponse response;
  response.headers.set("Content-Type", found->second.media_type);
  std::string digest = crypto::sha256_digest(base::as_bytes(found->second.bytes));
  if (!behaviour_.wrong_digest_header.empty()) digest = behaviour_.wrong_digest_header;
  if (!behaviour_.no_digest_header) response.headers.set("Docker-Content-Digest", digest);
  response.body = found->second.bytes;
  return response;
}

ServerResponse FakeRegistry::blob(const ServerRequest& request, const std::string& digest) {
  auto found = blobs_.find(digest);
  if (found == blobs_.end()) return refuse(404, "BLOB_UNKNOWN", "blob unknown to registry");
  if (behaviour_.redirect_blobs && request.path().starts_with("/v2/")) {
    ServerResponse away;
    away.status = 307;
    away.headers.set("Location",
                     "http://" + address(storage_server_) + "/" + digest + "?signature=s3cret");
    return away;
  }
  std::string bytes = found->second;
  if (behaviour_.spoil_blobs && !bytes.empty()) bytes.back() = static_cast<char>(~bytes.back());
  if (behaviour_.cut_blobs && !bytes.empty()) bytes.pop_back();

  ServerResponse response;
  response.headers.set("Content-Type", "application/octet-stream");
  auto range = request.headers.value_or("Range", "");
  if (range.starts_with("bytes=") && range.ends_with("-") && !behaviour_.ignore_ranges) {
    size_t start = base::to_number<size_t>(range.substr(6, range.size() - 7)).value_or(0);
    if (start >= bytes.size()) return refuse(416, "RANGE_INVALID", "range out of bounds");
    response.status = 206;
    response.headers.set("Content-Range", "bytes " + std::to_string(start) + "-" +
                                              std::to_string(bytes.size() - 1) + "/" +
                                              std::to_string(bytes.size()));
    bytes.erase(0, start);
  }
  response.stream_bytes = bytes.size();
  response.stream = std::make_unique<BlobSource>(std::move(bytes), behaviour_.break_blobs_after,
                                                 behaviour_.piece_delay_ms);
  return response;
}

ServerResponse FakeRegistry::serve_storage(const ServerRequest& request) {
  std::lock_guard lock(mutex_);
  ServerResponse response;
  if (request.headers.has("Authorization")) {
    response = ServerResponse::text(400, "two kinds of authorization\n");  // as object stores do
  } else if (request.query_value("signature") != "s3cret") {
    response = ServerResponse::text(403, "no signature\n");
  } else {
    response = blob(request, std::string(request.path().substr(1)));
  }
  note("storage:", request, response.status);
  return response;
}

bool FakeRegistry::may_read(const ServerRequest& request) {
  std::string given(request.headers.value_or("Authorization", ""));
  switch (behaviour_.auth) {
    case Auth::kNone: return true;
    case Auth::kNegotiate: return false;
    case Auth::kBasic: return given == basic(behaviour_.username, behaviour_.password);
    case Auth::kBearer: break;
  }
  if (!given.starts_with("Bearer ")) return false;
  auto token = tokens_.find(given.substr(7));
  return token != tokens_.end() && token->second-- > 0;
}

ServerResponse FakeRegistry::challenge() const {
  ServerResponse response = refuse(401, "UNAUTHORIZED", "authentication required");
  std::string realm =
      behaviour_.realm.empty() ? "http://" + address(tokens_server_) + "/token" : behaviour_.realm;
  response.headers.set("WWW-Authenticate",
                       behaviour_.auth == Auth::kBasic ? "Basic realm=\"registry\""
                       : behaviour_.auth == Auth::kNegotiate
                           ? "Negotiate"
                           : "Bearer realm=\"" + realm + "\",service=\"fake registry\"");
  return response;
}

ServerResponse FakeRegistry::token_for(const ServerRequest& request,
                                       std::string_view authorization) {
  bool known = authorization == basic(behaviour_.username, behaviour_.password);
  if (request.method == "POST") {
    if (behaviour_.identity_token.empty()) return refuse(404, "UNSUPPORTED", "no OAuth2 here");
    std::string wanted = "refresh_token=" + behaviour_.identity_token;
    known = request.body.find("grant_type=refresh_token") != std::string::npos &&
            request.body.find("service=fake%20registry") != std::string::npos &&
            request.body.find(wanted) != std::string::npos;
  } else if (request.query_value("service") != "fake registry" ||
             !request.query_value("scope").value_or("").starts_with("repository:")) {
    return refuse(400, "INVALID", "service or scope is missing");
  }
  bool anonymous = authorization.empty() && request.method == "GET" && behaviour_.anonymous_pull;
  if (!known && !anonymous) return refuse(401, "UNAUTHORIZED", "incorrect username or password");
  std::string token = "token-" + std::to_string(++token_count_);
  tokens_[token] = behaviour_.tokens_expire ? 1 : 1'000'000;
  ServerResponse response;
  response.headers.set("Content-Type", "application/json");
  response.body = "{\"" + std::string(request.method == "POST" ? "access_token" : "token") +
                  "\":\"" + token +
                  "\",\"expires_in\":" + std::to_string(behaviour_.token_lifetime_s) + "}";
  return response;
}

ServerResponse FakeRegistry::serve_token(const ServerRequest& request) {
  std::lock_guard lock(mutex_);
  ServerResponse response = token_for(request, request.headers.value_or("Authorization", ""));
  note("token:", request, response.status);
  return response;
}

}  // namespace bulkhead::testing
