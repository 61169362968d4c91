// SPDX-License-Identifier: Apache-2.0
// RPM's order of epoch:version-release for every distribution that uses it. Valid is what rpmbuild
// lets into a package; '%', '{' and '}' are in it because unexpanded macros do end up there.
#include "version/rpm_evr.h"
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes {
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

Order compare(std::string_view a, std::string_view b) {
  return compare_evr(split_evr(a), split_evr(b));
}

}  // namespace

extern constinit const Scheme rpm = {
    .name = "rpm",
    .summary = "RPM packages of every distribution (rpm-version(7), epoch:version-release)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes
