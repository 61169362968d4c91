// SPDX-License-Identifier: Apache-2.0
// GET /images/NAME/json to see whether the image is there, then GET /images/NAME/get, whose answer
// is a docker-archive. The archive reader needs to seek and engines only stream, so the bytes go
// through an unlinked file: nothing is left behind, however the program ends.
#include "oci/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/fs.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_client.h"

namespace bulkhead::oci {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using base::Status;

constexpr uint64_t kMaxInspectBytes = 16 << 20;
constexpr uint32_t kInspectTimeoutMs = 60'000;
// Before its first byte an engine packs the whole image.
constexpr uint32_t kPackTimeoutMs = 15 * 60'000;

bool is_socket(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

std::vector<std::string> usual_sockets(Daemon daemon) {
  std::vector<std::string> out;
  std::string runtime = base::environment("XDG_RUNTIME_DIR");
  std::string home = base::environment("HOME");
  if (daemon == Daemon::kPodman) {
    if (!runtime.empty()) out.push_back(runtime + "/podman/podman.sock");
    out.push_back("/run/podman/podman.sock");
  } else {
    out.push_back("/var/run/docker.sock");
    if (!runtime.empty()) out.push_back(runtime + "/docker.sock");
    if (!home.empty()) out.push_back(home + "/.docker/run/docker.sock");
  }
  return out;
}

// Names and ids have no other characters, and nothing that walks to another page of the API.
Status check_image_name(std::string_view name) {
  constexpr std::string_view kMarks = "._-:/@";
  bool sound = !name.empty() && name.size() <= 1024 && std::ranges::all_of(name, [&](char c) {
    return base::is_alnum(c) || kMarks.find(c) != std::string_view::npos;
  });
  for (std::string_view part : base::split(name, '/')) {
    sound = sound && !part.empty() && part != "." && part != "..";
  }
  if (sound) return {};
  return Error(Code::kInvalid, "'" + base::printable(name, 200) + "' is not the name of an image");
}

// One engine, spoken to about one image.
class Engine {
 public:
  Engine(Daemon daemon, std::string socket, std::string image)
      : daemon_(daemon), socket_(std::move(socket)), image_(std::move(image)), client_(options()) {}

  Status inspect(DaemonImage& out);
  Status save(const Fd& file, uint64_t max_bytes);

 private:
  static net::HttpOptions options() {
    net::HttpOptions out;
    out.stall_timeout_ms = kPackTimeoutMs;
    out.retry.max_attempts = 1;  // a local socket answers or does not
    return out;
  }
  net::HttpRequest request(std::string_view page) const {
    net::HttpRequest out;
    out.unix_socket = socket_;
    out.url = "http://" + std::string(daemon_name(daemon_)) + "/images/" + image_;
    out.url += page;
    return out;
  }
  Error unreachable(Error error) const {
    std::string name(daemon_name(daemon_));
    if (::access(socket_.c_str(), W_OK) != 0 && errno == EACCES) {
      return Error(Code::kDenied,
                   "the socket of " + name + ", " + socket_ + ", may not be used by this user");
    }
    return Error(error.code(), name + " at " + socket_ + " does not answer: " + error.message());
  }
  Error refused(int status, std::string_view body) const;

  Daemon daemon_;
  std::string socket_;
  std::string image_;
  net::HttpClient client_;
};

Error Engine::refused(int status, std::string_view body) const {
  std::string name(daemon_name(daemon_));
  if (status == 404) {
    return Error(Code::kNotFound, name + " has no image '" + image_ + "'; `" + name + " images` " +
                                      "lists what it has, `" + name + " pull` gets one");
  }
  std::string reason;
  if (auto document = base::json::Document::parse(body)) {
    reason = ": " + base::printable(document->root()["message"].string_or(""), 300);
  }
  return Error(Code::kNetwork, name + " answered with status " + std::to_string(status) + reason);
}

Status Engine::inspect(DaemonImage& out) {
  net::HttpRequest wanted = request("/json");
  wanted.max_bytes = kMaxInspectBytes;
  wanted.total_timeout_ms = kInspectTimeoutMs;
  auto response = client_.fetch(wanted);
  if (!response) return unreachable(std::move(response).error());
  if (response->status != 200) return refused(response->status, response->body);
  auto document =
      TRY_AT("what " + std::string(daemon_name(daemon_)) + " says about '" + image_ + "'",
             base::json::Document::parse(response->body));
  auto root = document.root();
  out.id = root["Id"].string_or("");
  // podman leaves the algorithm out.
  if (!out.id.empty() && out.id.find(':') == std::string::npos) out.id.insert(0, "sha256:");
  root["RepoTags"].each([&](auto tag) { out.tags.emplace_back(tag.string_or("")); });
  root["RepoDigests"].each([&](auto digest) { out.digests.emplace_back(digest.string_or("")); });
  return {};
}

Status Engine::save(const Fd& file, uint64_t max_bytes) {
  net::HttpRequest wanted = request("/get");
  wanted.max_bytes = max_bytes;
  auto source = client_.open(std::move(wanted));
  if (!source) return unreachable(std::move(source).error());
  const net::HttpResponse& response = (*source)->response();
  std::vector<std::byte> chunk(256 * 1024);
  if (response.status != 200) {
    size_t got = TRY(base::read_full(**source, std::span(chunk).first(64 * 1024)));
    return refused(response.status, base::as_text(std::span(chunk).first(got)));
  }
  while (true) {
    size_t got = TRY_AT("exporting '" + image_ + "'", (*source)->read(chunk));
    if (got == 0) return {};
    TRY_AT("keeping the exported image (TMPDIR names another place for it)",
           base::write_all(file, std::span(chunk).first(got)));
  }
}

Result<Fd> make_unlinked_file(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) return Fd(fd);
  if (errno != EOPNOTSUPP && errno != EISDIR) {
    return base::errno_error("make a temporary file in", directory);
  }
  // A file system without O_TMPFILE.
  std::string path = directory + "/bulkhead-XXXXXX";
  Fd file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file.valid()) return base::errno_error("make a temporary file in", directory);
  ::unlink(path.c_str());
  return file;
}

}  // namespace

