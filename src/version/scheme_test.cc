// SPDX-License-Identifier: Apache-2.0
// Walks the registry: every scheme has its table in testdata/, and its order is an order.
#include "version/scheme.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace bulkhead::version {
namespace {

std::vector<std::string> fixture_lines(const Scheme& scheme) {
  std::ifstream in(std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + std::string(scheme.name) +
                   ".txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && !line.starts_with("# ")) lines.push_back(line);
  }
  return lines;
}

struct Placed {
  std::string version;
  int place = 0;
};

// "a < b = c": the versions with their place in the chain.
std::vector<Placed> read_chain(const std::string& line) {
  std::vector<Placed> chain;
  int place = 0;
  size_t at = 0;
  while (at <= line.size()) {
    size_t end = std::min(line.find(' ', at), line.size());
    std::string word = line.substr(at, end - at);
    at = end + 1;
    if (word == "<") {
      ++place;
    } else if (word != "=") {
      chain.push_back({word, place});
    }
  }
  return chain;
}

void check_chain(const Scheme& scheme, const std::string& line) {
  std::vector<Placed> chain = read_chain(line);
  EXPECT_GE(chain.size(), 2u) << scheme.name << ": " << line;
  for (const Placed& a : chain) {
    for (const Placed& b : chain) {
      auto order = scheme.compare(a.version, b.version);
      EXPECT_TRUE(order == (a.place <=> b.place))
          << scheme.name << ": " << a.version << " and " << b.version << " of " << line;
    }
  }
}

TEST(Schemes, AreDescribedAndSorted) {
  std::string_view last;
  for (const Scheme* scheme : all_schemes()) {
    EXPECT_LT(last, scheme->name);
    last = scheme->name;
    EXPECT_FALSE(scheme->summary.empty()) << scheme->name;
    EXPECT_EQ(scheme->summary.find('\n'), std::string_view::npos) << scheme->name;
    EXPECT_EQ(find_scheme(scheme->name), scheme);
  }
  EXPECT_EQ(find_scheme("fuzzy"), nullptr);
}

TEST(Schemes, KeepTheirTables) {
  for (const Scheme* scheme : all_schemes()) {
    std::vector<std::string> lines = fixture_lines(*scheme);
    EXPECT_GE(lines.size(), 5u) << "testdata/" << scheme->name << ".txt";
    for (const std::string& line : lines) {
      std::string_view text = line;
      size_t word = std::min(text.find(' '), text.size());
      std::string_view rest = text.substr(std::min(word + 1, text.size()));
      if (text.substr(0, word) == "valid") {
        EXPECT_TRUE(scheme->valid(rest)) << scheme->name << ": " << line;
      } else if (text.substr(0, word) == "invalid") {
        EXPECT_FALSE(scheme->valid(rest)) << scheme->name << ": " << line;
      } else {
        check_chain(*scheme, line);
      }
    }
  }
}

// Maven's specification and Conan's rule are not transitive, and in Composer "#" equals every
// number.
bool is_total(const Scheme& scheme, std::string_view text) {
  return scheme.name != "maven" && scheme.name != "conan" &&
         (scheme.name != "composer" || text.find('#') == std::string_view::npos);
}

class Generator {
 public:
  explicit Generator(const Scheme& scheme) {
    for (const std::string& line : fixture_lines(scheme)) {
      for (const Placed& entry : read_chain(line)) seeds_.push_back(entry.version);
    }
  }
  // Near each other, so that they differ late: a seed with a few bytes changed, dropped or added.
  std::string next(const std::string& near) {
    std::string text = pick(3) == 0 ? seeds_[pick(seeds_.size())] : near;
    for (size_t changes = pick(4); changes != 0; --changes) {
      size_t at = pick(text.size() + 1);
      switch (pick(3)) {
        case 0: text.insert(at, 1, byte()); break;
        case 1: text.erase(at, pick(3)); break;
        default: text.insert(at, seeds_[pick(seeds_.size())].substr(0, pick(6)));
      }
    }
    return text.substr(0, 40);
  }
  const std::string& seed() { return seeds_[pick(seeds_.size())]; }

