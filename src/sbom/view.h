// SPDX-License-Identifier: Apache-2.0
// View: one way to walk the same document written as JSON, YAML or XML.
//
// CycloneDX and SPDX each define one model and several notations of it. A reader written against
// View is written once. What differs:
//
//   JSON, YAML   {"components": [{"type": "library", "name": "a"}]}
//   XML          <components><component type="library"><name>a</name></component></components>
//                <packages><name>a</name></packages><packages>...   (SPDX: repeated elements)
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/node.h"
#include "sbom/xml.h"

namespace bulkhead::sbom {

class View {
 public:
  View() = default;  // missing
  explicit View(base::json::Value value) : at_(value) {}
  explicit View(const base::Node* node) : at_(node) {}
  explicit View(XmlElement element) : at_(element) {}

  bool missing() const;
  // A member or child element of that name.
  View operator[](std::string_view name) const;
  // Its own text: a string or a YAML scalar, the character data of an element; "" for the rest.
  std::string_view text() const;
  // The text of a member, child element or attribute.
  std::string_view text(std::string_view name) const;
  // The text of a member in JSON and YAML, the own text of an element in XML.
  std::string_view content(std::string_view name) const;

  // A whole number under that name.
  std::optional<int64_t> integer(std::string_view name) const;

  // f(View) for everything in a list: elements of the array `list`; in XML the children `item` of
  // the child `list`, or, when item is empty, all children named `list`.
  template <typename F>
  void each(std::string_view list, std::string_view item, F&& f) const;
  // f(name, View) for every member of every object in the array `list`; in XML for every child of
  // the child `list`. For lists that hold things of different kinds.
  template <typename F>
  void each_kind(std::string_view list, F&& f) const;

 private:
  const base::Node* node() const;
  const base::json::Value* json() const { return std::get_if<base::json::Value>(&at_); }
  XmlElement element() const;

  std::variant<std::monostate, base::json::Value, const base::Node*, XmlElement> at_;
};

template <typename F>
void View::each(std::string_view list, std::string_view item, F&& f) const {
  if (const auto* value = json()) {
    base::json::Value array = (*value)[list];
    if (array.is_array()) array.each([&](base::json::Value v) { f(View(v)); });
  } else if (const base::Node* tree = node()) {
    for (const base::Node& child : (*tree)[list].items) f(View(&child));
  } else {
    XmlElement parent = item.empty() ? element() : element().child(list);
    std::string_view wanted = item.empty() ? list : item;
    for (XmlElement at = parent.first_child(); !at.missing(); at = at.next()) {
      if (at.name() == wanted && at.space() == parent.space()) f(View(at));
    }
  }
}

template <typename F>
void View::each_kind(std::string_view list, F&& f) const {
  if (const auto* value = json()) {
    (*value)[list].each([&](base::json::Value entry) {
      entry.each_member([&](std::string_view name, base::json::Value v) { f(name, View(v)); });
    });
  } else if (const base::Node* tree = node()) {
    for (const base::Node& entry : (*tree)[list].items) {
      for (const auto& [name, child] : entry.members) f(std::string_view(name), View(&child));
    }
  } else {
    XmlElement parent = element().child(list);
    for (XmlElement at = parent.first_child(); !at.missing(); at = at.next()) {
      if (at.space() == parent.space()) f(at.name(), View(at));
    }
  }
}

}  // namespace bulkhead::sbom
