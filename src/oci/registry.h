// SPDX-License-Identifier: Apache-2.0
// Registry: an image in a registry, by the OCI distribution specification v1.1 (and Docker registry
// v2, of which it is the child).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "oci/reference.h"
#include "oci/registry_auth.h"
#include "oci/transport.h"

namespace bulkhead::oci {

struct RegistryOptions {
  // Given by the user; else they are looked for in the files. Never sent to a mirror.
  std::optional<Credentials> credentials;
  std::vector<std::string> auth_files = default_auth_files();
  // "host[:port][/prefix]", tried in order before the registry itself. "http://" in front allows
  // plain http there.
  std::vector<std::string> mirrors;
  // Speak plain http with the registry. Loopback addresses are asked which they speak.
  bool plain_http = false;
  std::shared_ptr<TokenCache> tokens;  // shared by the registries of one process
};

// Several threads may fetch blobs at once. Streams may be read after the Registry is gone.
class Registry final : public Transport {
 public:
  static base::Result<std::unique_ptr<Registry>> open(const Reference& reference,
                                                      RegistryOptions options,
                                                      net::HttpClient client);
  ~Registry() override;

  base::Result<RootDocument> root() override;
  base::Result<std::string> manifest(const Descriptor& descriptor) override;
  // Foreign layers are kUnsupported: they lie where the manifest's author says, not here.
  base::Result<OpenedBlob> blob(const Descriptor& descriptor) override;

  // What the reference names now, without its content: media type, digest and size. Cheap, and not
  // counted against the pull limits of Docker Hub.
  base::Result<Descriptor> resolve();

  struct Endpoint;  // one server that may have it
  // Use open().
  Registry(Reference reference, net::HttpClient client,
           std::vector<std::unique_ptr<Endpoint>> endpoints);

 private:
  template <typename Use>
  auto with_endpoints(Use use) -> decltype(use(std::declval<Endpoint&>()));
  base::Status prepare(Endpoint& endpoint);
  net::HttpRequest request(const Endpoint& endpoint, const std::string& path) const;
  base::Result<net::HttpResponse> ask_manifest(Endpoint& endpoint, net::Method method,
                                               const std::string& selector, uint64_t size);
  base::Result<std::unique_ptr<net::HttpSource>> open_blob(Endpoint& endpoint,
                                                           const Descriptor& descriptor);

  Reference reference_;
  net::HttpClient client_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;  // mirrors, then the registry itself
};

}  // namespace bulkhead::oci
