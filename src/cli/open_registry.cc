// SPDX-License-Identifier: Apache-2.0
// Registries and daemons, with what the command line says about them.
#include "cli/open_registry.h"

#include "oci/daemon.h"
#include "oci/reference.h"
#include "oci/registry.h"

namespace bulkhead::cli {

base::Status open_registry(const Invocation& invocation, OpenedInput& out) {
  auto reference = TRY(oci::Reference::parse(out.input.value));
  net::HttpOptions http;
  http.insecure = invocation.has("insecure");
  oci::RegistryOptions options;
  options.mirrors = invocation.values("mirror");
  options.plain_http = invocation.has("insecure");
  out.name = reference.to_string();
  out.remote =
      TRY(oci::Registry::open(reference, std::move(options), net::HttpClient(std::move(http))));
  return {};
}

base::Status open_daemon(const Invocation&, OpenedInput& out, const std::string& spool_directory) {
  oci::Daemon daemon =
      out.input.kind == scan::InputKind::kPodman ? oci::Daemon::kPodman : oci::Daemon::kDocker;
  oci::DaemonOptions options;
  options.directory = spool_directory;
  oci::DaemonImage image = TRY(oci::export_from_daemon(daemon, out.input.value, options));
  out.file = std::move(image.archive);
  out.local.path = out.input.value;
  out.input.kind = scan::InputKind::kArchive;
  return {};
}

}  // namespace bulkhead::cli
