// SPDX-License-Identifier: Apache-2.0
// Telling inputs apart, without guessing where a prefix was given.
#include "scan/input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/text.h"
#include "catalog/run.h"

namespace bulkhead::scan {
namespace {

struct Prefix {
  std::string_view text;
  InputKind kind;
};

constexpr std::array<Prefix, 10> kPrefixes = {{
    {"registry:", InputKind::kRegistry},
    {"oci:", InputKind::kLayout},
    {"oci-archive:", InputKind::kArchive},
    {"docker-archive:", InputKind::kArchive},
    {"dir:", InputKind::kDirectory},
    {"repo:", InputKind::kRepository},
    {"sbom:", InputKind::kSbom},
    {"docker:", InputKind::kDockerDaemon},
    {"podman:", InputKind::kPodman},
    {"-", InputKind::kStream},
}};

constexpr std::array<const char*, 6> kInstalledMarks = {
    "/etc/os-release", "/usr/lib/os-release", "/var/lib/dpkg",
    "/lib/apk/db",     "/var/lib/rpm",        "/usr/lib/sysimage/rpm",
};

bool exists(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

InputKind kind_of_directory(const std::string& path) {
  if (exists(path + "/oci-layout")) return InputKind::kLayout;
  for (const char* mark : kInstalledMarks) {
    if (exists(path + mark)) return InputKind::kDirectory;
  }
  return InputKind::kRepository;
}

// Octal or NUL and spaces: what a tar header's checksum field holds.
bool is_tar_header(std::string_view block) {
  if (block.size() < 512) return false;
  if (block.substr(257, 5) == "ustar") return true;
  std::string_view sum = block.substr(148, 8);
  bool digits = false;
  for (char c : sum) {
    if (c >= '0' && c <= '7') digits = true;
    if (!((c >= '0' && c <= '7') || c == ' ' || c == '\0')) return false;
  }
  return digits;
}

}  // namespace

bool looks_like_tar(const base::Fd& file) {
  std::array<char, 512> head{};
  ssize_t got = ::pread(file.get(), head.data(), head.size(), 0);
  if (got < 0) return false;
  std::string_view block(head.data(), static_cast<size_t>(got));
  bool packed = block.starts_with("\x1f\x8b") || block.starts_with("\x28\xb5\x2f\xfd");
  return packed || is_tar_header(block);
}

namespace {

// Whether a file of this name would be read, or counted, in a source tree.
bool is_record_of_source(std::string_view path) {
  std::string_view name = base::basename(path);
  catalog::Interest who;
  catalog::interest({name, name, 0, 0}, catalog::TreeKind::kSource, who);
  return !who.whole.empty() || !who.named.empty();
}

// repo:PATH may be one file.
base::Status check_repository(Input& input) {
  struct stat info{};
  if (::stat(input.value.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) return {};
  input.single = true;
  if (is_record_of_source(input.value)) return {};
  std::string known;
  for (const catalog::Cataloger* cataloger : catalog::all_catalogers()) {
    if (!catalog::reads(cataloger->trees, catalog::TreeKind::kSource)) continue;
    if (cataloger->name.starts_with("not_read")) continue;
    known += "\n  " + std::string(cataloger->summary);
  }
  return base::Error(base::Code::kInvalid, "\"" + base::printable(input.text, 300) +
                                               "\": no lock file or manifest of a name that is "
                                               "read; these are:" +
                                               known);
}

}  // namespace

base::Result<Input> recognise_input(std::string_view argument) {
  Input input;
  input.text = argument;
  for (const Prefix& prefix : kPrefixes) {
    bool whole = prefix.text == "-";
    if (whole ? argument != prefix.text : !argument.starts_with(prefix.text)) continue;
    // "oci:5000/x" and the like could be a host and port; a name after the prefix decides.
    input.kind = prefix.kind;
    input.value = argument.substr(prefix.text.size());
    if (input.value.empty() && !whole) {
      return base::Error(base::Code::kInvalid, "\"" + input.text + "\": nothing after the prefix");
    }
    if (input.kind == InputKind::kRepository) TRY(check_repository(input));
    return input;
  }
  input.value = argument;
  struct stat info{};
  if (::stat(input.value.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      input.kind = kind_of_directory(input.value);
      return input;
    }
    if (!S_ISREG(info.st_mode)) {
      input.kind = InputKind::kStream;
      return input;
    }
    base::Fd file = TRY(base::open_regular(input.value));
    input.single = !looks_like_tar(file) && is_record_of_source(input.value);
    input.kind = input.single           ? InputKind::kRepository
                 : looks_like_tar(file) ? InputKind::kArchive
                                        : InputKind::kSbom;
    return input;
  }
  bool path = argument.starts_with("/") || argument.starts_with("./") ||
              argument.starts_with("../") || argument.starts_with("~");
  if (path || argument.empty()) {
    return base::Error(base::Code::kNotFound,
                       "\"" + base::printable(argument, 300) + "\": no such file or directory");
  }
  input.kind = InputKind::kRegistry;
  return input;
}

}  // namespace bulkhead::scan
