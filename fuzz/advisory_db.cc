// SPDX-License-Identifier: Apache-2.0
// The advisory database as a hostile file. An input that begins with 'E' is a list of edits
// (offset, value) to a small valid database, whose checksums are then made right again, so that the
// edits get past them; anything else is the file itself.
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "vuln/database/build.h"
#include "vuln/database/writer.h"
#include "vuln/match.h"

namespace {

using namespace bulkhead;

constexpr std::string_view kNpm = R"({"id": "GHSA-1111-2222-3333", "aliases": ["CVE-2024-0001"],
  "summary": "Title", "details": "Description", "severity": [{"type": "CVSS_V3",
  "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [{
  "package": {"ecosystem": "npm", "name": "a"}, "versions": ["9.9.9"], "ranges": [{
  "type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]}]})";
constexpr std::string_view kAlma = R"({"id": "ALSA-1", "summary": "Low: b:1 security update",
  "related": ["CVE-2024-0001", "CVE-2024-0002"], "affected": [{
  "package": {"ecosystem": "AlmaLinux:8", "name": "b"}, "ranges": [{"type": "ECOSYSTEM",
  "events": [{"introduced": "0"}, {"fixed": "1.2-1.module_el8.5.0+1+a"}]}]}]})";
constexpr std::string_view kKev = R"({"vulnerabilities": [
  {"cveID": "CVE-2024-0001", "dateAdded": "2024-02-03"}]})";

base::Fd file_of(base::ByteView bytes) {
  base::Fd fd(memfd_create("fuzz", MFD_CLOEXEC));
  CHECK(fd.valid() && base::write_all(fd, bytes));
  return fd;
}

base::Bytes small_database() {
  std::vector<vuln::FeedFile> feeds;
  feeds.push_back({"osv/npm/1.json", file_of(base::as_bytes(kNpm))});
  feeds.push_back({"osv/AlmaLinux/1.json", file_of(base::as_bytes(kAlma))});
  feeds.push_back({"kev/k.json", file_of(base::as_bytes(kKev))});
  base::Diagnostics diagnostics;
  auto bytes = vuln::build_in_memory(std::move(feeds), {}, diagnostics);
  CHECK(bytes.has_value());
  return *bytes;
}

void use(const vuln::Database& database) {
  (void)database.info();
  std::vector<model::Package> packages(2);
  packages[0].type = "npm";
  packages[0].name = "a";
  packages[0].version = "0.1.0";
  packages[1].type = "rpm";
  packages[1].name = "b";
  packages[1].version = "1.0-1.module_el8.5.0+1+a";
  model::Distro distro;
  distro.id = "almalinux";
  distro.version = "8.9";
  base::Diagnostics diagnostics;
  (void)vuln::match(database, distro, packages, diagnostics);
  (void)vuln::explain(database, distro, packages, "CVE-2024-0001");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::Bytes file;
  if (size > 0 && data[0] == 'E') {
    static const base::Bytes original = small_database();
    file = original;
    for (size_t i = 1; i + 3 <= size; i += 3) {
      size_t at = data[i] | static_cast<size_t>(data[i + 1]) << 8;
      file[at % file.size()] = static_cast<std::byte>(data[i + 2]);
    }
    vuln::seal_database(file);
  } else {
    auto bytes = std::as_bytes(std::span(data, size));
    file.assign(bytes.begin(), bytes.end());
  }
  auto database = vuln::Database::open(file_of(file));
  if (database) use(*database);
  return 0;
}
