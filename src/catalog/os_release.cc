// SPDX-License-Identifier: Apache-2.0
// Reads what distributions write about themselves, following os-release(5); lsb-release has the
// same syntax under other keys, and the older release files are sentences.
#include "catalog/os_release.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::catalog {
namespace {

constexpr size_t kMaxLines = 256;
constexpr size_t kMaxValueBytes = 256;
constexpr size_t kMaxLike = 8;

bool is_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || base::is_digit(c) || c == '_';
  });
}

// The value of an assignment: quotes removed, escapes of double quotes resolved.
std::string unquote(std::string_view raw) {
  std::string out;
  char quote = 0;
  for (size_t i = 0; i < raw.size() && out.size() < kMaxValueBytes; ++i) {
    char c = raw[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < raw.size()) {
      out.push_back(raw[++i]);
    } else if (quote == 0 && base::is_space(c)) {
      break;
    } else {
      out.push_back(c);
    }
  }
  return base::printable(out, kMaxValueBytes);
}

struct Name {
  std::string_view starts;  // of the sentence, NAME or DISTRIB_ID, ignoring case
  std::string_view id;      // as os-release of that distribution calls it
  std::string_view variant = {};
};
// More specific first.
constexpr Name kDistroNames[] = {
    {"Red Hat Enterprise Linux", "rhel"},
    {"CentOS Stream", "centos", "stream"},
    {"CentOS", "centos"},
    {"Rocky Linux", "rocky"},
    {"AlmaLinux", "almalinux"},
    {"Oracle Linux", "ol"},
    {"Enterprise Linux Enterprise Linux", "ol"},
    {"Scientific Linux", "scientific"},
    {"CloudLinux", "cloudlinux"},
    {"Fedora", "fedora"},
    {"Amazon Linux", "amzn"},
    {"SUSE Linux Enterprise Server", "sles"},
    {"SUSE Linux Enterprise Desktop", "sled"},
    {"openSUSE Tumbleweed", "opensuse-tumbleweed"},
    {"openSUSE Leap", "opensuse-leap"},
    {"openSUSE", "opensuse"},
    {"VMware Photon", "photon"},
    {"CBL-Mariner", "mariner"},
    {"Microsoft Azure Linux", "azurelinux"},
    {"Azure Linux", "azurelinux"},
    {"TencentOS", "tencentos"},
    {"Tencent tlinux", "tencentos"},
    {"tlinux", "tencentos"},
    {"Anolis OS", "anolis"},
    {"openEuler", "openeuler"},
    {"EulerOS", "euleros"},
    {"Bottlerocket", "bottlerocket"},
    {"Flatcar", "flatcar"},
    {"Arch Linux", "arch"},
    {"Alpine", "alpine"},
    {"Debian", "debian"},
    {"Ubuntu", "ubuntu"},
    {"Wolfi", "wolfi"},
    {"Chainguard", "chainguard"},
};

const Name* find_name(std::string_view text) {
  for (const Name& name : kDistroNames) {
    if (base::equals_ignore_case(text.substr(0, name.starts.size()), name.starts)) return &name;
  }
  return nullptr;
}

std::string clean_id(std::string_view raw) {
  std::string id = base::lower(raw.substr(0, 64));
  std::erase_if(id, [](char c) { return !base::is_alnum(c) && c != '.' && c != '_' && c != '-'; });
  return id == "tlinux" ? "tencentos" : id;
}

// The first word that starts with a digit: "7.9.2009" of "CentOS Linux release 7.9.2009 (Core)".
std::string_view first_number(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find_first_of(" \t", at), text.size());
    if (base::is_digit(text[at])) return text.substr(at, end - at);
    at = end + 1;
  }
  return {};
}

// One word in parentheses: "Core", "bookworm", "LTS-SP3"; longer names say nothing to us.
std::string_view in_parentheses(std::string_view text) {
  size_t open = text.find('(');
  size_t close = open == std::string_view::npos ? open : text.find(')', open);
  if (close == std::string_view::npos) return {};
  std::string_view word = text.substr(open + 1, close - open - 1);
  return word.find_first_of(" ,") == std::string_view::npos ? word : std::string_view();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_assignments(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string_view line;
  while (out.size() < kMaxLines && base::next_line(text, line)) {
    auto parts = base::cut(base::trim(line), "=");
    if (!parts || !is_key(parts->first)) continue;
    out.emplace_back(parts->first, unquote(parts->second));
  }
  return out;
}

model::Distro distro_from_assignments(
    const std::vector<std::pair<std::string, std::string>>& assignments) {
  auto get = [&](std::string_view key) -> std::string_view {
    for (const auto& [name, value] : assignments) {
      if (name == key) return value;
    }
    return {};
  };
  auto first = [&](std::initializer_list<std::string_view> keys) -> std::string_view {
    for (std::string_view key : keys) {
      if (std::string_view value = get(key); !value.empty()) return value;
    }
    return {};
  };
  model::Distro distro;
  const Name* name = find_name(first({"NAME", "DISTRIB_ID", "PRETTY_NAME"}));
  distro.id = clean_id(first({"ID", "DISTRIB_ID"}));
  if (distro.id.empty() && name != nullptr) distro.id = name->id;
  if (distro.id.empty()) return distro;
  distro.name = first({"PRETTY_NAME", "DISTRIB_DESCRIPTION", "NAME", "DISTRIB_ID"});
  distro.version = first({"VERSION_ID", "DISTRIB_RELEASE"});
  std::string_view long_version = get("VERSION");
  distro.codename = first({"VERSION_CODENAME", "UBUNTU_CODENAME", "DISTRIB_CODENAME"});
  if (distro.codename.empty()) distro.codename = in_parentheses(long_version);
  std::string_view point = first_number(long_version);
  if (!distro.version.empty() && point.starts_with(distro.version + ".")) {
    distro.point_release = point;
  }
  distro.variant = base::lower(get("VARIANT_ID"));
  if (name != nullptr && !name->variant.empty() && name->id == distro.id) {
    distro.variant = name->variant;
  }
  for (std::string_view like : base::split(get("ID_LIKE"), ' ')) {
    std::string id = clean_id(like);
    if (!id.empty() && distro.like.size() < kMaxLike) distro.like.push_back(std::move(id));
  }
  return distro;
}

model::Distro distro_from_sentence(std::string_view sentence) {
  model::Distro distro;
  sentence = base::trim(sentence);
  const Name* name = find_name(sentence);
  if (name == nullptr) return distro;
  distro.id = name->id;
  distro.variant = name->variant;
  distro.name = base::printable(sentence, kMaxValueBytes);
  std::string_view number = first_number(sentence);
  distro.version = base::printable(number, kMaxValueBytes);
  distro.codename = base::printable(in_parentheses(sentence), kMaxValueBytes);
  return distro;
}

}  // namespace bulkhead::catalog