std::string_view daemon_name(Daemon daemon) {
  return daemon == Daemon::kPodman ? "podman" : "docker";
}

Result<std::string> find_daemon_socket(Daemon daemon) {
  const char* variable = daemon == Daemon::kPodman ? "CONTAINER_HOST" : "DOCKER_HOST";
  std::string host = base::environment(variable);
  if (host.starts_with("unix://")) return host.substr(7);
  if (!host.empty()) {
    return Error(Code::kUnsupported, std::string(variable) + " is '" +
                                         base::printable(host.substr(0, host.find("://")), 50) +
                                         "://...': only unix:// sockets of this machine are asked");
  }
  std::string looked;
  for (const std::string& path : usual_sockets(daemon)) {
    if (is_socket(path)) return path;
    looked += (looked.empty() ? "" : ", ") + path;
  }
  std::string start = daemon == Daemon::kPodman
                          ? "start it with `systemctl --user start podman.socket` or `podman "
                            "system service`"
                          : "start docker";
  return Error(Code::kNotFound, "no socket of " + std::string(daemon_name(daemon)) + " at " +
                                    looked + ": " + start + ", or set " + variable);
}

Result<DaemonImage> export_from_daemon(Daemon daemon, const std::string& name,
                                       const DaemonOptions& options) {
  TRY(check_image_name(name));
  std::string socket = options.socket.empty() ? TRY(find_daemon_socket(daemon)) : options.socket;
  std::string directory = options.directory;
  if (directory.empty()) directory = base::temporary_directory("/var/tmp");
  Engine engine(daemon, std::move(socket), name);
  DaemonImage out;
  TRY(engine.inspect(out));
  out.archive = TRY(make_unlinked_file(directory));
  TRY(engine.save(out.archive, options.max_bytes));
  if (::lseek(out.archive.get(), 0, SEEK_SET) != 0) return base::errno_error("seek", "");
  return out;
}

}  // namespace bulkhead::oci
