// SPDX-License-Identifier: Apache-2.0
// Reads copyright files by the machine-readable format 1.0 (DEP-5), as far as it is about licences,
// and falls back to the references to common licences that policy asks of all others. The text of
// licences is not judged.
#include "catalog/debian/copyright.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace bulkhead::catalog::debian {
namespace {

constexpr size_t kMaxLicences = 64;
constexpr size_t kMaxDeclaredBytes = 200;

struct Name {
  std::string_view debian;  // lower case
  std::string_view spdx;
};
// Names that are not simply an SPDX name in another case. GNU licences are built in gnu_name().
constexpr Name kNames[] = {
    {"apache", "Apache-2.0"},
    {"apache-2", "Apache-2.0"},
    {"apache-2.0", "Apache-2.0"},
    {"artistic", "Artistic-1.0-Perl"},
    {"artistic-1", "Artistic-1.0-Perl"},
    {"artistic-1.0", "Artistic-1.0"},
    {"artistic-2", "Artistic-2.0"},
    {"artistic-2.0", "Artistic-2.0"},
    {"bsd-2-clause", "BSD-2-Clause"},
    {"bsd-2-clauses", "BSD-2-Clause"},
    {"bsd-3-clause", "BSD-3-Clause"},
    {"bsd-3-clauses", "BSD-3-Clause"},
    {"bsd-4-clause", "BSD-4-Clause"},
    {"bsd-4-clause-uc", "BSD-4-Clause-UC"},
    {"0bsd", "0BSD"},
    {"bsl-1", "BSL-1.0"},
    {"bsl-1.0", "BSL-1.0"},
    {"boost-1.0", "BSL-1.0"},
    {"bzip2-1.0.6", "bzip2-1.0.6"},
    {"cc0", "CC0-1.0"},
    {"cc0-1.0", "CC0-1.0"},
    {"cc-by-3.0", "CC-BY-3.0"},
    {"cc-by-4.0", "CC-BY-4.0"},
    {"cc-by-sa-3.0", "CC-BY-SA-3.0"},
    {"cc-by-sa-4.0", "CC-BY-SA-4.0"},
    {"curl", "curl"},
    {"expat", "MIT"},
    {"ftl", "FTL"},
    {"fsfap", "FSFAP"},
    {"fsful", "FSFUL"},
    {"fsfullr", "FSFULLR"},
    {"hpnd", "HPND"},
    {"ijg", "IJG"},
    {"icu", "ICU"},
    {"isc", "ISC"},
    {"libpng", "Libpng"},
    {"mit", "MIT"},
    {"mit-0", "MIT-0"},
    {"mpl-1.1", "MPL-1.1"},
    {"mpl-2", "MPL-2.0"},
    {"mpl-2.0", "MPL-2.0"},
    {"ofl-1.1", "OFL-1.1"},
    {"openssl", "OpenSSL"},
    {"postgresql", "PostgreSQL"},
    {"psf-2", "PSF-2.0"},
    {"psf-2.0", "PSF-2.0"},
    {"python-2.0", "Python-2.0"},
    {"ruby", "Ruby"},
    {"sgi-b-2.0", "SGI-B-2.0"},
    {"sleepycat", "Sleepycat"},
    {"tcl", "TCL"},
    {"unicode", "Unicode-DFS-2016"},
    {"unlicense", "Unlicense"},
    {"vim", "Vim"},
    {"w3c", "W3C"},
    {"wtfpl", "WTFPL"},
    {"wtfpl-2", "WTFPL"},
    {"x11", "X11"},
    {"zlib", "Zlib"},
    {"zpl-2.1", "ZPL-2.1"},
};

// GPL-2+, LGPL-2.1, GFDL-1.3+, AGPL-3, GPL-2.0-or-later; "" when it is none of them.
std::string gnu_name(std::string_view name) {
  for (std::string_view family : {"agpl", "gfdl", "lgpl", "gpl"}) {
    if (!name.starts_with(family)) continue;
    std::string_view rest = name.substr(family.size());
    bool later = false;
    for (std::string_view suffix : {"+", "-or-later"}) {
      if (!rest.ends_with(suffix)) continue;
      rest.remove_suffix(suffix.size());
      later = true;
    }
    if (!later && rest.ends_with("-only")) rest.remove_suffix(5);
    if (rest.starts_with("-")) rest.remove_prefix(1);
    if (rest.starts_with("v")) rest.remove_prefix(1);
    std::string version(rest);
    if (version.size() == 1) version += ".0";
    bool plain = version.size() == 3 && base::is_digit(version[0]) && version[1] == '.' &&
                 base::is_digit(version[2]);
    if (!plain) return "";
    std::string out(family);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(c - 32); });
    return out + "-" + version + (later ? "-or-later" : "-only");
  }
  return "";
}

