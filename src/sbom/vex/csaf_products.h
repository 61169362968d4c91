// SPDX-License-Identifier: Apache-2.0
// The product tree of a CSAF document: which things its product ids stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "model/vex.h"
#include "sbom/vex/spot.h"

namespace bulkhead::sbom {

class CsafProducts {
 public:
  // Reads product_tree. kLimit when it is too large; other troubles are problems of its spots.
  base::Status read(const Spot& tree, const base::Limits& limits);

  // What an id stands for. A product that a relationship makes ("A as a component of B") is B with
  // the subcomponent A. nullopt for an id that was not defined.
  std::optional<model::VexProduct> find(std::string_view id) const;

  // Ids of the lists product_ids and group_ids of an object, groups resolved; ids that are not
  // defined are problems.
  std::vector<std::string> named_by(const Spot& object) const;
  // The ids in a list, those not defined being problems.
  std::vector<std::string> ids_in(const Spot& list) const;

 private:
  struct Entry {
    model::VexComponent component;
    std::string part_of;  // id of the product it belongs to; "" when it is none of a relationship
    std::string part;     // id of the part, for relationships
  };

  void read_branch(const Spot& branch, std::string_view version, std::string_view range);
  void add(const Spot& product, std::string_view version, std::string_view range);
  void read_relationship(const Spot& relationship);
  void read_group(const Spot& group);
  void check_relationships(const Spot& tree) const;

  uint64_t max_entries_ = 0;
  bool too_many_ = false;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::vector<std::string>> groups_;
};

}  // namespace bulkhead::sbom
