// SPDX-License-Identifier: Apache-2.0
// A small file, written anew when a scan meets something that it does not name, or not of late: an
// unchanged image is scanned in less time than a file takes to reach the disk. Two scans at once
// may forget what one of them met; the next scan says it again.
#include "cli/needed_feeds.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/fs.h"
#include "base/text.h"
#include "vuln/ecosystems.h"

namespace bulkhead::cli {
namespace {

constexpr int64_t kRememberedSeconds = 90 * 86400;
constexpr int64_t kFreshSeconds = 86400;  // a date within them is not renewed
constexpr size_t kMaxNeeds = 256;
constexpr size_t kMaxNameBytes = 64;

using Needs = std::map<std::string, base::UnixTime, std::less<>>;

base::Result<std::string> needs_path() {
  return TRY(base::cache_directory()) + "/needed-ecosystems";
}

// Names become parts of paths and URLs.
bool is_ecosystem(std::string_view name) {
  if (name.size() > kMaxNameBytes || name.find("..") != std::string_view::npos) return false;
  bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return base::is_alnum(c) || c == ':' || c == ' ' || c == '.' || c == '-' || c == '_';
  });
  std::vector<std::string_view> known = vuln::known_ecosystems();
  return plain && std::binary_search(known.begin(), known.end(), name.substr(0, name.find(':')));
}

Needs read_needs(const std::string& path, base::UnixTime now) {
  Needs out;
  std::string text = base::read_file(path, kMaxNeedsBytes).value_or(std::string());
  std::string_view rest = text, line;
  while (out.size() < kMaxNeeds && base::next_line(rest, line)) {
    auto parts = base::cut(line, " ");
    if (!parts || !is_ecosystem(parts->second)) continue;
    auto time = base::to_number<int64_t>(parts->first);
    if (!time || *time > now || *time < now - kRememberedSeconds) continue;
    out.emplace(parts->second, *time);
  }
  return out;
}

}  // namespace

std::string needs_text(const Ecosystems& ecosystems) {
  std::string out;
  for (const std::string& name : ecosystems) out += name + "\n";
  return out;
}

base::Status remember_needs(std::string_view text, base::UnixTime now) {
  std::string path = TRY(needs_path());
  Needs needs = read_needs(path, now);
  bool changed = false;
  std::string_view line;
  while (base::next_line(text, line)) {
    auto at = needs.find(line);
    bool fresh = at != needs.end() && at->second > now - kFreshSeconds;
    if (fresh || !is_ecosystem(line) || (needs.size() >= kMaxNeeds && at == needs.end())) continue;
    needs[std::string(line)] = now;
    changed = true;
  }
  if (!changed) return {};
  std::string out;
  for (const auto& [name, time] : needs) out += std::to_string(time) + " " + name + "\n";
  TRY(base::make_directories(std::string(base::dirname(path))));
  return base::write_file_atomic(path, base::as_bytes(out));
}

std::optional<Ecosystems> recent_needs(base::UnixTime now) {
  auto path = needs_path();
  if (!path) return std::nullopt;
  Ecosystems out;
  for (const auto& [name, time] : read_needs(*path, now)) out.insert(name);
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace bulkhead::cli
