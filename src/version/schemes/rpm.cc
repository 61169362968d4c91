// SPDX-License-Identifier: Apache-2.0
// RPM's order of epoch:version-release for every distribution that uses it. Valid is what rpmbuild
// lets into a package; '%', '{' and '}' are in it because unexpanded macros do end up there.
#include "version/rpm_evr.h"
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::rpm {
namespace {

bool valid_part(std::string_view text) {
  for (char c : text) {
    if (!base::is_alnum(c) && std::string_view("._+%{}~^").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

bool valid(std::string_view version) {
  if (version.starts_with(':')) return false;
  Evr evr = split_evr(version);
  if (!evr.epoch.empty() && !base::to_number<unsigned>(evr.epoch)) return false;
  return valid_part(evr.version) && (!evr.release || valid_part(*evr.release));
}

bool has_hyphen(const char* at, const char* end) {
  for (; at != end; ++at) {
    if (*at == '-') return true;
  }
  return false;
}

// When all hyphens stand in what both begin with, epoch and version are the same and only the
// releases are left, from where the first different run of letters and digits begins.
Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  while (!a.done() && !b.done() && *a.at == *b.at) {
    ++a.at;
    ++b.at;
  }
  if (has_hyphen(a.at, a.end) || has_hyphen(b.at, b.end) || !has_hyphen(left.data(), a.at)) {
    return compare_evr(split_evr(left), split_evr(right));
  }
  while (base::is_alnum(a.at[-1])) {
    --a.at;
    --b.at;
  }
  return rpm_vercmp(a.rest(), b.rest());
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "rpm",
    .summary = "RPM packages of every distribution (rpm-version(7), epoch:version-release)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::rpm
