// SPDX-License-Identifier: Apache-2.0
// Normalised names (PEP 503) and the licences that trove classifiers stand for.
#include "catalog/python/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::catalog::python {

std::string normalise_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (char c : name) {
    if (c != '-' && c != '_' && c != '.') {
      out += base::to_lower(c);
    } else if (out.empty() || out.back() != '-') {
      out += '-';
    }
  }
  return out;
}

bool valid_name(std::string_view name) {
  constexpr size_t kMaxBytes = 256;
  if (name.empty() || name.size() > kMaxBytes) return false;
  if (!base::is_alnum(name.front()) || !base::is_alnum(name.back())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return base::is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

model::Package make_package(std::string_view name, std::string_view version) {
  model::Package package;
  package.type = "pypi";
  package.name = normalise_name(name);
  package.version = base::to_utf8(base::trim(version));
  return package;
}

std::string licence_of_classifier(std::string_view classifier) {
  struct Known {
    std::string_view classifier;
    std::string_view spdx;
  };
  // Only classifiers that leave no choice of version or variant.
  constexpr std::array kKnown = {
      Known{"Academic Free License (AFL)", "AFL-3.0"},
      Known{"Apache Software License", "Apache-2.0"},
      Known{"Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"},
      Known{"CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"},
      Known{"Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0"},
      Known{"Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"},
      Known{"European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1"},
      Known{"European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"},
      Known{"GNU Affero General Public License v3", "AGPL-3.0-only"},
      Known{"GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"},
      Known{"GNU General Public License v2 (GPLv2)", "GPL-2.0-only"},
      Known{"GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"},
      Known{"GNU General Public License v3 (GPLv3)", "GPL-3.0-only"},
      Known{"GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"},
      Known{"GNU Lesser General Public License v2 (LGPLv2)", "LGPL-2.0-only"},
      Known{"GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"},
      Known{"GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"},
      Known{"GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"},
      Known{"Historical Permission Notice and Disclaimer (HPND)", "HPND"},
      Known{"ISC License (ISCL)", "ISC"},
      Known{"MIT License", "MIT"},
      Known{"MIT No Attribution License (MIT-0)", "MIT-0"},
      Known{"Mozilla Public License 1.0 (MPL)", "MPL-1.0"},
      Known{"Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"},
      Known{"Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"},
      Known{"Python Software Foundation License", "PSF-2.0"},
      Known{"The Unlicense (Unlicense)", "Unlicense"},
      Known{"Universal Permissive License (UPL)", "UPL-1.0"},
      Known{"zlib/libpng License", "Zlib"},
  };
  auto last = base::cut_last(classifier, "::");
  std::string_view name = base::trim(last ? last->second : classifier);
  for (const Known& known : kKnown) {
    if (known.classifier == name) return std::string(known.spdx);
  }
  return base::to_utf8(name);
}

}  // namespace bulkhead::catalog::python
