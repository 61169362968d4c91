// SPDX-License-Identifier: Apache-2.0
// Manifests and blobs by GET, in the order mirrors, then the registry. Digests are checked by
// whoever reads (of a mirror here already, mirror.h); here sizes are, and that a descriptor cannot
// lead the request astray. OCI distribution specification v1.1, sections "Pulling manifests" and
// "Pulling blobs".
#include "oci/registry.h"

#include <mutex>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/url.h"
#include "oci/manifest.h"
#include "oci/mirror.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint64_t kMaxErrorBytes = 64 * 1024;
constexpr uint32_t kManifestTimeoutMs = 120'000;
constexpr uint32_t kProbeTimeoutMs = 10'000;
constexpr std::string_view kAccept =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

bool is_foreign(std::string_view media_type) {
  return media_type.starts_with("application/vnd.docker.image.rootfs.foreign.") ||
         media_type.starts_with("application/vnd.oci.image.layer.nondistributable.");
}

std::string_view media_type_of(const net::Headers& headers) {
  std::string_view type = headers.value_or("Content-Type", "");
  return base::trim(type.substr(0, type.find(';')));
}

// The announced digest; "" when there is none that could be checked.
std::string digest_header(const net::Headers& headers) {
  auto digest = crypto::Digest::parse(headers.value_or("Docker-Content-Digest", ""));
  return digest ? digest->to_string() : std::string();
}

// " (code: message)" of the first error in a refusal's body (specification, "Error codes").
std::string said(std::string_view body) {
  auto document = base::json::Document::parse(body);
  if (!document) return {};
  std::string out;
  document->root()["errors"].each([&](base::json::Value error) {
    if (!out.empty()) return;
    out = " (" + base::printable(base::lower(error["code"].string_or("error")), 50);
    std::string_view message = error["message"].string_or("");
    if (!message.empty()) out += ": " + base::printable(message, 300);
    out += ")";
  });
  return out;
}

}  // namespace

struct Registry::Endpoint {
  std::string host;        // with port: where requests go
  std::string name;        // as people call it, and as credential files do
  std::string repository;  // with a mirror's prefix
  bool is_mirror = false;
  bool may_be_plain = false;  // asked for by name
  std::string scheme;         // "" until decided
  std::function<Result<FoundCredentials>()> credentials;
  std::shared_ptr<TokenCache> tokens;

  std::mutex mutex;  // guards what follows
  std::shared_ptr<RegistryAuth> auth;
  std::string dead;  // why a mirror is not asked again

  std::string base_url() const { return scheme + "://" + host; }
};

