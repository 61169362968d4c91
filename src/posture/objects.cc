// SPDX-License-Identifier: Apache-2.0
// An object is what has an apiVersion and a kind. `kind: List` (kubectl's own) and the typed lists
// of the API (PodList) stand for their items, when these are whole objects.
#include "posture/objects.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::posture {
namespace {

using base::Node;
using base::json::Value;

bool is_object(const Node& node) {
  return node.is_mapping() && node["apiVersion"].is_scalar() && node["kind"].is_scalar() &&
         !node["apiVersion"].text.empty() && !node["kind"].text.empty();
}

bool is_object(Value value) {
  return value.is_object() && !value["apiVersion"].string_or("").empty() &&
         !value["kind"].string_or("").empty();
}

}  // namespace

std::vector<const Node*> kubernetes_objects(const Node& document) {
  if (!is_object(document)) return {};
  const Node& items = document["items"];
  if (items.is_sequence() && document["kind"].text.ends_with("List") &&
      std::all_of(items.items.begin(), items.items.end(),
                  [](const Node& item) { return is_object(item); })) {
    std::vector<const Node*> out;
    for (const Node& item : items.items) out.push_back(&item);
    return out;
  }
  return {&document};
}

std::vector<Value> kubernetes_objects(Value document) {
  if (!is_object(document)) return {};
  Value items = document["items"];
  bool whole = items.is_array() && document["kind"].string_or("").ends_with("List");
  std::vector<Value> out;
  items.each([&](Value item) {
    whole = whole && is_object(item);
    out.push_back(item);
  });
  return whole ? out : std::vector<Value>{document};
}

}  // namespace bulkhead::posture
