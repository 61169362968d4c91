// SPDX-License-Identifier: Apache-2.0
// The feeds of vuln's readers, for every ecosystem in which vuln looks packages up: what a mirror
// directory may hold is what is asked for over HTTP.
#include "cli/feed_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "vuln/ecosystems.h"

namespace bulkhead::cli {
namespace {

constexpr std::string_view kOsv = "https://osv-vulnerabilities.storage.googleapis.com/";
constexpr std::string_view kAlpine = "https://secdb.alpinelinux.org/";
constexpr unsigned kFirstAlpine = 2;  // v3.2 is the first branch that Alpine serves

struct NamedFeed {
  std::string_view ecosystem;  // "" every one
  std::string_view path;
  std::string_view url;
};
constexpr std::array kSingleFeeds = {
    NamedFeed{
        "", "kev/known_exploited_vulnerabilities.json",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"},
    NamedFeed{"", "epss/epss_scores-current.csv.gz",
              "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
    NamedFeed{"Debian", "debian/tracker.json",
              "https://security-tracker.debian.org/tracker/data/json"},
    NamedFeed{"Wolfi", "wolfi/security.json", "https://packages.wolfi.dev/os/security.json"},
    NamedFeed{"Chainguard", "chainguard/security.json",
              "https://packages.cgr.dev/chainguard/security.json"},
};

// Their own feeds say more than OSV's copies; a mirror that has the copies wants them read.
constexpr std::array<std::string_view, 4> kOwnFeeds = {"Alpine", "Chainguard", "Debian", "Wolfi"};

bool has_own_feed(std::string_view ecosystem) {
  return std::find(kOwnFeeds.begin(), kOwnFeeds.end(), ecosystem) != kOwnFeeds.end();
}

std::string_view first_part(std::string_view ecosystem) {
  return ecosystem.substr(0, ecosystem.find(':'));
}

std::string escape_spaces(std::string_view text) {
  std::string out;
  for (char c : text) out += c == ' ' ? std::string("%20") : std::string(1, c);
  return out;
}

std::vector<std::string> alpine_branches(const std::optional<Ecosystems>& needed) {
  std::vector<std::string> out;
  if (!needed) {
    for (unsigned minor = kFirstAlpine; minor <= FeedList::kLastAlpine; ++minor) {
      out.push_back(fmt::format("v3.{}", minor));
    }
    out.emplace_back("edge");
    return out;
  }
  for (const std::string& ecosystem : *needed) {
    if (auto parts = base::cut(ecosystem, ":"); parts && parts->first == "Alpine") {
      out.emplace_back(parts->second);
    }
  }
  return out;
}

}  // namespace

FeedPlace FeedList::place(std::string path, std::string url) const {
  if (!mirror_.empty()) url = mirror_ + "/" + escape_spaces(path);
  return {std::move(path), std::move(url)};
}

FeedPlace FeedList::ecosystems() const {
  return place("osv/ecosystems.txt", std::string(kOsv) + "ecosystems.txt");
}

FeedPlace FeedList::alpine(std::string_view branch, std::string_view repository) const {
  return place(fmt::format("alpine/{}/{}.json", branch, repository),
               fmt::format("{}{}/{}.json", kAlpine, branch, repository));
}

std::vector<FeedPlace> FeedList::feeds(const std::optional<Ecosystems>& needed,
                                       const Ecosystems& offered) const {
  std::set<std::string, std::less<>> wanted;
  if (needed) {
    for (const std::string& ecosystem : *needed) wanted.emplace(first_part(ecosystem));
  }
  std::vector<FeedPlace> out;
  for (const NamedFeed& feed : kSingleFeeds) {
    if (needed && !feed.ecosystem.empty() && !wanted.contains(feed.ecosystem)) continue;
    out.push_back(place(std::string(feed.path), std::string(feed.url)));
  }
  for (std::string_view name : vuln::known_ecosystems()) {
    if (needed && !wanted.contains(name)) continue;
    if (!offered.empty() && !offered.contains(std::string(name))) continue;
    if (mirror_.empty() && has_own_feed(name)) continue;
    out.push_back(place(fmt::format("osv/{}/all.zip", name),
                        fmt::format("{}{}/all.zip", kOsv, escape_spaces(name))));
  }
  for (const std::string& branch : alpine_branches(needed)) {
    out.push_back(alpine(branch, "main"));
    out.push_back(alpine(branch, "community"));
  }
  return out;
}

Ecosystems parse_offered(std::string_view text) {
  std::vector<std::string_view> known = vuln::known_ecosystems();
  Ecosystems out;
  std::string_view line;
  while (base::next_line(text, line)) {
    std::string_view name = first_part(base::trim(line));
    if (std::binary_search(known.begin(), known.end(), name)) out.emplace(name);
  }
  return out;
}

}  // namespace bulkhead::cli
