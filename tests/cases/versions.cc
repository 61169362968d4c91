// SPDX-License-Identifier: Apache-2.0
// Version comparison tables: every "A op B" of every .txt below the folder, and its mirror image.
// A file is named after its ecosystem; the folder claircore-rpm also compares and splits whole
// package names. All lines must be right.
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/cases.h"
#include "version/rpm_evr.h"
#include "version/scheme.h"

namespace {

using bulkhead::testing::CaseCount;
using bulkhead::version::Nevra;
using bulkhead::version::Scheme;
using Compare = std::function<std::strong_ordering(std::string_view, std::string_view)>;

// "alpine-versions-generated.txt" -> "alpine" -> the scheme of that ecosystem.
const Scheme* scheme_of(const std::string& file) {
  static const std::map<std::string, std::string, std::less<>> kSchemes = {
      {"alpine", "apk"}, {"debian", "deb"},   {"packagist", "composer"}, {"pypi", "pep440"},
      {"redhat", "rpm"}, {"rubygems", "gem"}, {"rpmvercmp", "rpm"}};
  std::string stem = file.substr(0, file.find_first_of("-."));
  auto renamed = kSchemes.find(stem);
  return bulkhead::version::find_scheme(renamed == kSchemes.end() ? stem : renamed->second);
}

std::optional<std::strong_ordering> order_of(std::string_view op) {
  if (op == "<") return std::strong_ordering::less;
  if (op == ">") return std::strong_ordering::greater;
  if (op == "=" || op == "==") return std::strong_ordering::equal;
  return std::nullopt;
}

std::string symbol(std::strong_ordering order) { return order < 0 ? "<" : order > 0 ? ">" : "="; }

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word == "''" || word == "\"\"" ? "" : word);
  return result;
}

void check_order(const std::string& where, const std::vector<std::string>& line,
                 const Compare& compare, CaseCount& count) {
  std::optional<std::strong_ordering> expected;
  if (line.size() == 3) expected = order_of(line[1]);
  if (!expected) return count.not_yet(where);
  std::strong_ordering got = compare(line[0], line[2]);
  std::strong_ordering mirror = compare(line[2], line[0]);
  if (got == *expected && mirror == (0 <=> *expected)) return count.pass();
  count.miss(where + ": " + line[0] + " " + line[1] + " " + line[2] + ", got " + symbol(got) +
             " and mirrored " + symbol(mirror));
}

void check_split(const std::string& where, const std::vector<std::string>& line, CaseCount& count) {
  if (line.size() != 6) return count.not_yet(where);
  Nevra nevra = bulkhead::version::split_nevra(line[0]);
  bool same = nevra.name == line[1] && nevra.evr.epoch == line[2] && nevra.evr.version == line[3] &&
              nevra.evr.release.value_or("") == line[4] && nevra.arch == line[5];
  same ? count.pass() : count.miss(where + ": " + line[0]);
}

std::strong_ordering compare_nevra(std::string_view a, std::string_view b) {
  using namespace bulkhead::version;
  return bulkhead::version::compare_nevra(split_nevra(a), split_nevra(b));
}

bool is_comment(const std::string& line) {
  return line.empty() || line == "#" || line.starts_with("# ") || line.starts_with("// ");
}

void check_file(const std::filesystem::path& path, CaseCount& count) {
  std::string name = path.filename().string();
  std::string where = path.parent_path().filename().string() + "/" + name;
  bool split = name == "parse.txt";
  Compare compare;
  if (name == "compare.txt") {
    compare = compare_nevra;
  } else if (const Scheme* scheme = scheme_of(name)) {
    compare = scheme->compare;
  } else if (!split) {
    return count.not_yet(where);
  }
  std::ifstream in(path);
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (is_comment(line)) continue;
    std::string place = where + ":" + std::to_string(number);
    split ? check_split(place, words(line), count)
          : check_order(place, words(line), compare, count);
  }
}

}  // namespace

int main() {
  std::string folder = bulkhead::testing::cases_folder("versions");
  if (folder.empty()) return bulkhead::testing::absent("versions");
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.insert(entry.path());
  }
  CaseCount count;
  for (const auto& file : files) check_file(file, count);
  return count.finish(1.0);
}