namespace {

// "http://host:port/prefix" and the like, for one repository.
Result<std::unique_ptr<Registry::Endpoint>> parse_mirror(std::string_view text,
                                                         const std::string& repository) {
  auto endpoint = std::make_unique<Registry::Endpoint>();
  endpoint->is_mirror = true;
  std::string_view rest = text;
  if (auto parts = base::cut(text, "://")) {
    rest = parts->second;
    endpoint->scheme = parts->first;
    endpoint->may_be_plain = parts->first == "http";
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  auto parsed = Reference::parse(std::string(rest) + "/" + repository);
  bool scheme_known =
      endpoint->scheme.empty() || endpoint->scheme == "http" || endpoint->scheme == "https";
  std::string_view host = rest.substr(0, rest.find('/'));
  if (!parsed || !scheme_known || !base::equals_ignore_case(parsed->registry, host)) {
    return Error(Code::kInvalid, "mirror '" + base::printable(text, 200) +
                                     "' is not of the form [http://]host[:port][/prefix]");
  }
  endpoint->host = endpoint->name = parsed->registry;
  endpoint->repository = parsed->repository;
  return endpoint;
}

Error explain(const Registry::Endpoint& endpoint, const RegistryAuth& auth, const std::string& what,
              const net::HttpResponse& response) {
  std::string detail = " (status " + std::to_string(response.status) + ")" + said(response.body);
  switch (response.status) {
    case 401:
    case 403:
      return Error(Code::kDenied,
                   what + ": denied by " + endpoint.name + detail + "; " + auth.advice());
    case 404:
      return Error(Code::kNotFound, what + ": " + endpoint.name + " does not have it" + detail);
    case 429: {
      std::string wait(response.headers.value_or("Retry-After", ""));
      std::string wait_text = base::to_number<uint64_t>(wait) ? "in " + wait + " seconds" : "later";
      return Error(Code::kNetwork, what + ": " + endpoint.name + " limits how often it is asked" +
                                       detail + "; try again " + wait_text +
                                       ", use a mirror, or log in for a higher limit");
    }
    default: return Error(Code::kNetwork, what + ": " + endpoint.name + " answered" + detail);
  }
}

// A registry that speaks plain http where https was tried: say what to do about it.
Error hint(Error error, const Registry::Endpoint& endpoint) {
  bool plain = error.message().find("wrong version number") != std::string::npos;
  if (!plain || endpoint.scheme != "https") return error;
  return Error(error.code(), error.message() + " (" + endpoint.name +
                                 " seems to speak plain http, which has to be allowed by name)");
}

}  // namespace

Registry::Registry(Reference reference, net::HttpClient client,
                   std::vector<std::unique_ptr<Endpoint>> endpoints)
    : reference_(std::move(reference)),
      client_(std::move(client)),
      endpoints_(std::move(endpoints)) {}

Registry::~Registry() = default;

Result<std::unique_ptr<Registry>> Registry::open(const Reference& reference,
                                                 RegistryOptions options, net::HttpClient client) {
  if (!options.tokens) options.tokens = std::make_shared<TokenCache>();
  std::vector<std::unique_ptr<Endpoint>> endpoints;
  for (const std::string& mirror : options.mirrors) {
    endpoints.push_back(TRY(parse_mirror(mirror, reference.repository)));
  }
  auto origin = std::make_unique<Endpoint>();
  origin->name = reference.registry;
  origin->host = reference.registry == "docker.io" ? "registry-1.docker.io" : reference.registry;
  origin->repository = reference.repository;
  origin->may_be_plain = options.plain_http;
  if (options.plain_http) origin->scheme = "http";
  endpoints.push_back(std::move(origin));

  for (auto& endpoint : endpoints) {
    endpoint->tokens = options.tokens;
    if (options.credentials && !endpoint->is_mirror) {
      FoundCredentials given{*options.credentials, {}};
      if (given.credentials.source.empty()) given.credentials.source = "the command line";
      endpoint->credentials = [given] { return Result<FoundCredentials>(given); };
    } else {
      endpoint->credentials = [files = options.auth_files, name = endpoint->name,
                               repository = endpoint->repository] {
        return find_credentials(files, name, repository);
      };
    }
  }
  return std::make_unique<Registry>(reference, std::move(client), std::move(endpoints));
}

// Decides between http and https, once, and makes the endpoint's authorizer.
Status Registry::prepare(Endpoint& endpoint) {
  std::lock_guard lock(endpoint.mutex);
  if (endpoint.auth) return {};
  if (endpoint.scheme.empty()) {
    endpoint.scheme = "https";
    net::Url url = TRY(net::Url::parse("https://" + endpoint.host + "/"));
    if (url.is_loopback()) {
      // Asking without credentials over loopback gives nothing away. A TLS server answers 400 or
      // breaks the connection; one that redirects to https is taken by its word.
      net::HttpRequest probe;
      probe.url = "http://" + endpoint.host + "/v2/";
      probe.total_timeout_ms = kProbeTimeoutMs;
      probe.max_bytes = kMaxErrorBytes;
      auto answer = client_.fetch(probe);
      bool plain = answer && answer->status != 400 && answer->shown_url.starts_with("http://");
      if (plain) endpoint.scheme = "http";
    }
  }
  RegistryAuth::Settings settings;
  settings.registry = endpoint.name;
  settings.repository = endpoint.repository;
  settings.secure = endpoint.scheme == "https";
  settings.credentials = endpoint.credentials;
  settings.tokens = endpoint.tokens;
  endpoint.auth = std::make_shared<RegistryAuth>(client_, std::move(settings));
  return {};
}

// The first answer of the endpoints in order. A mirror that cannot be reached is not asked again;
// one that has not got the thing is, for the next.
template <typename Use>
auto Registry::with_endpoints(Use use) -> decltype(use(std::declval<Endpoint&>())) {
  std::string failures;
  for (auto& endpoint : endpoints_) {
    if (endpoint->is_mirror) {
      std::lock_guard lock(endpoint->mutex);
      if (!endpoint->dead.empty()) {
        failures += "; mirror " + endpoint->dead;
        continue;
      }
    }
    auto attempt = [&]() -> decltype(use(*endpoint)) {
      TRY(prepare(*endpoint));
      return use(*endpoint);
    };
    auto result = attempt();
    if (result) return result;
    Error error = hint(std::move(result).error(), *endpoint);
    if (!endpoint->is_mirror) return Error(error.code(), error.message() + failures);
    std::string failure = base::printable(endpoint->name + ": " + error.message(), 500);
    failures += "; mirror " + failure;
    std::lock_guard lock(endpoint->mutex);
    if (error.code() != Code::kNotFound) endpoint->dead = std::move(failure);
  }
  return Error(Code::kInternal, "no registry to ask");
}

net::HttpRequest Registry::request(const Endpoint& endpoint, const std::string& path) const {
  net::HttpRequest out;
  out.url = endpoint.base_url() + "/v2/" + endpoint.repository + path;
  out.authorizer = endpoint.auth;
  return out;
}

Result<net::HttpResponse> Registry::ask_manifest(Endpoint& endpoint, net::Method method,
                                                 const std::string& selector, uint64_t size) {
  net::HttpRequest wanted = request(endpoint, "/manifests/" + selector);
  wanted.method = method;
  wanted.headers.set("Accept", kAccept);
  wanted.max_bytes = kMaxManifestBytes;
  wanted.total_timeout_ms = kManifestTimeoutMs;
  if (size != 0) wanted.expected_bytes = size;
  std::string what = "manifest " + selector + " of " + endpoint.name + "/" + endpoint.repository;
  auto response = TRY_AT(what, client_.fetch(wanted));
  if (response.status != 200) return explain(endpoint, *endpoint.auth, what, response);
  if (endpoint.is_mirror && method == net::Method::kGet) {
    bool by_digest = crypto::Digest::parse(selector).has_value();
    std::string digest = by_digest ? selector : digest_header(response.headers);
    TRY_AT(what, check_mirrored_manifest(response.body, media_type_of(response.headers), digest));
  }
  return response;
}

Result<RootDocument> Registry::root() {
  return with_endpoints([&](Endpoint& endpoint) -> Result<RootDocument> {
    auto response = TRY(ask_manifest(endpoint, net::Method::kGet, reference_.selector(), 0));
    RootDocument out;
    out.media_type = media_type_of(response.headers);
    out.digest = reference_.digest.empty() ? digest_header(response.headers) : reference_.digest;
    out.bytes = std::move(response.body);
    return out;
  });
}

Result<std::string> Registry::manifest(const Descriptor& descriptor) {
  auto digest = TRY_AT("manifest", crypto::Digest::parse(descriptor.digest)).to_string();
  if (descriptor.size > kMaxManifestBytes) {
    return Error(Code::kLimit, "manifest " + digest + " is larger than 4 MiB");
  }
  return with_endpoints([&](Endpoint& endpoint) -> Result<std::string> {
    return TRY(ask_manifest(endpoint, net::Method::kGet, digest, descriptor.size)).body;
  });
}

Result<Descriptor> Registry::resolve() {
  return with_endpoints([&](Endpoint& endpoint) -> Result<Descriptor> {
    Descriptor out;
    auto head = ask_manifest(endpoint, net::Method::kHead, reference_.selector(), 0);
    if (head) {
      out.media_type = media_type_of(head->headers);
      out.digest = digest_header(head->headers);
      out.size =
          base::to_number<uint64_t>(head->headers.value_or("Content-Length", "")).value_or(0);
    }
    if (!out.digest.empty() && out.size != 0) return out;
    // No HEAD here, or one that says too little: the document itself says it, and why not.
    auto response = TRY(ask_manifest(endpoint, net::Method::kGet, reference_.selector(), 0));
    out.media_type = media_type_of(response.headers);
    out.digest = crypto::sha256_digest(base::as_bytes(response.body));
    out.size = response.body.size();
    return out;
  });
}

Result<std::unique_ptr<net::HttpSource>> Registry::open_blob(Endpoint& endpoint,
                                                             const Descriptor& descriptor) {
  net::HttpRequest wanted = request(endpoint, "/blobs/" + descriptor.digest);
  wanted.immutable = true;
  if (descriptor.size != 0) wanted.expected_bytes = descriptor.size;
  std::string what =
      "blob " + descriptor.digest + " of " + endpoint.name + "/" + endpoint.repository;
  auto source = TRY_AT(what, client_.open(std::move(wanted)));
  net::HttpResponse response = source->response();
  if (response.status == 200) return source;
  if (auto body = base::read_all(*source, kMaxErrorBytes)) response.body = base::as_text(*body);
  return explain(endpoint, *endpoint.auth, what, response);
}

Result<OpenedBlob> Registry::blob(const Descriptor& descriptor) {
  // Also keeps a hostile manifest from writing its own path into the request.
  TRY_AT("blob", crypto::Digest::parse(descriptor.digest));
  if (is_foreign(descriptor.media_type)) {
    return Error(Code::kUnsupported, "layer " + descriptor.digest +
                                         " is foreign: it is not distributed by the registry and "
                                         "was not read");
  }
  return with_endpoints([&](Endpoint& endpoint) -> Result<OpenedBlob> {
    auto source = TRY(open_blob(endpoint, descriptor));
    if (endpoint.is_mirror) return mirrored_blob(std::move(source), descriptor, endpoint.name);
    OpenedBlob out;
    out.size = descriptor.size != 0 ? descriptor.size : source->size().value_or(0);
    out.stream = std::move(source);
    return out;
  });
}

}  // namespace bulkhead::oci
