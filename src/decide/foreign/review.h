// SPDX-License-Identifier: Apache-2.0
// input.review: an object as Gatekeeper shows it to templates; and data.inventory.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "decide/foreign/inputs.h"

namespace bulkhead::decide {

// The AdmissionRequest of the object, or one made for an object that lies in a file (as
// Gatekeeper's audit makes it: no operation, no user). On DELETE the old object stands as the
// object, too.
void write_review(base::json::Writer& json, const InputObject& object,
                  base::json::Value name_space);

// Namespace objects by name.
using Namespaces = std::map<std::string_view, base::json::Value>;
Namespaces namespaces_of(const std::vector<InputObject>& objects);
// The one that an object lies in: of the request, else among those; missing when it is not known.
base::json::Value namespace_of_object(const InputObject& object, const Namespaces& namespaces);

// {"inventory": {"cluster": {apiVersion: {kind: {name: object}}}, "namespace": {name: {...}}}} of
// all objects in files.
std::string inventory_json(const std::vector<InputObject>& objects);

}  // namespace bulkhead::decide
