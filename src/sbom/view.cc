// SPDX-License-Identifier: Apache-2.0
// The three notations behind View.
#include "sbom/view.h"

#include "base/text.h"

namespace bulkhead::sbom {

const base::Node* View::node() const {
  const auto* held = std::get_if<const base::Node*>(&at_);
  return held != nullptr ? *held : nullptr;
}

XmlElement View::element() const {
  const auto* held = std::get_if<XmlElement>(&at_);
  return held != nullptr ? *held : XmlElement();
}

bool View::missing() const {
  if (const auto* value = json()) return value->missing();
  if (const base::Node* tree = node()) return tree->missing();
  return element().missing();
}

View View::operator[](std::string_view name) const {
  if (const auto* value = json()) return View((*value)[name]);
  if (const base::Node* tree = node()) return View(&(*tree)[name]);
  return View(element().child(name));
}

std::string_view View::text() const {
  if (const auto* value = json()) return value->string_or("");
  if (const base::Node* tree = node()) return tree->string_or("");
  return element().text();
}

std::string_view View::text(std::string_view name) const {
  XmlElement here = element();
  if (here.missing()) return (*this)[name].text();
  std::string_view attribute = here.attribute(name);
  return attribute.empty() ? here.child(name).text() : attribute;
}

std::string_view View::content(std::string_view name) const {
  return element().missing() ? (*this)[name].text() : element().text();
}

std::optional<int64_t> View::integer(std::string_view name) const {
  if (const auto* value = json()) return (*value)[name].integer();
  return base::to_number<int64_t>(text(name));
}

}  // namespace bulkhead::sbom