std::string spdx_name(std::string_view declared) {
  std::string name = base::lower(declared);
  for (const Name& known : kNames) {
    if (known.debian == name) return std::string(known.spdx);
  }
  return gnu_name(name);
}

std::string cut_text(std::string_view text) {
  std::string out = base::printable(base::trim(text), kMaxDeclaredBytes);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

class Licences {
 public:
  void add(std::string licence) {
    if (licence.empty() || out_.size() == kMaxLicences) return;
    if (std::find(out_.begin(), out_.end(), licence) == out_.end()) {
      out_.push_back(std::move(licence));
    }
  }
  bool full() const { return out_.size() == kMaxLicences; }
  std::vector<std::string> take() { return std::move(out_); }

 private:
  std::vector<std::string> out_;
};

// The machine-readable format says so in the first stanza's Format field.
bool is_machine_readable(std::string_view text) {
  std::string head = base::lower(text.substr(0, 1024));
  size_t format = head.find("format");
  if (format == std::string::npos) return false;
  return head.find("copyright-format", format) != std::string::npos ||
         head.find("dep5", format) != std::string::npos ||
         head.find("dep.debian.net", format) != std::string::npos;
}

void read_fields(std::string_view text, Licences& out) {
  std::string_view line;
  while (!out.full() && base::next_line(text, line)) {
    constexpr std::string_view kField = "license:";
    if (line.size() <= kField.size() || (line[0] != 'L' && line[0] != 'l')) continue;
    if (!base::equals_ignore_case(line.substr(0, kField.size()), kField)) continue;
    out.add(licence_expression(base::trim(line.substr(kField.size()))));
  }
}

// "On Debian systems the full text is in /usr/share/common-licenses/GPL-2": whether later versions
// will do too stands in the paragraphs before.
void read_references(std::string_view text, Licences& out) {
  constexpr std::string_view kFolder = "/common-licenses/";
  constexpr size_t kBefore = 1500;
  size_t from = 0;
  while (!out.full()) {
    size_t at = text.find(kFolder, from);
    if (at == std::string_view::npos) return;
    size_t begin = at + kFolder.size();
    size_t end = begin;
    while (end < text.size() && (base::is_alnum(text[end]) || text[end] == '-' ||
                                 text[end] == '.' || text[end] == '+')) {
      ++end;
    }
    std::string_view name = text.substr(begin, end - begin);
    while (name.ends_with(".")) name.remove_suffix(1);
    size_t start = std::max(from, at > kBefore ? at - kBefore : 0);
    std::string_view before = text.substr(start, at - start);
    bool later = memmem(before.data(), before.size(), "later", 5) != nullptr;
    bool gnu = name.find("GPL-") != std::string_view::npos || name.starts_with("GFDL-");
    // That file is the licence of the University of California, whatever "BSD" means elsewhere.
    if (name == "BSD") name = "BSD-3-Clause";
    out.add(licence_expression(std::string(name) + (gnu && later ? "+" : "")));
    from = end;
  }
}

}  // namespace

std::string licence_expression(std::string_view declared) {
  if (declared.empty() || declared.size() > kMaxDeclaredBytes) return cut_text(declared);
  std::string out;
  bool name_next = true;
  for (std::string_view word : base::split(declared, ' ')) {
    bool comma = word.ends_with(",");  // "A or B, and C": groups (A or B) before "and"
    if (comma) word.remove_suffix(1);
    if (word.empty()) continue;
    bool op = base::equals_ignore_case(word, "and") || base::equals_ignore_case(word, "or");
    if (op == name_next) return cut_text(declared);
    if (op) {
      out += base::to_lower(word[0]) == 'a' ? " AND " : " OR ";
    } else {
      std::string name = spdx_name(word);
      if (name.empty()) return cut_text(declared);
      out += name;
      if (comma && out.find(' ') != std::string::npos) out = "(" + out + ")";
    }
    name_next = op;
  }
  return name_next ? cut_text(declared) : out;
}

std::vector<std::string> parse_copyright(std::string_view text) {
  Licences out;
  if (is_machine_readable(text)) {
    read_fields(text, out);
  } else {
    read_references(text, out);
  }
  return out.take();
}

}  // namespace bulkhead::catalog::debian
