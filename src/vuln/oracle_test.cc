// SPDX-License-Identifier: Apache-2.0
// Another scanner's own tests as an oracle, where the case folder is present: its tiny databases
// (parsers/trivy/db/*.yaml) become OSV records, and every vulnerability it expects of a package
// must be found, with no other one beside it.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "base/json.h"
#include "base/node.h"
#include "base/text.h"
#include "model/purl.h"
#include "tests/support/cases.h"
#include "vuln/ecosystems.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;
using base::Node;
using base::json::Value;

struct Names {
  const char* theirs;
  const char* osv;
};
// How the databases name their buckets.
constexpr Names kBuckets[] = {
    {"alma ", "AlmaLinux:"},
    {"rocky ", "Rocky Linux:"},
    {"alpine ", "Alpine:v"},
    {"debian ", "Debian:"},
    {"ubuntu ", "Ubuntu:"},
    {"amazon linux ", "Amazon Linux:"},
    {"Oracle Linux ", "Oracle Linux:"},
    {"npm::", "npm"},
    {"pip::", "PyPI"},
    {"maven::", "Maven"},
    {"rubygems::", "RubyGems"},
    {"composer::", "Packagist"},
    {"nuget::", "NuGet"},
    {"go::", "Go"},
    {"cargo::", "crates.io"},
    {"k8s::", "Kubernetes"},
    {"pub::", "Pub"},
    {"conan::", "ConanCenter"},
};

std::string ecosystem_of(const std::string& bucket) {
  if (bucket == "alpine edge") return "Alpine:edge";
  for (const Names& names : kBuckets) {
    std::string_view prefix = names.theirs;
    if (!bucket.starts_with(prefix)) continue;
    bool language = prefix.ends_with("::");
    return names.osv + (language ? "" : bucket.substr(prefix.size()));
  }
  return "";
}

// "[2.9.0,2.9.10.7)" as OSV events.
std::string events_of_interval(std::string_view interval) {
  auto ends = base::cut(interval.substr(1, interval.size() - 2), ",");
  if (!ends) return "";
  const char* last = interval.back() == ')' ? "fixed" : "last_affected";
  return R"({"introduced":")" + std::string(ends->first) + R"("},{")" + last + R"(":")" +
         std::string(ends->second) + R"("})";
}

// "< 1.2" and ">= 1.0, <= 1.2" as OSV events.
std::string events_of(std::string_view constraint) {
  if (constraint.starts_with('[')) return events_of_interval(constraint);
  std::string events;
  bool begins = false;
  for (std::string_view part : base::split(constraint, ',')) {
    part = base::trim(part);
    size_t digits = part.find_first_of("0123456789v");
    if (digits == std::string_view::npos) return "";
    std::string_view sign = base::trim(part.substr(0, digits));
    std::string version(part.substr(digits));
    const char* type = sign == ">=" ? "introduced" : sign == "<" ? "fixed" : "last_affected";
    if (sign != ">=" && sign != "<" && sign != "<=") return "";
    begins |= sign == ">=";
    events += std::string(events.empty() ? "" : ",") + "{\"" + type + "\":\"" + version + "\"}";
  }
  return begins ? events : R"({"introduced":"0"},)" + events;
}

class Oracle {
 public:
  explicit Oracle(const std::string& folder) {
    for (const auto& file : std::filesystem::directory_iterator(folder + "/db")) {
      auto text = base::read_file(file.path().string(), 1 << 20);
      auto root = base::parse_yaml(*text, {});
      if (!root) continue;
      for (const Node& bucket : root->items) read_bucket(bucket);
    }
    database_ = std::make_unique<Database>(build_database(feeds_));
  }

  // The package that this distribution's database blames, which may be its source.
  std::string blamed(const std::string& ecosystem, const std::string& name,
                     const std::string& id) const {
    auto under = packages_.find({ecosystem, id});
    if (under == packages_.end() || under->second.contains(name)) return name;
    return *under->second.begin();
  }
  const Database& database() const { return *database_; }

 private:
  void read_bucket(const Node& bucket) {
    std::string ecosystem = ecosystem_of(std::string(bucket["bucket"].string_or("")));
    if (ecosystem.empty()) return;
    for (const Node& package : bucket["pairs"].items) {
      std::string name(package["bucket"].string_or(""));
      for (const Node& entry : package["pairs"].items) {
        add(ecosystem, name, std::string(base::trim(entry["key"].string_or(""))), entry["value"]);
      }
    }
  }

