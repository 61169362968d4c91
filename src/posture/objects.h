// SPDX-License-Identifier: Apache-2.0
// Kubernetes objects among the documents of a file.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/node.h"

namespace bulkhead::posture {

// The objects that a document holds: itself, or the items when it is a List. Empty when it is none
// (an object has apiVersion and kind).
std::vector<const base::Node*> kubernetes_objects(const base::Node& document);
std::vector<base::json::Value> kubernetes_objects(base::json::Value document);

}  // namespace bulkhead::posture
