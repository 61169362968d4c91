// SPDX-License-Identifier: Apache-2.0
// Streams are compared by the MODULARITYLABEL of the package where it has one. Without a label or
// without a named stream the upstream version decides: streams are named after it ("16", "7.4"),
// and a companion package is taken as the same stream when its first number agrees.
#include "vuln/modules.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::vuln {
namespace {

constexpr std::string_view kMarker = ".module";

// "16.20.2" of "1:16.20.2-1.module_el8.8.0".
std::string_view upstream(std::string_view evr) {
  size_t colon = evr.find(':');
  if (colon != std::string_view::npos) evr.remove_prefix(colon + 1);
  return evr.substr(0, evr.rfind('-'));
}

std::string_view first_number(std::string_view version) {
  return version.substr(0, version.find_first_not_of("0123456789"));
}

// "16" is a prefix of "16.20.2", not of "160".
bool begins_with(std::string_view version, std::string_view stream) {
  return version.starts_with(stream) &&
         (version.size() == stream.size() || !base::is_digit(version[stream.size()]));
}

bool label_in(std::string_view label, std::string_view streams) {
  for (std::string_view stream : base::split(streams, ' ')) {
    if (label.starts_with(stream) &&
        (label.size() == stream.size() || label[stream.size()] == ':')) {
      return true;
    }
  }
  return false;
}

bool versions_agree(std::string_view installed, std::string_view fixed, std::string_view streams) {
  for (std::string_view stream : base::split(streams, ' ')) {
    auto parts = base::cut(stream, ":");
    if (!parts || parts->second.empty() || !base::is_digit(parts->second[0])) continue;
    // The module's main package carries the stream in its own version.
    if (begins_with(fixed, parts->second)) return begins_with(installed, parts->second);
  }
  return first_number(installed) == first_number(fixed);
}

}  // namespace

std::string_view module_label(const model::Package& package) {
  for (const char* key : {"modularity", "modularitylabel", "rpmmod"}) {
    auto label = package.qualifiers.find(key);
    if (label != package.qualifiers.end() && label->second != "(none)") return label->second;
  }
  return {};
}

bool same_stream(const model::Package& package, std::span<const EventView> events,
                 std::string_view streams) {
  std::string_view bound;  // the fixed version, which shows how it was built
  for (const EventView& event : events) {
    if (event.type != EventType::kIntroduced) bound = event.version;
  }
  // A statement without a bound does not show whether it means a module.
  if (bound.empty() && streams.empty()) return true;
  bool advisory_modular = bound.find(kMarker) != std::string_view::npos || !streams.empty();
  std::string_view label = module_label(package);
  bool package_modular = !label.empty() || package.version.find(kMarker) != std::string::npos;
  if (advisory_modular != package_modular) return false;
  if (!advisory_modular) return true;
  if (!label.empty() && !streams.empty()) return label_in(label, streams);
  if (bound.empty()) return true;
  return versions_agree(upstream(package.version), upstream(bound), streams);
}

}  // namespace bulkhead::vuln
