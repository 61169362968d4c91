// SPDX-License-Identifier: Apache-2.0
// The tables of ecosystems: OSV schema ("defined ecosystems"), purl types, os-release ids.
#include "vuln/ecosystems.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/nearest_name.h"
#include "base/text.h"

namespace bulkhead::vuln {
namespace {

using base::cut;

// Distributions, by the first part of the OSV ecosystem.
constexpr std::array<std::string_view, 22> kDistributions = {
    "AlmaLinux", "Alpaquita", "Alpine", "Amazon Linux", "Azure Linux",
    "BellSoft Hardened Containers", "Chainguard", "CleanStart", "Debian", "Echo", "Fedora",
    "Mageia", "MinimOS", "Oracle Linux", "Photon OS", "Red Hat", "Rocky Linux", "SUSE", "Ubuntu",
    "Wolfi", "openEuler", "openSUSE"};

// The other ecosystems of OSV, by the first part: records may be about them, though no package that
// this program finds is looked up there.
constexpr std::array<std::string_view, 10> kUnjudged = {
    "Android", "BellSoft", "Docker Hardened Images", "FreeBSD", "GHC", "GIT", "Linux", "OSS-Fuzz",
    "Root",    "TuxCare"};

struct Codename {
  std::string_view name;
  std::string_view release;
};
constexpr std::array<Codename, 14> kDebianReleases = {{
    {"etch", "4"}, {"lenny", "5"}, {"squeeze", "6"}, {"wheezy", "7"}, {"jessie", "8"},
    {"stretch", "9"}, {"buster", "10"}, {"bullseye", "11"}, {"bookworm", "12"},
    {"trixie", "13"}, {"forky", "14"}, {"duke", "15"}, {"sid", "sid"}, {"unstable", "sid"},
}};

struct Language {
  std::string_view purl_type;
  std::string_view ecosystem;
  char joint;  // between namespace and name in the ecosystem's own name
};
constexpr std::array<Language, 22> kLanguages = {{
    {"bioconductor", "Bioconductor", '/'}, {"bitnami", "Bitnami", '/'},
    {"cargo", "crates.io", '/'},           {"composer", "Packagist", '/'},
    {"conan", "ConanCenter", '/'},         {"cran", "CRAN", '/'},
    {"gem", "RubyGems", '/'},              {"githubactions", "GitHub Actions", '/'},
    {"golang", "Go", '/'},                 {"hackage", "Hackage", '/'},
    {"hex", "Hex", '/'},                   {"julia", "Julia", '/'},
    {"k8s", "Kubernetes", '/'},
    {"maven", "Maven", ':'},               {"npm", "npm", '/'},
    {"nuget", "NuGet", '/'},               {"opam", "opam", '/'},
    {"pub", "Pub", '/'},                   {"pypi", "PyPI", '/'},
    {"swift", "SwiftURL", '/'},            {"vscode-extension", "VSCode", '/'},
    {"github", "GitHub Actions", '/'},
}};

// "9" of "9.4", "9" of "9".
std::string_view major(std::string_view version) { return version.substr(0, version.find('.')); }

// The first two numbers: "3.19" of "3.19.1".
std::string_view major_minor(std::string_view version) {
  size_t dot = version.find('.');
  if (dot == std::string_view::npos) return version;
  return version.substr(0, version.find('.', dot + 1));
}

// "22.04:LTS" is 22.04, and so is "Pro:22.04:LTS", whose fixes the judge ranks by whether the
// package comes from there. Further products ("Pro:FIPS:...") keep their names.
std::string ubuntu(std::string_view rest) {
  if (rest.ends_with(":LTS")) rest.remove_suffix(4);
  bool pro = rest.starts_with("Pro:") && rest.find(':', 4) == std::string_view::npos;
  if (pro) rest.remove_prefix(4);
  return "Ubuntu:" + std::string(rest);
}

// "enterprise_linux:9::baseos" and "enterprise_linux:9.4" are both RHEL 9; other products (EUS,
// layered ones) have fixes of their own and keep their name.
std::string red_hat(std::string_view rest) {
  constexpr std::string_view kProduct = "enterprise_linux:";
  if (rest.substr(0, kProduct.size()) != kProduct) return "Red Hat:" + std::string(rest);
  rest.remove_prefix(kProduct.size());
  return "Red Hat:" + std::string(major(rest.substr(0, rest.find(':'))));
}

// "Linux Enterprise Module for Basesystem 15 SP5" is one of the products of SLE 15 SP5: "15.5".
std::string suse(std::string_view rest) {
  std::vector<std::string_view> words = base::split(rest, ' ');
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word.empty() || !base::is_digit(word[0])) continue;
    std::string out = "SUSE:" + std::string(word.substr(0, word.find('-')));
    if (i + 1 < words.size() && words[i + 1].substr(0, 2) == "SP") {
      std::string_view pack = words[i + 1].substr(2);
      out += '.';
      out += pack.substr(0, pack.find('-'));
    }
    return out;
  }
  return "SUSE:" + std::string(rest);
}

