// SPDX-License-Identifier: Apache-2.0
// The distribution, from os-release(5) and, where that is missing or says too little, from the
// release files that came before it. /etc/os-release goes before /usr/lib/os-release; symlinks
// between them are not followed, whichever is a file is read.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/cataloger.h"
#include "catalog/end_of_life.h"
#include "catalog/os_release.h"
#include "catalog/release_files.h"

namespace bulkhead::catalog::catalogers::distro {
namespace {

using model::Distro;

enum class Form : uint8_t {
  kAssignments,  // os-release, lsb-release
  kSentence,     // "Fedora release 38 (Thirty Eight)"
  kVersion,      // only a version: alpine-release, debian_version
  kPresence,     // that the file is there says it all
};

struct Source {
  std::string_view path;
  Form form;
  std::string_view id = {};  // of kVersion and kPresence
};
// In order of trust: the first that names a distribution wins, the rest may add to it.
constexpr Source kSources[] = {
    {"etc/os-release", Form::kAssignments},
    {"usr/lib/os-release", Form::kAssignments},
    {"aarch64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", Form::kAssignments},
    {"x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", Form::kAssignments},
    {"etc/lsb-release", Form::kAssignments},
    {"etc/tlinux-release", Form::kSentence},
    {"etc/anolis-release", Form::kSentence},
    {"etc/openEuler-release", Form::kSentence},
    {"etc/rocky-release", Form::kSentence},
    {"etc/almalinux-release", Form::kSentence},
    {"etc/oracle-release", Form::kSentence},
    {"etc/enterprise-release", Form::kSentence},
    {"etc/centos-release", Form::kSentence},
    {"etc/fedora-release", Form::kSentence},
    {"etc/photon-release", Form::kSentence},
    {"etc/azurelinux-release", Form::kSentence},
    {"etc/mariner-release", Form::kSentence},
    {"etc/SuSE-release", Form::kSentence},
    {"etc/redhat-release", Form::kSentence},
    {"etc/system-release", Form::kSentence},
    {"etc/alpine-release", Form::kVersion, "alpine"},
    {"etc/debian_version", Form::kVersion, "debian"},
    {"etc/arch-release", Form::kPresence, "arch"},
    {"etc/yum.repos.d/ubi.repo", Form::kPresence, "rhel"},
};
constexpr auto kReleaseFiles = [] {
  std::array<std::string_view, std::size(kSources)> out;
  std::transform(std::begin(kSources), std::end(kSources), out.begin(),
                 [](const Source& source) { return source.path; });
  return out;
}();
constexpr std::string_view kUbi = "etc/yum.repos.d/ubi.repo";

const Source* find_source(std::string_view path) {
  auto at = std::find_if(std::begin(kSources), std::end(kSources),
                         [&](const Source& source) { return source.path == path; });
  return at == std::end(kSources) ? nullptr : at;
}

Want wants(const FileInfo& file) {
  // Nearly every path fails here, before any comparison of whole paths.
  if (!file.base.ends_with("release") && file.base != "debian_version" && file.base != "ubi.repo") {
    return Want::kNone;
  }
  return find_source(file.path) == nullptr ? Want::kNone : Want::kWhole;
}

// One string a fact: assignments as KEY=value, else the first lines as they are.
void read(const File& file, FileFacts& out, base::Diagnostics&) {
  const Source* source = find_source(file.info.path);
  if (source == nullptr) return;
  std::string_view text = base::as_text(file.bytes);
  if (source->form == Form::kPresence) {
    out.strings.emplace_back("present");
  } else if (source->form == Form::kAssignments) {
    for (const auto& [key, value] : parse_assignments(text)) {
      out.strings.push_back(key + "=" + value);
    }
  } else {
    constexpr size_t kLines = 8;
    std::string_view line;
    while (out.strings.size() < kLines && base::next_line(text, line)) {
      if (!base::trim(line).empty()) out.strings.push_back(base::printable(base::trim(line), 256));
    }
  }
}

// SLES 10 and 11 write the service pack on its own line.
void add_patch_level(const std::vector<std::string>& lines, Distro& distro) {
  for (const std::string& line : lines) {
    auto parts = base::cut(line, "=");
    if (!parts || base::trim(parts->first) != "PATCHLEVEL") continue;
    std::string_view level = base::trim(parts->second);
    if (!level.empty() && level != "0") distro.version += "." + std::string(level);
  }
}

// "12.5", "bookworm/sid": the version of a Debian that has nothing better.
void set_version(std::string_view text, Distro& distro) {
  distro.name = distro.id == "alpine" ? "Alpine Linux" : "Debian GNU/Linux";
  if (text.empty() || !base::is_digit(text[0])) {
    distro.codename = text.substr(0, text.find('/'));
    return;
  }
  distro.version = text;
  if (distro.id != "debian") return;
  distro.point_release = text;
  distro.version = text.substr(0, text.find('.'));
}

Distro distro_of(const Source& source, const FileFacts& facts) {
  Distro distro;
  if (facts.strings.empty()) return distro;
  if (source.form == Form::kAssignments) {
    std::vector<std::pair<std::string, std::string>> assignments;
    for (const std::string& text : facts.strings) {
      if (auto parts = base::cut(text, "=")) assignments.emplace_back(parts->first, parts->second);
    }
    distro = distro_from_assignments(assignments);
  } else if (source.form == Form::kSentence) {
    distro = distro_from_sentence(facts.strings.front());
    add_patch_level(facts.strings, distro);
  } else {
    distro.id = source.id;
    if (source.form == Form::kVersion) set_version(facts.strings.front(), distro);
    if (source.path == kUbi) distro.variant = "ubi";
  }
  distro.path = facts.path;
  return distro;
}

bool extends(std::string_view longer, std::string_view version) {
  return longer.size() > version.size() && longer.starts_with(version) &&
         longer[version.size()] == '.';
}

// What a less trusted file of the same distribution knows better.
void add_details(const Distro& from, Distro& to) {
  if (from.id != to.id) return;
  if (to.variant.empty()) to.variant = from.variant;
  if (to.codename.empty()) to.codename = from.codename;
  if (to.version.empty()) to.version = from.version;
  for (const std::string* point : {&from.point_release, &from.version}) {
    if (to.point_release.empty() && extends(*point, to.version)) to.point_release = *point;
  }
}

// Where a distribution's words do not mean what they mean elsewhere.
void settle(Distro& distro) {
  bool edge = distro.version.find("_alpha") != std::string::npos ||
              distro.name.find("edge") != std::string::npos;
  if (distro.id == "alpine" && edge) {
    distro.point_release = distro.version;
    distro.version = "edge";
  }
  if (distro.id == "opensuse" && extends(distro.version, "42")) distro.id = "opensuse-leap";
  // SUSE writes the architecture in parentheses, Bottlerocket the variant.
  if (distro.id.starts_with("sle") || distro.id.starts_with("opensuse") ||
      distro.codename == distro.variant) {
    distro.codename.clear();
  }
  // mariner-release has the build in the version: 2.0.20230924.
  size_t dot = distro.version.find('.');
  size_t second = dot == std::string::npos ? dot : distro.version.find('.', dot + 1);
  if ((distro.id == "mariner" || distro.id == "azurelinux") && second != std::string::npos) {
    distro.point_release = distro.version;
    distro.version.resize(second);
  }
  add_end_of_life(distro);
}

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  std::vector<Distro> found;
  for (const Source& source : kSources) {
    for (const Placed& file : files) {
      if (file.facts->path != source.path) continue;
      Distro distro = distro_of(source, *file.facts);
      if (distro.known()) found.push_back(std::move(distro));
    }
  }
  // A repository file alone does not make a Red Hat system.
  if (found.empty() || found.front().path == kUbi) return;
  out.distro = found.front();
  for (size_t i = 1; i < found.size(); ++i) add_details(found[i], out.distro);
  settle(out.distro);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "distro",
    .summary = "The distribution an artifact is built on, from os-release and older release files",
    .max_bytes = 1 << 20,
    .wants = wants,
    .read = read,
    .join = join,
    .stage = 0,
};

}  // namespace bulkhead::catalog::catalogers::distro

std::span<const std::string_view> bulkhead::catalog::release_files() {
  return catalogers::distro::kReleaseFiles;
}
