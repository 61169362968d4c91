// SPDX-License-Identifier: Apache-2.0
// Names of ecosystems and packages: how feeds write them, and the one form both the builder and
// the matcher use as a key.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/artifact.h"
#include "model/package.h"

namespace bulkhead::vuln {

// The key form of an OSV ecosystem: "Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS" -> "Ubuntu:22.04",
// "Red Hat:enterprise_linux:9::baseos" -> "Red Hat:9",
// "SUSE:Linux Enterprise Module for Basesystem 15 SP5" -> "SUSE:15.5". Others stay.
std::string canonical_ecosystem(std::string_view osv);
// The key form of a package's name under that ecosystem's own rules of equality.
std::string canonical_name(std::string_view ecosystem, std::string_view name);

// Whether records of this ecosystem speak about a distribution's packages.
bool is_distribution(std::string_view ecosystem);
// The distribution whose own records a source of the database holds: "AlmaLinux" of
// "osv:AlmaLinux", "Debian" of "debian". "" for sources that are nobody's or a language's.
std::string_view distribution_of_source(std::string_view source);
// Every ecosystem that some package could be looked up under, without releases, sorted: the feeds
// worth fetching.
std::vector<std::string_view> known_ecosystems();
// Why no record can be about this ecosystem: OSV has none of that name. "" when it has one, also
// one that nothing is looked up under.
std::string ecosystem_mistake(std::string_view osv);
// "12" for "bookworm"; nullopt for a codename this program does not know.
std::optional<std::string_view> debian_release(std::string_view codename);

// Where to look a package up, and which of its names and versions to compare there.
struct Question {
  std::string ecosystem;  // canonical; empty when no source could exist for this package
  std::string name;       // canonical
  std::string version;    // to compare
  bool source = false;    // name and version are the source package's
  bool distribution = false;
};

// The ecosystem of a distribution's packages ("Debian:12"), or "" when none is known for it, and
// whether its advisories name source packages.
struct DistroFeed {
  std::string ecosystem;
  bool by_source = false;
};
DistroFeed distro_feed(const model::Distro& distro);

bool is_os_package(const model::Package& package);
Question question_for(const model::Package& package, const DistroFeed& feed);
// The ecosystems that these packages would be looked up under: "Debian:12", "npm".
std::set<std::string> ecosystems_of(const model::Distro& distro,
                                    std::span<const model::Package> packages);

}  // namespace bulkhead::vuln