// PEP 503: lower case, runs of "-", "_" and "." are one "-".
std::string python_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool separator = c == '-' || c == '_' || c == '.';
    if (separator && !out.empty() && out.back() == '-') continue;
    out += separator ? '-' : base::to_lower(c);
  }
  return out;
}

std::string swift_name(std::string_view name) {
  for (std::string_view prefix : {"https://", "http://"}) {
    if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  }
  if (name.size() > 4 && name.substr(name.size() - 4) == ".git") name.remove_suffix(4);
  return base::lower(name);
}

// "24.03" with the pretty name "openEuler 24.03 (LTS-SP1)": "24.03-LTS-SP1".
std::string open_euler(const model::Distro& distro) {
  std::string out = "openEuler:" + distro.version;
  size_t open = distro.name.rfind('(');
  size_t close = distro.name.rfind(')');
  if (open != std::string::npos && close != std::string::npos && open + 1 < close) {
    out += '-' + distro.name.substr(open + 1, close - open - 1);
  }
  return out;
}

// How os-release becomes an ecosystem, by its ID as the catalog gives it: in lower case. Where a
// distribution rebuilds another's packages without advisories of its own (CentOS), it is that
// one's; the proof shows whose.
struct DistroRule {
  std::string_view id;
  std::string_view ecosystem;
  enum Form { kName, kMajor, kMajorMinor, kWhole, kAlpine } form;
  bool by_source;
};
constexpr std::array<DistroRule, 36> kRules = {{
    {"almalinux", "AlmaLinux:", DistroRule::kMajor, false},
    {"alpaquita", "Alpaquita:", DistroRule::kMajor, true},
    {"alpine", "Alpine:", DistroRule::kAlpine, true},
    {"amzn", "Amazon Linux:", DistroRule::kMajor, false},
    {"azurelinux", "Azure Linux:", DistroRule::kMajor, true},
    {"bellsoft-hardened-containers", "BellSoft Hardened Containers:", DistroRule::kMajor, true},
    {"centos", "Red Hat:", DistroRule::kMajor, false},
    {"chainguard", "Chainguard", DistroRule::kName, true},
    {"cleanstart", "CleanStart", DistroRule::kName, true},
    {"echo", "Echo", DistroRule::kName, true},
    {"fedora", "Fedora:", DistroRule::kMajor, false},
    {"mageia", "Mageia:", DistroRule::kMajor, true},
    {"mariner", "Azure Linux:", DistroRule::kMajor, true},
    {"minimos", "MinimOS", DistroRule::kName, true},
    {"ol", "Oracle Linux:", DistroRule::kMajor, false},
    {"opensuse", "openSUSE:Leap ", DistroRule::kWhole, true},  // Leap 42
    {"opensuse-leap", "openSUSE:Leap ", DistroRule::kWhole, true},
    {"opensuse-leap-micro", "openSUSE:Leap Micro ", DistroRule::kWhole, true},
    {"opensuse-microos", "openSUSE:Tumbleweed", DistroRule::kName, true},
    {"opensuse-tumbleweed", "openSUSE:Tumbleweed", DistroRule::kName, true},
    {"photon", "Photon OS:", DistroRule::kMajorMinor, true},
    {"rhel", "Red Hat:", DistroRule::kMajor, false},
    {"redhat", "Red Hat:", DistroRule::kMajor, false},
    {"rocky", "Rocky Linux:", DistroRule::kMajor, false},
    {"sl-micro", "SUSE:", DistroRule::kWhole, true},
    {"sle_hpc", "SUSE:", DistroRule::kWhole, true},
    {"sle-micro", "SUSE:", DistroRule::kWhole, true},
    {"sle-micro-rancher", "SUSE:", DistroRule::kWhole, true},
    {"sled", "SUSE:", DistroRule::kWhole, true},
    {"sles", "SUSE:", DistroRule::kWhole, true},
    {"sles_sap", "SUSE:", DistroRule::kWhole, true},
    {"suse", "SUSE:", DistroRule::kWhole, true},
    {"suse-microos", "SUSE:", DistroRule::kWhole, true},
    {"ubuntu", "Ubuntu:", DistroRule::kMajorMinor, true},
    {"virtuozzo", "Red Hat:", DistroRule::kMajor, false},
    {"wolfi", "Wolfi", DistroRule::kName, true},
}};