 private:
  size_t pick(size_t below) { return random_() % below; }
  char byte() {
    constexpr std::string_view kLikely = "0019.-_~^+:abprvRC#! \t";
    if (pick(20) == 0) return static_cast<char>(random_());
    return kLikely[pick(kLikely.size())];
  }

  std::vector<std::string> seeds_;
  std::mt19937 random_{20240229};
};

void check_triple(const Scheme& scheme, const std::string& a, const std::string& b,
                  const std::string& c) {
  auto ab = scheme.compare(a, b);
  auto bc = scheme.compare(b, c);
  auto ac = scheme.compare(a, c);
  ASSERT_TRUE(scheme.compare(a, a) == 0) << scheme.name << ": " << a;
  ASSERT_TRUE(scheme.compare(b, a) == (0 <=> ab)) << scheme.name << ": " << a << " and " << b;
  if (!is_total(scheme, a + b + c)) return;
  if (ab <= 0 && bc <= 0) {
    ASSERT_TRUE(ac <= 0) << scheme.name << ": " << a << ", " << b << ", " << c;
    ASSERT_TRUE((ac == 0) == (ab == 0 && bc == 0))
        << scheme.name << ": " << a << ", " << b << ", " << c;
  }
}

TEST(Schemes, AreTotalOrdersOfAnyBytes) {
  for (const Scheme* scheme : all_schemes()) {
    Generator generator(*scheme);
    for (int i = 0; i < 20'000; ++i) {
      const std::string& near = generator.seed();
      std::string a = generator.next(near);
      std::string b = generator.next(near);
      std::string c = generator.next(near);
      check_triple(*scheme, a, b, c);
      check_triple(*scheme, c, b, a);
      if (HasFatalFailure()) return;
      scheme->valid(a);
    }
  }
}

TEST(Schemes, TakeLongVersionsInLinearTime) {
  for (const Scheme* scheme : all_schemes()) {
    for (std::string_view unit :
         {"0", ".0", "-0", "-", "1", "a", "0.", ".a0", "~", "^", "-a", "_p"}) {
      std::string text = "1";
      while (text.size() < 300'000) text += unit;
      scheme->valid(text);
      EXPECT_TRUE(scheme->compare(text, text + "0") == (0 <=> scheme->compare(text + "0", text)))
          << scheme->name << ": " << unit;
    }
  }
}

TEST(Schemes, BelongToPurlTypesAndEcosystems) {
  EXPECT_EQ(scheme_for_purl_type("npm")->name, "semver");
  EXPECT_EQ(scheme_for_purl_type("golang")->name, "go");
  EXPECT_EQ(scheme_for_purl_type("pypi")->name, "pep440");
  EXPECT_EQ(scheme_for_purl_type("alpm")->name, "pacman");
  EXPECT_EQ(scheme_for_purl_type("conan")->name, "conan");
  EXPECT_EQ(scheme_for_purl_type("generic"), nullptr);
  EXPECT_EQ(scheme_for_purl_type(""), nullptr);
  EXPECT_EQ(scheme_for_ecosystem("Debian:12")->name, "deb");
  EXPECT_EQ(scheme_for_ecosystem("Ubuntu:22.04:LTS")->name, "deb");
  EXPECT_EQ(scheme_for_ecosystem("Alpine:v3.21")->name, "apk");
  EXPECT_EQ(scheme_for_ecosystem("crates.io")->name, "semver");
  EXPECT_EQ(scheme_for_ecosystem("Packagist")->name, "composer");
  EXPECT_EQ(scheme_for_ecosystem("Rocky Linux:9")->name, "rpm");
  EXPECT_EQ(scheme_for_ecosystem("Atlantis"), nullptr);
  EXPECT_EQ(scheme_for_ecosystem(""), nullptr);
}

}  // namespace
}  // namespace bulkhead::version
