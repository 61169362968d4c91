// SPDX-License-Identifier: Apache-2.0
// Gatekeeper's ConstraintTemplates and constraints, read from YAML.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/node.h"
#include "decide/foreign.h"
#include "decide/foreign/constraint_match.h"
#include "decide/foreign/module.h"

namespace bulkhead::decide {

// A template, its modules rewritten so that all templates fit into one program: the entry module of
// template number 3 is package gatekeeper.t3, its libraries stand below gatekeeper_libs.t3.
struct ConstraintTemplate {
  std::string path;
  uint32_t line = 0;
  std::string kind;  // of its constraints
  std::string title, description;
  std::string name;  // "t3"
  std::vector<Module> modules;
  std::string schema = "{}";  // openAPIV3Schema of the parameters, JSON
  bool uses_inventory = false;
};

struct Constraint {
  std::string path;
  uint32_t line = 0;
  std::string kind, name;
  ConstraintMatch match;
  std::string parameters = "{}";  // JSON, the schema's defaults put in
  std::string action;             // "deny", "warn", "dryrun" or "scoped"
  struct Scoped {
    std::string action;
    std::vector<std::string> points;  // enforcement points
  };
  std::vector<Scoped> scoped;
  size_t of = 0;        // number of its template, when that could be read
  std::string why_not;  // its template is not in force: why

  bool in_force() const { return why_not.empty(); }
  std::string id() const { return kind + "/" + name; }
  // What it does at a stage: "deny", "warn", "dryrun", or "" when it is not for that stage.
  std::string_view action_at(model::Stage stage) const;
};

struct GatekeeperContent {
  std::vector<ConstraintTemplate> templates;
  std::vector<Constraint> constraints;  // of the templates
  bool too_many = false;                // more than are looked at
};

// Reads all YAML and JSON files; what cannot be used is refused. Constraints of a template that is
// refused stay in the list: whom they are for must be known.
GatekeeperContent read_gatekeeper(const Files& files, std::vector<Refusal>& refused);

// Of a constraint that is not in force.
Refusal refusal_of(const Constraint& constraint);

// Parameters with the defaults of their schema, as the API server of Kubernetes would store them.
std::string with_defaults(base::json::Value parameters, base::json::Value schema);

}  // namespace bulkhead::decide
