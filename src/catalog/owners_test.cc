// SPDX-License-Identifier: Apache-2.0
// Which language packages belong to a package of the distribution, in trees of several layers.
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "base/text.h"
#include "catalog/run.h"
#include "crypto/digest.h"
#include "tests/support/oci_writer.h"

namespace bulkhead::catalog {
namespace {

using model::Package;
using Tree = std::vector<std::pair<std::string, std::string>>;

// Layers, base first, in which a path only hides the same path below it.
Catalog read_layers(const std::vector<Tree>& layers) {
  std::deque<Reading> readings;
  std::vector<PlacedReading> visible;
  std::vector<PlacedReading> replaced;  // top layer first
  std::set<std::string> seen;
  for (size_t layer = layers.size(); layer-- > 0;) {
    for (const auto& [path, text] : layers[layer]) {
      File file{{path, base::basename(path), text.size(), 0644}, base::as_bytes(text)};
      Interest wanted;
      interest(file.info, TreeKind::kInstalled, wanted);
      std::vector<Reading> read;
      base::Diagnostics diagnostics;
      read_file(wanted.whole, file, read, diagnostics);
      EXPECT_TRUE(diagnostics.empty()) << path;
      bool hidden = !seen.insert(path).second;
      for (Reading& reading : read) {
        readings.push_back(std::move(reading));
        (hidden ? replaced : visible).push_back({&readings.back(), static_cast<int32_t>(layer)});
      }
    }
  }
  History history;
  for (size_t i = replaced.size(); i-- > 0;) {
    history.replaced(*replaced[i].reading, replaced[i].layer);
  }
  base::Diagnostics diagnostics;
  return join(visible, history, diagnostics);
}

// The owners of all pypi packages: "six=pkg:deb/...".
std::string owners(const std::vector<Tree>& layers) {
  std::vector<std::string> out;
  for (const Package& package : read_layers(layers).packages) {
    if (package.type != "pypi" && package.type != "npm") continue;
    std::string_view owner = package.owner;
    owner = owner.substr(0, owner.find('?'));
    out.push_back(package.name + "=" + std::string(owner.substr(0, owner.find('@'))));
  }
  return base::join(out, " ");
}

std::string metadata(std::string_view name, std::string_view version) {
  return "Metadata-Version: 2.1\nName: " + std::string(name) +
         "\nVersion: " + std::string(version) + "\n";
}

constexpr std::string_view kRecord = "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO";

std::pair<std::string, std::string> record(std::string_view version) {
  return {std::string(kRecord), metadata("six", version)};
}

std::string sums(std::string_view version) {
  std::string md5 = base::to_hex(
      crypto::digest(crypto::Algorithm::kMd5, base::as_bytes(metadata("six", version))));
  return md5 + "  " + std::string(kRecord) + "\n";
}

Tree debian(bool with_sums) {
  Tree out = {{"var/lib/dpkg/status", "Package: python3-six\nVersion: 1:1.16.0+ds-4\n"},
              {"var/lib/dpkg/info/python3-six.list", "/" + std::string(kRecord) + "\n"},
              record("1.16.0")};
  if (with_sums) out.emplace_back("var/lib/dpkg/info/python3-six.md5sums", sums("1.16.0"));
  return out;
}

TEST(Owners, AreToldByTheDigestOfTheRecord) {
  EXPECT_EQ(owners({debian(true)}), "six=pkg:deb/debian/python3-six");
  EXPECT_EQ(owners({debian(true), {record("1.16.0")}}), "six=pkg:deb/debian/python3-six")
      << "written again as it was";
  EXPECT_EQ(owners({debian(true), {record("1.17.0")}}), "six=") << "upgraded in place";
  Tree replaced = debian(true);
  replaced[2] = record("1.17.0");
  EXPECT_EQ(owners({replaced}), "six=") << "upgraded in place in the same layer";
}

TEST(Owners, AreToldByLayersAndVersionsWithoutDigests) {
  EXPECT_EQ(owners({debian(false)}), "six=pkg:deb/debian/python3-six");
  EXPECT_EQ(owners({debian(false), {record("1.16.0")}}), "six=pkg:deb/debian/python3-six");
  EXPECT_EQ(owners({debian(false), {record("1.17.0")}}), "six=");
  // A later layer writes the database again for something else.
  Tree other = {{"var/lib/dpkg/status",
                 "Package: python3-six\nVersion: 1:1.16.0+ds-4\n\nPackage: x\nVersion: 1\n"}};
  EXPECT_EQ(owners({debian(false), {record("1.17.0")}, other}), "six=");
  // A later layer upgrades the distribution's own package, whose version is not the module's.
  Tree upgrade = {{"var/lib/dpkg/status", "Package: python3-six\nVersion: 5-1\n"},
                  {"var/lib/dpkg/info/python3-six.list", "/" + std::string(kRecord) + "\n"},
                  record("1.17.0")};
  EXPECT_EQ(owners({debian(false), upgrade}), "six=pkg:deb/debian/python3-six");
}

// pip takes the old record away and leaves one that no database knows beside the same modules.
TEST(Owners, OfFilesMustHaveTheSameRelease) {
  const std::string folder = "usr/lib/python3/dist-packages/";
  auto tree = [&](std::string_view version) {
    std::string info = folder + "six-" + std::string(version) + ".dist-info/";
    return Tree{
        {"var/lib/dpkg/status", "Package: python3-six\nVersion: 1.16.0~rc1-4\n"},
        {"var/lib/dpkg/info/python3-six.list", "/" + folder + "six.py\n/" + folder + "six2.py\n"},
        {info + "METADATA", metadata("six", version)},
        {info + "RECORD", "six.py,,\nsix2.py,,\nother.py,,\n"}};
  };
  EXPECT_EQ(owners({tree("1.16.0rc1")}), "six=pkg:deb/debian/python3-six");
  EXPECT_EQ(owners({tree("1.16.0")}), "six=");
  EXPECT_EQ(owners({tree("1.1")}), "six=");
}

TEST(Owners, KnowTheDigestsOfEveryDatabase) {
  const std::string path = "usr/lib/node_modules/npm/package.json";
  const std::string shipped = R"({"name":"npm","version":"10.0.0"})";
  auto digest = [&](crypto::Algorithm algorithm) {
    return crypto::digest(algorithm, base::as_bytes(shipped));
  };
  const Tree alpine = {{"lib/apk/db/installed",
                        "P:nodejs\nV:20.1.0-r1\nF:usr/lib/node_modules/npm\nR:package.json\nZ:Q1" +
                            base::to_base64(digest(crypto::Algorithm::kSha1)) + "\n\n"}};
  const std::string tree_path = "var/lib/pacman/local/nodejs-20-1/mtree";
  const std::string tree = "#mtree\n/set type=file uid=0\n./" + path +
                           " time=1.0 size=33 md5digest=00 sha256digest=" +
                           base::to_hex(digest(crypto::Algorithm::kSha256)) + "\n";
  const Tree arch = {
      {"var/lib/pacman/local/nodejs-20-1/desc", "%NAME%\nnodejs\n\n%VERSION%\n20-1\n"},
      {"var/lib/pacman/local/nodejs-20-1/files", "%FILES%\n" + path + "\n"},
      {tree_path, testing::gzip_stored(tree)}};
  const Tree distroless = {{"var/lib/dpkg/status.d/nodejs", "Package: nodejs\nVersion: 20-1\n"},
                           {"var/lib/dpkg/status.d/nodejs.md5sums",
                            base::to_hex(digest(crypto::Algorithm::kMd5)) + "  " + path + "\n"}};
  for (const Tree& os : {alpine, arch, distroless}) {
    EXPECT_NE(owners({os, {{path, shipped}}}), "npm=") << os[0].first;
    EXPECT_EQ(owners({os, {{path, R"({"name":"npm","version":"10.0.1"})"}}}), "npm=")
        << os[0].first;
  }
}

}  // namespace
}  // namespace bulkhead::catalog