std::string debian_ecosystem(const model::Distro& distro) {
  if (!distro.version.empty()) return "Debian:" + std::string(major(distro.version));
  auto release = debian_release(distro.codename);
  return release ? "Debian:" + std::string(*release) : "";
}

}  // namespace

std::string canonical_ecosystem(std::string_view osv) {
  auto parts = cut(osv, ":");
  if (!parts) return std::string(osv);
  auto [base_name, rest] = *parts;
  if (base_name == "Ubuntu") return ubuntu(rest);
  if (base_name == "Red Hat") return red_hat(rest);
  if (base_name == "SUSE") return suse(rest);
  if (base_name == "openSUSE" && rest.ends_with(" NonFree")) {
    return std::string(osv.substr(0, osv.size() - 8));
  }
  return std::string(osv);
}

std::string canonical_name(std::string_view ecosystem, std::string_view name) {
  if (ecosystem == "PyPI") return python_name(name);
  if (ecosystem == "SwiftURL") return swift_name(name);
  // Composer and NuGet ignore case. Go does not, but package URLs fold it, and an SBOM must find
  // what the image finds; no two modules differ only by case in practice.
  if (ecosystem == "Packagist" || ecosystem == "NuGet" || ecosystem == "Go" ||
      ecosystem == "GitHub Actions") {
    return base::lower(name);
  }
  return std::string(name);
}

bool is_distribution(std::string_view ecosystem) {
  std::string_view first = ecosystem.substr(0, ecosystem.find(':'));
  return std::find(kDistributions.begin(), kDistributions.end(), first) != kDistributions.end();
}

std::string_view distribution_of_source(std::string_view source) {
  if (source.starts_with("osv:")) source.remove_prefix(4);
  source = source.substr(0, source.find(':'));
  for (std::string_view name : kDistributions) {
    if (base::equals_ignore_case(name, source)) return name;
  }
  return {};
}