  void add(const std::string& ecosystem, const std::string& name, const std::string& id,
           const Node& value) {
    std::vector<std::string> ranges;
    for (const Node& constraint : value["VulnerableVersions"].items) {
      ranges.push_back(events_of(constraint.string_or("")));
    }
    if (ranges.empty()) {
      std::string_view fixed = value["FixedVersion"].string_or("");
      ranges.push_back(fixed.empty() ? R"({"introduced":"0"})"
                                     : events_of("< " + std::string(fixed)));
    }
    std::string list;
    for (const std::string& events : ranges) {
      if (events.empty()) return;
      list += std::string(list.empty() ? "" : ",") + R"({"type":"ECOSYSTEM","events":[)" + events +
              "]}";
    }
    std::string folder = ecosystem.substr(0, ecosystem.find(':'));
    feeds_.push_back({"osv/" + folder + "/" + std::to_string(feeds_.size()) + ".json",
                      R"({"id":")" + std::to_string(feeds_.size()) + R"(","aliases":[")" + id +
                          R"("],"affected":[{"package":{"ecosystem":")" + ecosystem +
                          R"(","name":")" + name + R"("},"ranges":[)" + list + "]}]}"});
    packages_[{ecosystem, id}].insert(name);
  }

  Feeds feeds_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> packages_;
  std::unique_ptr<Database> database_;
};

model::Distro distro_of(Value os) {
  static constexpr Names kFamilies[] = {
      {"alma", "almalinux"}, {"oracle", "ol"}, {"amazon", "amzn"}};
  std::string family(os["Family"].string_or(""));
  for (const Names& names : kFamilies) {
    if (family == names.theirs) family = names.osv;
  }
  std::string version(os["Name"].string_or(""));
  // "AMI release 2018.03": os-release has the number alone.
  size_t digits = version.find_first_of("0123456789");
  return distro(family, digits == std::string::npos ? version : version.substr(digits));
}

struct Expected {
  model::Package package;
  std::map<std::string, std::string> ids;  // with the fixed versions, as printed
};

std::map<std::string, Expected> expected_of(Value result) {
  std::map<std::string, Expected> out;
  result["vulnerabilities"].each([&](Value v) {
    auto purl = model::Purl::parse_lenient(v["purl"].string_or(""));
    if (!purl) return;
    Expected& expected = out[std::string(v["purl"].string_or(""))];
    model::Package& p = expected.package;
    p.type = purl->type;
    p.name_space = purl->name_space;
    p.name = purl->name;
    p.version = v["installed"].string_or("");
    expected.ids[std::string(v["id"].string_or(""))] = v["fixed"].string_or("");
  });
  return out;
}

TEST(Oracle, FindsWhatAnotherScannerExpects) {
  std::string folder = bulkhead::testing::cases_folder("parsers");
  SKIP_WITHOUT(folder);
  folder += "/trivy";
  Oracle oracle(folder);
  auto lines = base::read_file(folder + "/expected.jsonl", 64 << 20);
  ASSERT_TRUE(lines);
  size_t found = 0, total = 0, others = 0;
  std::string_view rest = *lines, line;
  while (base::next_line(rest, line)) {
    auto document = base::json::Document::parse(line);
    ASSERT_TRUE(document);
    Value root = document->root();
    std::string name(root["case"].string_or(""));
    bool whole = root["options"]["variant"].missing() || !root["options"]["variant"].is_string();
    model::Distro where = distro_of(root["expected"]["os"]);
    root["expected"]["results"].each([&](Value result) {
      for (auto& [purl, expected] : expected_of(result)) {
        model::Package& package = expected.package;
        if (package.type == "cocoapods") {  // no OSV ecosystem
          ++others;
          continue;
        }
        if (is_os_package(package)) {
          package.source_name = oracle.blamed(distro_feed(where).ecosystem, package.name.str(),
                                              expected.ids.begin()->first);
        }
        // One image takes its packages from the development branch, which its os-release hides.
        if (!oracle.database().state().covers(distro_feed(where).ecosystem) &&
            where.id == "alpine") {
          where.version = "edge";
        }
        MatchResult got = match_one(oracle.database(), where, package);
        std::set<std::string> reported;
        for (const model::Finding& f : got.findings) {
          reported.insert(f.id);
          auto wanted = expected.ids.find(f.id);
          if (wanted == expected.ids.end()) {
            EXPECT_FALSE(whole) << name << ": " << purl << " has not " << f.id;
          } else if (!f.fix_versions.empty() && package.type != "conan") {
            // Conan's database names fixed versions apart from the ranges.
            EXPECT_NE(wanted->second.find(f.fix_versions[0]), std::string::npos) << purl;
          }
        }
        for (const auto& [id, fixed] : expected.ids) {
          ++total;
          found += reported.contains(id) ? 1 : 0;
          EXPECT_TRUE(reported.contains(id)) << name << ": " << purl << " lacks " << id;
        }
      }
    });
  }
  std::printf("%zu of %zu, %zu packages of other kinds\n", found, total, others);
}

}  // namespace
}  // namespace bulkhead::vuln
