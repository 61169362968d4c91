// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0, section 3.2.2. Branches nest vendor, product name, version and so on around a product;
// of these only a version or a range of versions says something that the product's own
// identification may not: it narrows a purl that names no version.
#include "sbom/vex/csaf_products.h"

#include <algorithm>

#include "base/text.h"
#include "model/purl.h"
#include "sbom/vex/readers.h"
#include "version/vers.h"

namespace bulkhead::sbom {

using base::Code;
using base::Error;
using base::Status;
using model::VexComponent;
using model::VexProduct;

namespace {

constexpr int kMaxRelations = 8;  // "A of B of C"

// "vers:npm/<2" as it is; "<2", as the standard's older notation writes it, with the scheme of the
// purl. What cannot be read so stays what it is: nothing can be compared with it.
std::string range_text(const Spot& spot, std::string_view range, const VexComponent& component) {
  if (range.starts_with("vers:")) {
    auto parsed = version::VersRange::parse(range);
    if (!parsed) spot.wrong("stands in a wrong range: " + parsed.error().message());
    return std::string(range);
  }
  bool sign = range.find_first_of("<>=|*!") != std::string_view::npos;
  if (!sign || component.purls.empty()) return std::string(range);
  auto purl = model::Purl::parse_lenient(component.purls.front());
  if (!purl) return std::string(range);
  std::string_view plain = range.starts_with("vls:") ? range.substr(4) : range;
  std::string full = "vers:" + purl->type + "/" + std::string(plain);
  return version::VersRange::parse(full) ? full : std::string(range);
}

// Whether a text is the name of the package itself; without a purl, whether it looks like a name.
bool names_package(const VexComponent& component, std::string_view text) {
  if (component.purls.empty()) return !text.empty() && !base::is_digit(text.front());
  return std::any_of(component.purls.begin(), component.purls.end(), [&](const std::string& p) {
    auto purl = model::Purl::parse_lenient(p);
    return purl && purl->name == text;
  });
}

void read_helper(const Spot& helper, VexComponent& out) {
  if (!helper.present() || !helper.need_object()) return;
  Spot purl = helper["purl"];
  std::string text = checked_purl(purl, purl.text());
  if (!text.empty()) out.purls.push_back(std::move(text));
  // 2.1 has a list.
  helper["purls"].each([&](const Spot& spot) {
    std::string more = checked_purl(spot, spot.text());
    if (!more.empty()) out.purls.push_back(std::move(more));
  });
  std::string_view cpe = helper["cpe"].text();
  if (!cpe.empty()) out.cpes.emplace_back(cpe);
  helper["hashes"].each([&](const Spot& file) {
    file["file_hashes"].each([&](const Spot& hash) {
      std::string digest = hash_of(hash["algorithm"].text(), hash["value"].text());
      if (!digest.empty()) out.hashes.push_back(std::move(digest));
    });
  });
}

bool has_version(const VexComponent& component) {
  return std::any_of(component.purls.begin(), component.purls.end(), [](const std::string& text) {
    auto purl = model::Purl::parse_lenient(text);
    return purl && !purl->version.empty();
  });
}

}  // namespace

void CsafProducts::add(const Spot& product, std::string_view version, std::string_view range) {
  if (!product.need_object()) return;
  std::string id(product["product_id"].need_text());
  Entry entry;
  entry.component.id = id;
  entry.component.name = product["name"].need_text();
  read_helper(product["product_identification_helper"], entry.component);
  if (!has_version(entry.component)) {
    // Distributions put the bare name of a package there when they mean all its versions.
    bool bare = version == entry.component.name && names_package(entry.component, version);
    if (!version.empty() && !bare) entry.component.versions.emplace_back(version);
    if (!range.empty())
      entry.component.ranges.push_back(range_text(product, range, entry.component));
  }
  if (entries_.size() >= max_entries_) {
    too_many_ = true;
    return;
  }
  if (!entries_.emplace(id, std::move(entry)).second) {
    product["product_id"].wrong("\"" + base::printable(id, 100) + "\" is defined twice");
  }
}

void CsafProducts::read_branch(const Spot& branch, std::string_view version,
                               std::string_view range) {
  if (!branch.need_object()) return;
  Spot category = branch["category"];
  std::string_view kind = category.need_text();
  std::string_view name = branch["name"].need_text();
  if (kind == "product_version") {
    version = name;
  } else if (kind == "product_version_range") {
    range = name;
  }
  Spot product = branch["product"];
  if (product.present()) add(product, version, range);
  branch["branches"].each([&](const Spot& inner) { read_branch(inner, version, range); });
}

void CsafProducts::read_relationship(const Spot& relationship) {
  if (!relationship.need_object()) return;
  Spot category = relationship["category"];
  std::string_view kind = category.need_text();
  bool known = kind == "default_component_of" || kind == "optional_component_of" ||
               kind == "external_component_of" || kind == "installed_on" ||
               kind == "installed_with";
  if (!known && !kind.empty()) {
    category.wrong(unknown_word(kind, {"default_component_of", "optional_component_of",
                                       "external_component_of", "installed_on", "installed_with"}));
  }
  Spot product = relationship["full_product_name"];
  std::string id(product["product_id"].text());
  add(product, "", "");
  auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.part = relationship["product_reference"].need_text();
  found->second.part_of = relationship["relates_to_product_reference"].need_text();
}

void CsafProducts::read_group(const Spot& group) {
  if (!group.need_object()) return;
  std::string id(group["group_id"].need_text());
  std::vector<std::string> members = ids_in(group["product_ids"]);
  if (!groups_.emplace(id, std::move(members)).second) {
    group["group_id"].wrong("\"" + base::printable(id, 100) + "\" is defined twice");
  }
}

void CsafProducts::check_relationships(const Spot& tree) const {
  tree["relationships"].each([&](const Spot& relationship) {
    for (std::string_view key : {"product_reference", "relates_to_product_reference"}) {
      Spot reference = relationship[key];
      std::string id(reference.text());
      if (!id.empty() && !entries_.contains(id)) {
        reference.wrong("names the product \"" + base::printable(id, 100) +
                        "\", which product_tree does not define");
      }
    }
    std::string id(relationship["full_product_name"]["product_id"].text());
    if (entries_.contains(id) && !find(id)) {
      relationship.wrong("leads back to itself or is nested too deeply");
    }
  });
}

Status CsafProducts::read(const Spot& tree, const base::Limits& limits) {
  max_entries_ = limits.max_entries;
  tree["branches"].each([&](const Spot& branch) { read_branch(branch, "", ""); });
  tree["full_product_names"].each([&](const Spot& product) { add(product, "", ""); });
  tree["relationships"].each([&](const Spot& relationship) { read_relationship(relationship); });
  if (too_many_) {
    return Error(Code::kLimit, "more than " + std::to_string(max_entries_) + " products");
  }
  check_relationships(tree);
  tree["product_groups"].each([&](const Spot& group) { read_group(group); });
  return {};
}

std::optional<VexProduct> CsafProducts::find(std::string_view id) const {
  auto found = entries_.find(std::string(id));
  if (found == entries_.end()) return std::nullopt;
  const Entry* entry = &found->second;
  if (entry->part_of.empty()) return VexProduct{entry->component, {}};
  // The outermost product is what it is about; the innermost part is what is in it.
  const Entry* whole = entry;
  const Entry* part = entry;
  for (int depth = 0; !whole->part_of.empty() || !part->part.empty(); ++depth) {
    if (depth > kMaxRelations) return std::nullopt;
    for (auto [at, next] : {std::pair(&whole, &whole->part_of), std::pair(&part, &part->part)}) {
      if (next->empty()) continue;
      auto step = entries_.find(*next);
      if (step == entries_.end()) return std::nullopt;
      *at = &step->second;
    }
  }
  VexProduct out{whole->component, {part->component}};
  VexComponent& inner = out.subcomponents.front();
  if (inner.purls.empty()) inner.purls = entry->component.purls;
  return out;
}

std::vector<std::string> CsafProducts::ids_in(const Spot& list) const {
  std::vector<std::string> out;
  list.each([&](const Spot& spot) {
    std::string id(spot.need_text());
    if (id.empty()) return;
    if (entries_.contains(id)) return out.push_back(std::move(id));
    spot.wrong("names the product \"" + base::printable(id, 100) +
               "\", which product_tree does not define");
  });
  return out;
}

std::vector<std::string> CsafProducts::named_by(const Spot& object) const {
  std::vector<std::string> out = ids_in(object["product_ids"]);
  object["group_ids"].each([&](const Spot& spot) {
    auto group = groups_.find(std::string(spot.need_text()));
    if (group == groups_.end()) {
      return spot.wrong("names the group \"" + base::printable(spot.text(), 100) +
                        "\", which product_tree does not define");
    }
    out.insert(out.end(), group->second.begin(), group->second.end());
  });
  return out;
}

}  // namespace bulkhead::sbom