std::vector<std::string_view> known_ecosystems() {
  std::vector<std::string_view> out(kDistributions.begin(), kDistributions.end());
  for (const Language& language : kLanguages) out.push_back(language.ecosystem);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string ecosystem_mistake(std::string_view osv) {
  std::string first(osv.substr(0, osv.find(':')));
  std::vector<std::string> names;
  for (std::string_view name : known_ecosystems()) names.emplace_back(name);
  names.insert(names.end(), kUnjudged.begin(), kUnjudged.end());
  if (std::find(names.begin(), names.end(), first) != names.end()) return "";
  std::string out = "\"" + base::printable(first, 60) + "\" is no ecosystem of OSV";
  std::string near = base::nearest_name(first, names);
  if (!near.empty()) out += "; did you mean \"" + near + "\"?";
  return out;
}

std::optional<std::string_view> debian_release(std::string_view codename) {
  for (const Codename& entry : kDebianReleases) {
    if (entry.name == codename) return entry.release;
  }
  return std::nullopt;
}

DistroFeed distro_feed(const model::Distro& distro) {
  if (distro.id == "debian") return {debian_ecosystem(distro), true};
  // "openEuler" in os-release: ids come in lower case.
  if (distro.id == "openeuler") return {open_euler(distro), true};
  for (const DistroRule& rule : kRules) {
    if (rule.id != distro.id) continue;
    // CentOS Stream runs ahead of the releases that Red Hat's advisories are about.
    if (rule.id == "centos" && distro.name.find("Stream") != std::string::npos) return {};
    DistroFeed feed{std::string(rule.ecosystem), rule.by_source};
    if (rule.form == DistroRule::kName) return feed;
    if (distro.version.empty()) return {};
    switch (rule.form) {
      case DistroRule::kName: break;
      case DistroRule::kMajor:
        // The first Amazon Linux counts years: "2018.03".
        if (rule.id == "amzn" && distro.version.starts_with("201")) {
          feed.ecosystem += '1';
          break;
        }
        feed.ecosystem += major(distro.version);
        break;
      case DistroRule::kMajorMinor: feed.ecosystem += major_minor(distro.version); break;
      case DistroRule::kWhole: feed.ecosystem += distro.version; break;
      case DistroRule::kAlpine: {
        // "3.20.0_alpha20240315" and "edge" are built from the development branch.
        bool edge = distro.version.find_first_not_of("0123456789.") != std::string::npos;
        feed.ecosystem += edge ? "edge" : "v" + std::string(major_minor(distro.version));
        break;
      }
    }
    return feed;
  }
  return {};
}

namespace {

// Signed kernels are built from a source of their own whose version only counts the signing; the
// advisories are about the kernel's: "linux-signed-amd64" is Debian's linux, "linux-signed-aws"
// Ubuntu's linux-aws. The binary's version is the kernel's.
bool signed_kernel(const model::Package& package, const DistroFeed& feed, Question& question) {
  constexpr std::string_view kSigned = "linux-signed";
  std::string_view source = package.source_name;
  if (package.type != "deb" || !source.starts_with(kSigned)) return false;
  bool ubuntu = feed.ecosystem.starts_with("Ubuntu:");
  question.name = "linux" + std::string(ubuntu ? source.substr(kSigned.size()) : "");
  question.version = package.version;
  return true;
}

}  // namespace

bool is_os_package(const model::Package& package) {
  return package.type == "deb" || package.type == "rpm" || package.type == "apk" ||
         package.type == "alpm" || package.type == "ebuild";
}

namespace {

const Language* language_of(const model::Package& package) {
  for (const Language& language : kLanguages) {
    if (language.purl_type == package.type) return &language;
  }
  return nullptr;
}

}  // namespace

Question question_for(const model::Package& package, const DistroFeed& feed) {
  Question question;
  if (is_os_package(package)) {
    question.distribution = true;
    question.ecosystem = feed.ecosystem;
    question.source = feed.by_source;
    if (feed.by_source && signed_kernel(package, feed, question)) return question;
    question.name = feed.by_source ? package.source_name_or_name() : package.name.view();
    question.version =
        feed.by_source ? package.source_version_or_version() : package.version.view();
    return question;
  }
  const Language* language = language_of(package);
  if (language == nullptr) return question;
  question.ecosystem = language->ecosystem;
  std::string name = package.name_space.str();
  if (!name.empty()) name += language->joint;
  name += package.name;
  question.name = canonical_name(language->ecosystem, name);
  question.version = package.version;
  return question;
}

std::set<std::string> ecosystems_of(const model::Distro& distro,
                                    std::span<const model::Package> packages) {
  DistroFeed feed = distro_feed(distro);
  std::set<std::string> out;
  for (const model::Package& package : packages) {
    if (is_os_package(package)) {
      out.insert(feed.ecosystem);
    } else if (const Language* language = language_of(package)) {
      out.emplace(language->ecosystem);
    }
  }
  out.erase("");
  return out;
}

}  // namespace bulkhead::vuln
