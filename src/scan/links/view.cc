// SPDX-License-Identifier: Apache-2.0
// Segment by segment, with the rest of the way in a list whose end comes next; a link puts its own
// segments there. No tree is built: the layers' indexes and lists of links are asked.
#include "scan/links/view.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "scan/merge.h"

namespace bulkhead::scan {
namespace {

constexpr size_t kMaxWayBytes = 4096;  // PATH_MAX

void put_segments(std::string_view path, std::vector<std::string>& rest) {
  auto segments = base::split(path, '/');
  for (auto at = segments.rbegin(); at != segments.rend(); ++at) {
    if (!at->empty() && *at != ".") rest.emplace_back(*at);
  }
}

}  // namespace

Led LinkView::follow(std::string_view path) {
  return follow_in(path, static_cast<int32_t>(layers_.size()));
}

Led LinkView::follow_below(std::string_view path, int32_t layer) { return follow_in(path, layer); }

bool LinkView::has(std::string_view path, int32_t layer) const {
  return this->layer(layer).index.find(hash_path(key_, path)) != PathIndex::Has::kNothing;
}

bool LinkView::is_hidden(std::string_view path, int32_t layer) const {
  auto above = layers_.subspan(static_cast<size_t>(layer) + 1);
  return std::any_of(above.begin(), above.end(),
                     [&](const TreeFacts* upper) { return hides(*upper, key_, path); });
}

// Hidden links were taken out when the layers were merged, so at most one is left.
const std::string* LinkView::link_at(std::string_view path, int32_t below, int32_t& layer) const {
  for (layer = below; layer-- > 0;) {
    const LinkMap& links = this->layer(layer).links;
    if (auto link = links.find(path); link != links.end()) return &link->second;
  }
  return nullptr;
}

bool LinkView::spend(size_t path_bytes, size_t lookups) {
  constexpr size_t kLookupBytes = 32;  // what a lookup costs however short the path is
  uint64_t cost = (kLookupBytes + path_bytes) * lookups * layers_.size();
  bool enough = cost <= left_;
  left_ -= std::min(cost, left_);
  return enough;
}

void LinkView::find(Led& led, int32_t below) {
  auto depth = static_cast<size_t>(std::ranges::count(led.path, '/'));
  spend(led.path.size(), 1 + depth);  // what hides() looks up
  uint64_t hash = hash_path(key_, led.path);
  for (int32_t i = below; i-- > 0;) {
    PathIndex::Has has = layer(i).index.find(hash);
    if (has == PathIndex::Has::kNothing) {
      if (hides(layer(i), key_, led.path)) return;
      continue;
    }
    led.to = has == PathIndex::Has::kDirectory ? Led::To::kDirectory : Led::To::kFile;
    led.at = i;
    led.layer = std::max(led.layer, i);
    return;
  }
}

Led LinkView::follow_in(std::string_view path, int32_t below) {
  Led led;
  std::vector<std::string> rest;
  put_segments(path, rest);
  for (int links = 0; !rest.empty();) {
    if (!spend(led.path.size(), 1)) led.to = Led::To::kTooFar;
    if (led.path.size() > kMaxWayBytes) led.to = Led::To::kLoop;
    if (led.to != Led::To::kNothing) return led;
    std::string segment = std::move(rest.back());
    rest.pop_back();
    if (segment == "..") {
      led.path = std::string(base::dirname(led.path));
      continue;
    }
    std::string next = led.path.empty() ? segment : led.path + "/" + segment;
    int32_t layer = -1;
    const std::string* target = link_at(next, below, layer);
    if (target == nullptr) {
      led.path = std::move(next);
      continue;
    }
    led.linked = true;
    led.layer = std::max(led.layer, layer);
    if (++links > kMaxLinks) {
      led.to = Led::To::kLoop;
      return led;
    }
    if (target->starts_with('/')) led.path.clear();
    put_segments(*target, rest);
  }
  find(led, below);
  return led;
}

}  // namespace bulkhead::scan
